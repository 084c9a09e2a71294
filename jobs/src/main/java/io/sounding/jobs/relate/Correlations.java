package io.sounding.jobs.relate;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.jobs.watch.PassedOver;
import io.sounding.jobs.watch.RecordedEvents;
import io.sounding.operators.relate.FromStep;
import io.sounding.operators.relate.RecordedCorrelations;
import io.sounding.operators.relate.RelateSettings;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.RecordKeys;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Correlations as the job published them, or computed here as it would compute them. */
public final class Correlations {

  private Correlations() {}

  /**
   * The latest of each that the job published.
   *
   * @param unread is told of records that could not be read
   */
  public static Collection<CorrelationEvent> published(
      KafkaClients kafka, Consumer<PassedOver> unread) {
    kafka.require(kafka.topics().correlations());
    Map<String, CorrelationEvent> latest = new LinkedHashMap<>();
    try (CommittedRecords<CorrelationEvent> records =
        new CommittedRecords<>(kafka, kafka.topics().correlations(), CorrelationEvent.class)) {
      records.toEnd(
          event -> latest.put(new String(RecordKeys.of(event), StandardCharsets.UTF_8), event));
      records.passedOver().forEach(unread);
    }
    return latest.values();
  }

  /**
   * The scores that were published; a later one of the same run, step and task counts.
   *
   * @param unread is told of records that could not be read
   */
  public static List<DownstreamScore> scores(KafkaClients kafka, Consumer<PassedOver> unread) {
    kafka.require(kafka.topics().scores());
    try (CommittedRecords<DownstreamScore> records =
        new CommittedRecords<>(kafka, kafka.topics().scores(), DownstreamScore.class)) {
      List<DownstreamScore> scores = records.toEnd();
      records.passedOver().forEach(unread);
      return scores;
    }
  }

  /**
   * Computes them.
   *
   * @param fromSteps from which checkpoint of a run on, each on its own; empty: as jobs do
   */
  public static Collection<CorrelationEvent> computed(
      RecordedEvents events, List<DownstreamScore> scores, List<FromStep> fromSteps)
      throws UnusableInputException {
    RecordedCorrelations correlations = new RecordedCorrelations();
    events.metrics(correlations::add);
    scores.stream()
        .filter(score -> Double.isFinite(score.getValue()))
        .forEach(
            score ->
                correlations.add(
                    score.getRunId(),
                    score.getStep(),
                    score.getTask(),
                    score.getValue(),
                    score.getPublishedAt()));
    return correlations.correlate(
        fromSteps.isEmpty() ? RelateSettings.DEFAULT.fromSteps() : fromSteps,
        RelateSettings.DEFAULT.resamples());
  }
}
