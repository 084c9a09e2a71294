package io.sounding.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import io.sounding.schemas.EvaluationCost;
import io.sounding.schemas.MetricEvent;
import org.junit.jupiter.api.Test;

class CheckpointResultTest {

  private static CheckpointResult of(MetricEvent.Builder... events) {
    CheckpointResult result = new CheckpointResult(events[0].build());
    for (MetricEvent.Builder event : events) {
      result.add(event.build());
    }
    return result;
  }

  /** Frames are embedded once for all layers, and folded for each. */
  @Test
  void foldingIsSummedOverLayersAndEmbeddingIsNot() {
    CheckpointResult result =
        of(
            Events.finished("a", 400, 0).setCost(cost(5.5, 0.5)),
            Events.finished("a", 400, 1).setCost(cost(5.25, 0.25)));
    assertThat(result.embedSeconds()).isEqualTo(5.5);
    assertThat(result.foldSeconds()).isEqualTo(0.75);
    assertThat(result.audioSeconds()).isEqualTo(294.7);
  }

  private static EvaluationCost cost(double embedSeconds, double foldSeconds) {
    EvaluationCost cost = Events.finished("a", 400, 0).getCost();
    cost.setEmbedSeconds(embedSeconds);
    cost.setFoldSeconds(foldSeconds);
    return cost;
  }

  @Test
  void aLossThatALayerDoesNotTellIsThatOfTheOthers() {
    assertThat(
            of(
                    Events.finished("a", 400, 0).setTrainingLoss(2.5),
                    Events.finished("a", 400, 1).setTrainingLoss((Double) null))
                .loss())
        .isEqualTo(2.5);
  }

  @Test
  void itIsFinalOnceAllItsLayersAre() {
    assertThat(of(Events.partial("a", 400, 0)).status()).isEqualTo("PARTIAL, 49 %");
    assertThat(of(Events.finished("a", 400, 0), Events.partial("a", 400, 1)).status())
        .isEqualTo("1 of 2 layers FINAL");
    assertThat(of(Events.finished("a", 400, 0), Events.finished("a", 400, 1)).status())
        .isEqualTo("FINAL");
    assertThat(of(Events.failed("a", 400, "Gone."), Events.partial("a", 400, 0)).status())
        .isEqualTo("FAILED");
  }
}
