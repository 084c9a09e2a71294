package io.sounding.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.operators.admit.FirstCheckpointWins;
import io.sounding.operators.admit.FirstManifestWins;
import io.sounding.operators.assemble.AssembleUtterances;
import io.sounding.operators.assemble.DivideCorpus;
import io.sounding.operators.assemble.ShardKeySelector;
import io.sounding.operators.embed.EmbedOperatorFactory;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.merge.FailLayers;
import io.sounding.operators.merge.MergeShards;
import io.sounding.operators.publish.FirstFailureEnds;
import io.sounding.operators.relate.Correlate;
import io.sounding.operators.relate.JoinScores;
import io.sounding.operators.relate.JudgeAlarms;
import io.sounding.operators.relate.LatestValues;
import io.sounding.operators.relate.RelateSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every stage that keeps state knows the layouts it reads, and refuses others with a sentence. */
@SuppressWarnings("try") // that close() may be interrupted does not matter here
class StateLayoutTest {

  private static final Map<String, Integer> LATEST =
      Map.ofEntries(
          Map.entry("first-checkpoint-wins", 2),
          Map.entry("first-manifest-wins", 1),
          Map.entry("assemble", 2),
          Map.entry("divide", 1),
          Map.entry("embed", 5),
          Map.entry("fail-layers", 1),
          Map.entry("merge", 4),
          Map.entry("first-failure-ends", 1),
          Map.entry("join-scores", 1),
          Map.entry("correlate", 1),
          Map.entry("judge-alarms", 1),
          Map.entry("latest-values", 1));

  @TempDir Path cache;

  static Stream<String> stages() {
    return LATEST.keySet().stream();
  }

  private AbstractStreamOperatorTestHarness<?> stage(String stage) throws Exception {
    Duration day = Duration.ofDays(1);
    return switch (stage) {
      case "first-checkpoint-wins" -> keyed(new FirstCheckpointWins(day));
      case "first-manifest-wins" -> keyed(new FirstManifestWins());
      case "assemble" -> keyed(new AssembleUtterances(day, 4));
      case "divide" ->
          new KeyedTwoInputStreamOperatorTestHarness<>(
              new CoBroadcastWithKeyedOperator<>(
                  new DivideCorpus(4), List.of(DivideCorpus.DIVISIONS)),
              value -> "any",
              null,
              Types.STRING);
      case "fail-layers" -> keyed(new FailLayers(day));
      case "merge" -> keyed(new MergeShards(day));
      case "first-failure-ends" -> keyed(new FirstFailureEnds(day));
      case "join-scores" ->
          new KeyedTwoInputStreamOperatorTestHarness<>(
              new KeyedCoProcessOperator<>(new JoinScores(day)),
              value -> "any",
              value -> "any",
              Types.STRING);
      case "correlate" -> keyed(new Correlate(RelateSettings.DEFAULT));
      case "judge-alarms" -> keyed(new JudgeAlarms(RelateSettings.DEFAULT));
      case "latest-values" ->
          new OneInputStreamOperatorTestHarness<>(
              new ProcessOperator<>(new LatestValues(RelateSettings.DEFAULT)));
      case "embed" -> embed();
      default -> throw new IllegalArgumentException(stage);
    };
  }

  private static <I, O> AbstractStreamOperatorTestHarness<O> keyed(
      KeyedProcessFunction<String, I, O> function) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(function), value -> "any", Types.STRING);
  }

  private static <O> AbstractStreamOperatorTestHarness<O> keyedByShard(
      KeyedProcessFunction<Integer, String, O> function) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(function), value -> 0, Types.INT, 128, 1, 0);
  }

  private AbstractStreamOperatorTestHarness<ShardSummary> embed() throws Exception {
    var harness =
        new AbstractStreamOperatorTestHarness<ShardSummary>(
            new EmbedOperatorFactory(Examples.settings(4, cache)), 128, 1, 0);
    harness.getStreamConfig().setStatePartitioner(0, new ShardKeySelector(4, 128));
    harness
        .getStreamConfig()
        .setStateKeySerializer(
            Types.INT.createSerializer(harness.getExecutionConfig().getSerializerConfig()));
    harness.getStreamConfig().serializeAllConfigs();
    harness.setup(
        TypeInformation.of(ShardSummary.class)
            .createSerializer(harness.getExecutionConfig().getSerializerConfig()));
    return harness;
  }

  /** Writes nothing but the number of a layout. */
  private static final class OfLayout<K> extends KeyedProcessFunction<K, String, String>
      implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final int version;

    private OfLayout(int version) {
      this.version = version;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
      context
          .getOperatorStateStore()
          .getUnionListState(new ListStateDescriptor<>("state-layout", Integer.class))
          .update(List.of(version));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void processElement(String value, Context context, Collector<String> out) {}
  }

  private static OperatorSubtaskState savepointOfLayout(int version, String stage)
      throws Exception {
    try (var harness =
        stage.equals("embed")
            ? keyedByShard(new OfLayout<>(version))
            : keyed(new OfLayout<>(version))) {
      harness.open();
      return harness.snapshot(1, 1);
    }
  }

  @ParameterizedTest
  @MethodSource("stages")
  void everyLayoutUpToTheStagesOwnIsRead(String stage) throws Exception {
    for (int version = 1; version <= LATEST.get(stage); version++) {
      OperatorSubtaskState savepoint = savepointOfLayout(version, stage);
      try (var harness = stage(stage)) {
        assertThatCode(() -> harness.initializeState(savepoint)).doesNotThrowAnyException();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("stages")
  void aLayoutThatIsNotKnownIsRefused(String stage) throws Exception {
    for (int version : new int[] {-1, 0, LATEST.get(stage) + 1, Integer.MAX_VALUE}) {
      OperatorSubtaskState savepoint = savepointOfLayout(version, stage);
      try (var harness = stage(stage)) {
        assertThatThrownBy(() -> harness.initializeState(savepoint))
            .hasMessageContaining(
                "The savepoint holds the state of stage '%s' in layout %d, and this version of Sounding reads layouts up to %d.",
                stage, version, LATEST.get(stage));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("stages")
  void theLayoutIsWrittenWithTheState(String stage) throws Exception {
    OperatorSubtaskState own;
    try (var harness = stage(stage)) {
      harness.open();
      own = harness.snapshot(1, 1);
    }
    StateLayout earlier = new StateLayout(stage, LATEST.get(stage) - 1);
    StateLayout later = new StateLayout(stage, LATEST.get(stage) + 1);
    try (var harness =
        stage.equals("embed")
            ? keyedByShard(new Reading<>(earlier, 0))
            : keyed(new Reading<>(earlier, 0))) {
      assertThatThrownBy(() -> harness.initializeState(own))
          .isInstanceOf(UnusableStateException.class)
          .hasMessageContaining("in layout " + LATEST.get(stage));
    }
    try (var harness =
        stage.equals("embed")
            ? keyedByShard(new Reading<>(later, LATEST.get(stage)))
            : keyed(new Reading<>(later, LATEST.get(stage)))) {
      assertThatCode(() -> harness.initializeState(own)).doesNotThrowAnyException();
    }
  }

  /** Reads the number of the layout that is restored. */
  private static final class Reading<K> extends KeyedProcessFunction<K, String, String>
      implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final StateLayout layout;
    private final int expected;

    private Reading(StateLayout layout, int expected) {
      this.layout = layout;
      this.expected = expected;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
      assertThat(layout.restored(context.getOperatorStateStore())).isEqualTo(expected);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void processElement(String value, Context context, Collector<String> out) {}
  }
}
