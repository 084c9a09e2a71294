package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.fold.ShardFold;
import java.util.Arrays;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

/** The work in flight in the state of a shard. */
class ShardStateTest {

  private interface Work {
    void with(ShardState state, ValueState<InFlight> value) throws Exception;
  }

  /** Keyed state, in which each piece of work that comes is done. */
  private static final class Stage extends KeyedProcessFunction<Integer, Work, Void>
      implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private transient ShardState state;
    private transient ValueState<InFlight> value;

    @Override
    public void initializeState(FunctionInitializationContext context) {
      KeyedStateStore store = context.getKeyedStateStore();
      state = new ShardState(store);
      value = store.getState(new ValueStateDescriptor<>("in-flight", InFlight.class));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void processElement(Work work, Context context, Collector<Void> out) throws Exception {
      work.with(state, value);
    }
  }

  private static void doing(Work... works) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new Stage()), work -> 0, Types.INT);
    try (harness) {
      harness.open();
      for (Work work : works) {
        harness.processElement(work, 0);
      }
      assertThat(harness.numKeyedStateEntries()).isZero();
    }
  }

  private static InFlight inFlight(String evaluation, int layers) {
    byte[][] summaries = new byte[layers][];
    Arrays.setAll(summaries, i -> new byte[] {1, (byte) i});
    var fold = new ShardFold.Saved(new int[layers], 8, summaries, new double[layers]);
    return new InFlight(evaluation, "identity", 3, 1.5, 0.5, 7, "sha", fold);
  }

  @Test
  void theSummariesOfLayersLieApartSinceAValueTakesSeveralTimesItsBytes() throws Exception {
    doing(
        (state, value) -> state.putInFlight(inFlight("a", 3)),
        (state, value) -> assertThat(value.value().fold().summaries()).isEmpty(),
        (state, value) ->
            assertThat(state.inFlight()).usingRecursiveComparison().isEqualTo(inFlight("a", 3)),
        (state, value) -> state.forget("b"),
        (state, value) -> assertThat(state.inFlight().layers()).isEqualTo(3),
        (state, value) -> state.forget("a"),
        (state, value) -> assertThat(state.inFlight()).isNull());
  }

  @Test
  void nothingIsLeftOfAnotherEvaluationThatHadMoreLayers() throws Exception {
    doing(
        (state, value) -> state.putInFlight(inFlight("a", 3)),
        (state, value) -> state.putInFlight(inFlight("b", 1)),
        (state, value) ->
            assertThat(state.inFlight()).usingRecursiveComparison().isEqualTo(inFlight("b", 1)),
        (state, value) -> state.forget("b"));
  }

  @Test
  void summariesInTheValueItselfAreReadAsLayout4HasThem() throws Exception {
    doing(
        (state, value) -> value.update(inFlight("a", 2)),
        (state, value) ->
            assertThat(state.inFlight()).usingRecursiveComparison().isEqualTo(inFlight("a", 2)),
        (state, value) -> state.putInFlight(inFlight("a", 2)),
        (state, value) -> assertThat(value.value().fold().summaries()).isEmpty(),
        (state, value) -> state.forget("a"));
  }
}
