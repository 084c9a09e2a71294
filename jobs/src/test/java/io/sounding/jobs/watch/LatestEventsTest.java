package io.sounding.jobs.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.schemas.MetricEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatestEventsTest {

  private static List<MetricEvent> of(LatestEvents latest, MetricEvent... events) {
    try (latest) {
      List.of(events).forEach(latest::add);
      List<MetricEvent> left = new ArrayList<>();
      latest.forEach(left::add);
      assertThat(latest.size()).isEqualTo(left.size());
      return left;
    }
  }

  private final MetricEvent first = Events.finished("a", 400, 0).build();
  private final MetricEvent again =
      Events.finished("a", 400, 0).setAttempt(1).setTrainingLoss(1.0).build();
  private final MetricEvent failedAgain = Events.failed("a", 400, "Gone.").setAttempt(1).build();
  private final MetricEvent partialAgain = Events.partial("a", 400, 0).setAttempt(1).build();

  @Test
  void aLaterEventOfALayerReplacesTheEarlierOne() {
    MetricEvent partial = Events.partial("a", 400, 0).build();

    assertThat(of(LatestEvents.all(), partial, first)).containsExactly(first);
  }

  @Test
  void aPartialEventThatComesLateReplacesNoFinalOne() {
    assertThat(of(LatestEvents.all(), first, Events.partial("a", 400, 0).build()))
        .containsExactly(first);
  }

  @Test
  void theHighestAttemptCountsInWhateverOrderTheyCome() {
    assertThat(of(LatestEvents.all(), first, again)).containsExactly(again);
    assertThat(of(LatestEvents.all(), again, first)).containsExactly(again);
  }

  @Test
  void aHigherAttemptDrivesOutLayersThatItDidNotEvaluate() {
    MetricEvent otherLayer = Events.finished("a", 400, 1).build();

    assertThat(of(LatestEvents.all(), first, otherLayer, again)).containsExactly(again);
  }

  @Test
  void anAttemptThatFailedTakesTheNumbersOfTheOneBeforeAway() {
    assertThat(of(LatestEvents.all(), first, failedAgain)).containsExactly(failedAgain);
    assertThat(of(LatestEvents.finals(), first, failedAgain)).isEmpty();
    assertThat(of(LatestEvents.finals(), failedAgain, first)).isEmpty();
  }

  @Test
  void anAttemptThatSucceedsEndsAFailure() {
    MetricEvent failed = Events.failed("a", 400, "Gone.").build();

    assertThat(of(LatestEvents.all(), failed, again)).containsExactly(again);
    assertThat(of(LatestEvents.finals(), failed, again)).containsExactly(again);
  }

  @Test
  void ofFinalEventsAnAttemptUnderWayTakesNothingAway() {
    assertThat(of(LatestEvents.finals(), first, partialAgain)).containsExactly(first);
    assertThat(of(LatestEvents.all(), first, partialAgain)).containsExactly(partialAgain);
  }

  @Test
  void aFailureStandsBesideTheLayersThatItsAttemptFinished() {
    MetricEvent failed = Events.failed("a", 400, "Layer 1 is gone.").build();

    assertThat(of(LatestEvents.all(), first, failed)).containsExactly(failed, first);
  }

  @Test
  void aFailureOfAnotherJobIsLeftOutWhereAllLayersAreFinal() {
    MetricEvent failed = Events.failed("a", 400, "The file is gone.").build();
    MetricEvent last = Events.finished("a", 400, 1).build();

    assertThat(of(LatestEvents.all(), first, last, failed)).containsExactly(first, last);
    assertThat(of(LatestEvents.all(), failed, first, last)).containsExactly(first, last);
    assertThat(of(LatestEvents.all(), first, last, failedAgain)).containsExactly(failedAgain);
  }

  @Test
  void corporaAndRunsDoNotMix() {
    MetricEvent otherCorpus = Events.finished("a", 400, 0).setCorpusId("test").build();
    MetricEvent otherRun = Events.finished("b", 400, 0).build();

    assertThat(of(LatestEvents.all(), otherRun, otherCorpus, first))
        .containsExactly(first, otherCorpus, otherRun);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theOrderIsThatOfRunStepCheckpointCorpusAndLayerWhateverCameFirst(long seed) {
    List<MetricEvent> sorted = new ArrayList<>();
    for (String run : List.of("a", "b")) {
      for (long step : new long[] {9, 10, 100}) {
        for (String corpus : List.of("dev", "test")) {
          sorted.add(
              Events.finished(run, step, 0)
                  .setCheckpointId(step + "-first")
                  .setCorpusId(corpus)
                  .build());
        }
        sorted.add(Events.failed(run, step, "Gone.").setCheckpointId(step + "-second").build());
        for (int layer : new int[] {0, 11}) {
          sorted.add(
              Events.finished(run, step, layer)
                  .setCheckpointId(step + "-second")
                  .setLayers(3)
                  .build());
        }
      }
    }
    List<MetricEvent> shuffled = new ArrayList<>(sorted);
    Collections.shuffle(shuffled, new Random(seed));

    assertThat(of(LatestEvents.all(), shuffled.toArray(new MetricEvent[0])))
        .containsExactlyElementsOf(sorted);
  }

  @Test
  void aCheckpointThatWasPublishedAgainWithAnotherStepStandsAtThatStep() {
    MetricEvent corrected =
        Events.finished("a", 500, 0).setCheckpointId(first.getCheckpointId()).setAttempt(1).build();

    assertThat(of(LatestEvents.all(), first, corrected)).containsExactly(corrected);
  }
}
