package io.sounding.operators;

import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;

/**
 * A keyed stage whose state has a numbered layout, which is checked when it is restored.
 *
 * @param <K> key
 * @param <I> what comes in
 * @param <O> what goes out
 */
public abstract class VersionedStage<K, I, O> extends KeyedProcessFunction<K, I, O>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  private final StateLayout layout;

  /** With the layout that this version writes. */
  protected VersionedStage(StateLayout layout) {
    this.layout = layout;
  }

  @Override
  public final void initializeState(FunctionInitializationContext context) throws Exception {
    restored(layout.restored(context.getOperatorStateStore()), context.getOperatorStateStore());
  }

  /** Takes notice of the layout that is restored; without any, of the one that is written. */
  protected void restored(int restoredLayout, OperatorStateStore store) throws Exception {}

  /** The number is in state from the start, and the rest of the state is keyed. */
  @Override
  public final void snapshotState(FunctionSnapshotContext context) {}
}
