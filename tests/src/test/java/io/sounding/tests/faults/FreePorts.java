package io.sounding.tests.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Random;

/**
 * Ports of the loopback address that are free now. Processes that are killed and started again must
 * find their ports in settings, so they cannot ask for any free one themselves. The ports lie below
 * those that Linux gives to whoever asks for any (32768 and above by default), so that none is
 * given away in the meantime.
 */
public final class FreePorts {

  private static final int LOWEST = 20_000;
  private static final int LINUX_GIVES_FROM = 32_768;

  private FreePorts() {}

  /** So many different ports. */
  public static List<Integer> find(int count) {
    return new Random()
        .ints(LOWEST, LINUX_GIVES_FROM)
        .distinct()
        .filter(FreePorts::isFree)
        .limit(count)
        .boxed()
        .toList();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
