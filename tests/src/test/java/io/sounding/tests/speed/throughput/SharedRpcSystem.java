package io.sounding.tests.speed.throughput;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.rpc.RpcSystem;
import org.apache.flink.runtime.rpc.RpcSystemLoader;
import org.apache.flink.runtime.rpc.pekko.PekkoRpcSystemLoader;

/**
 * Flink's RPC system, loaded once in this process. Flink loads its classes anew for each task
 * manager, which expects to be alone; {@link TaskManagers} would compile them once for each.
 */
public final class SharedRpcSystem implements RpcSystemLoader {

  private static RpcSystem shared;

  @Override
  public int getLoadPriority() {
    return -1; // before Flink's own, 0
  }

  @Override
  public RpcSystem loadRpcSystem(Configuration configuration) {
    synchronized (SharedRpcSystem.class) {
      if (shared == null) {
        shared = new PekkoRpcSystemLoader().loadRpcSystem(configuration);
      }
      return shared;
    }
  }
}
