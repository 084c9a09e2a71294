package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.ShardFold;
import java.util.Arrays;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
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

/** How audio and the work in flight lie in the state of a shard. */
class ShardStateTest {

  private interface Work {
    void with(ShardState state, Raw raw) throws Exception;
  }

  /** The states that a savepoint has. */
  private record Raw(MapState<String, Utterance> audio, ValueState<InFlight> inFlight) {}

  /** Keyed state, in which each piece of work that comes is done. */
  private static final class Stage extends KeyedProcessFunction<Integer, Work, Void>
      implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private transient ShardState state;
    private transient Raw raw;

    @Override
    public void initializeState(FunctionInitializationContext context) {
      KeyedStateStore store = context.getKeyedStateStore();
      state = new ShardState(store);
      raw =
          new Raw(
              store.getMapState(new MapStateDescriptor<>("audio", String.class, Utterance.class)),
              store.getState(new ValueStateDescriptor<>("in-flight", InFlight.class)));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void processElement(Work work, Context context, Collector<Void> out) throws Exception {
      work.with(state, raw);
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

  private static void put(ShardState state, InFlight whole) throws Exception {
    state.putInFlight(whole.with(new byte[0][]), i -> whole.fold().summaries()[i]);
  }

  @Test
  void theSummariesOfLayersLieApartSinceAValueTakesSeveralTimesItsBytes() throws Exception {
    doing(
        (state, raw) -> put(state, inFlight("a", 3)),
        (state, raw) -> assertThat(raw.inFlight().value().fold().summaries()).isEmpty(),
        (state, raw) ->
            assertThat(state.inFlight()).usingRecursiveComparison().isEqualTo(inFlight("a", 3)),
        (state, raw) -> state.forget("b"),
        (state, raw) -> assertThat(state.inFlight().layers()).isEqualTo(3),
        (state, raw) -> state.forget("a"),
        (state, raw) -> assertThat(state.inFlight()).isNull());
  }

  @Test
  void nothingIsLeftOfAnotherEvaluationThatHadMoreLayers() throws Exception {
    doing(
        (state, raw) -> put(state, inFlight("a", 3)),
        (state, raw) -> put(state, inFlight("b", 1)),
        (state, raw) ->
            assertThat(state.inFlight()).usingRecursiveComparison().isEqualTo(inFlight("b", 1)),
        (state, raw) -> state.forget("b"));
  }

  @Test
  void summariesInTheValueItselfAreReadAsLayout4HasThem() throws Exception {
    doing(
        (state, raw) -> raw.inFlight().update(inFlight("a", 2)),
        (state, raw) ->
            assertThat(state.inFlight()).usingRecursiveComparison().isEqualTo(inFlight("a", 2)),
        (state, raw) -> put(state, inFlight("a", 2)),
        (state, raw) -> assertThat(raw.inFlight().value().fold().summaries()).isEmpty(),
        (state, raw) -> state.forget("a"));
  }

  private static final Utterance UTTERANCE = Examples.utterance("dev", "u", 100);

  @Test
  void whatAudioThereIsIsKnownWithoutReadingIt() throws Exception {
    doing(
        (state, raw) -> state.putAudio(UTTERANCE),
        (state, raw) -> raw.audio().clear(),
        (state, raw) -> assertThat(state.view(0).isNew(UTTERANCE)).isFalse(),
        (state, raw) -> state.removeAudio("dev", "u"),
        (state, raw) -> assertThat(state.view(0).isNew(UTTERANCE)).isTrue());
  }

  @Test
  void audioWhoseDigestDoesNotLieApartIsReadAsUpToLayout4() throws Exception {
    doing(
        (state, raw) -> raw.audio().put(UTTERANCE.key(), UTTERANCE),
        (state, raw) -> assertThat(state.view(0).isNew(UTTERANCE)).isFalse(),
        (state, raw) ->
            assertThat(state.view(0).rejects(Examples.utterance("dev", "u", 101)))
                .contains(UTTERANCE.sha256()),
        (state, raw) -> state.removeAudio("dev", "u"));
  }
}
