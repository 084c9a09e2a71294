package io.sounding.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import io.sounding.schemas.MetricEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparabilityTest {

  private static final Conditions USUAL = new Conditions("aa", 64, 1_000, 7L, "exact");

  private static List<String> notes(Conditions... all) {
    return Comparability.notes("dev", new LinkedHashSet<>(List.of(all)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          32 | 1000 | 7 | exact | numbers of clusters (k): 32, 64. Cluster metrics
          64 | 900  | 7 | exact | numbers of sampled frames: 900, 1000. Cluster metrics
          64 | 1000 | 8 | exact | seeds of the clustering: 7, 8. Cluster metrics
          64 | 1000 | 7 | fd    | sketches of the spectrum: exact, fd. RankMe and the other metrics of the spectrum
          """)
  void whatDiffersIsToldWithTheMetricsThatDependOnIt(
      int k, int sampleFrames, long seed, String sketch, String told) {
    assertThat(notes(USUAL, new Conditions("aa", k, sampleFrames, seed, sketch)))
        .containsExactly(
            "On corpus dev, checkpoints were evaluated with different "
                + told
                + " are comparable only where these are equal.");
  }

  @Test
  void anotherDigestIsOtherAudio() {
    assertThat(notes(USUAL, new Conditions("bb", 64, 1_000, 7L, "exact")))
        .singleElement()
        .asString()
        .startsWith("Corpus dev is not the same audio in all checkpoints");
  }

  @Test
  void checkpointsOnOtherCorporaAreNotComparedWithEachOther() {
    assertThat(Comparability.notes(new History(List.of(run("dev", 64), run("test", 32)), null)))
        .isEmpty();
    assertThat(Comparability.notes(new History(List.of(run("dev", 64), run("dev", 32)), null)))
        .singleElement()
        .asString()
        .contains("numbers of clusters (k): 32, 64");
  }

  private static RunHistory run(String corpus, int k) {
    MetricEvent event =
        Events.finished("a", 400, 0).setCorpusId(corpus).setCorpusDigest(corpus).setK(k).build();
    CheckpointResult result = new CheckpointResult(event);
    result.add(event);
    return new RunHistory("a", corpus, List.of(result), List.of());
  }

  @Test
  void whatIsEqualOrNotKnownIsNotTold() {
    assertThat(notes(USUAL, new Conditions(null, null, null, 7L, null))).isEmpty();
    assertThat(Comparability.notes("dev", Set.of())).isEmpty();
  }
}
