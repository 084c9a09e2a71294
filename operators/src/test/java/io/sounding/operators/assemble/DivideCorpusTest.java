package io.sounding.operators.assemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.operators.admit.Manifest;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // that close() may be interrupted does not matter here
class DivideCorpusTest {

  private static final int SHARDS = 4;

  private final List<Utterance> corpus =
      IntStream.range(0, 9).mapToObj(i -> Examples.utterance("dev", "u" + i, 50 + i)).toList();
  private final Manifest manifest = Examples.manifest(corpus);
  private final Division division = Division.of(manifest, SHARDS);

  private static Stage stage() throws Exception {
    return new Stage();
  }

  private static final class Stage
      extends KeyedTwoInputStreamOperatorTestHarness<
          String, ShardUtterance, Manifest, ShardUtterance> {

    private Stage() throws Exception {
      super(
          new CoBroadcastWithKeyedOperator<>(
              new DivideCorpus(SHARDS), List.of(DivideCorpus.DIVISIONS)),
          ShardUtterance::utteranceKey,
          null,
          Types.STRING);
    }

    private void hear(List<Utterance> utterances) throws Exception {
      for (Utterance utterance : utterances) {
        hear(new ShardUtterance(ShardUtterance.UNDECIDED, utterance));
      }
    }

    private void hear(ShardUtterance utterance) throws Exception {
      processElement1(new StreamRecord<>(utterance));
    }

    private void tell(Manifest manifest) throws Exception {
      processElement2(new StreamRecord<>(manifest));
    }
  }

  private String assigned(Utterance utterance) {
    return place(new ShardUtterance(division.shardOf(utterance.utteranceId()), utterance));
  }

  /** Arrays make records unequal. */
  private static String place(ShardUtterance assigned) {
    return assigned.shard() + " " + assigned.utterance().key();
  }

  private static List<String> places(Stage stage) {
    return stage.extractOutputValues().stream().map(DivideCorpusTest::place).toList();
  }

  @Test
  void utterancesWaitForTheManifestAndGoOnceEach() throws Exception {
    try (Stage stage = stage()) {
      stage.open();
      stage.hear(corpus.subList(0, 5));
      assertThat(places(stage)).isEmpty();
      assertThat(stage.numKeyedStateEntries()).isEqualTo(5);
      stage.tell(manifest);
      stage.hear(corpus.subList(5, 9));
      assertThat(places(stage))
          .containsExactlyInAnyOrderElementsOf(corpus.stream().map(this::assigned).toList());
      assertThat(stage.numKeyedStateEntries()).isZero();
    }
  }

  @Test
  void anotherCorpusGoesOnWaitingAlsoOneWhoseNameBeginsLikeThat() throws Exception {
    try (Stage stage = stage()) {
      stage.open();
      stage.hear(List.of(Examples.utterance("dev2", "u0", 50), corpus.get(0)));
      stage.tell(manifest);
      assertThat(places(stage)).containsExactly(assigned(corpus.get(0)));
      assertThat(stage.numKeyedStateEntries()).isOne();
    }
  }

  @Test
  void whatTheManifestDoesNotNameGoesToSomeShardToBeRefusedThere() throws Exception {
    Utterance stranger = Examples.utterance("dev", "stranger", 60);
    try (Stage stage = stage()) {
      stage.open();
      stage.tell(manifest);
      stage.hear(List.of(stranger));
      assertThat(places(stage))
          .containsExactly(place(new ShardUtterance(Shards.of("stranger", SHARDS), stranger)));
    }
  }

  @Test
  void whatHasAShardPasses() throws Exception {
    ShardUtterance decided = new ShardUtterance(3, corpus.get(0));
    try (Stage stage = stage()) {
      stage.open();
      stage.hear(decided);
      stage.tell(manifest);
      stage.hear(decided);
      assertThat(places(stage)).containsExactly(place(decided), place(decided));
    }
  }

  @Test
  void whatWaitsAndWhatIsSealedOutliveARestart() throws Exception {
    Utterance later = Examples.utterance("test", "t0", 70);
    OperatorSubtaskState snapshot;
    try (Stage stage = stage()) {
      stage.open();
      stage.tell(manifest);
      stage.hear(List.of(later));
      snapshot = stage.snapshot(1, 1);
    }
    try (Stage stage = stage()) {
      stage.initializeState(snapshot);
      stage.open();
      stage.hear(corpus.subList(0, 1));
      stage.tell(Examples.manifest(List.of(later)));
      assertThat(places(stage))
          .containsExactly(assigned(corpus.get(0)), place(new ShardUtterance(0, later)));
    }
  }
}
