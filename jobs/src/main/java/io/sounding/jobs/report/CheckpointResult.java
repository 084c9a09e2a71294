package io.sounding.jobs.report;

import io.sounding.jobs.watch.MetricField;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is known of one checkpoint on one corpus: its latest events, reduced to numbers. */
final class CheckpointResult {

  /** Metrics and standard errors of one layer, in the order of {@link MetricField#ALL}. */
  record Layer(double[] metrics, double[] errors) {

    private static Layer of(MetricEvent event) {
      return new Layer(
          MetricField.ALL.stream().mapToDouble(field -> field.value(event)).toArray(),
          MetricField.ALL.stream().mapToDouble(field -> field.standardError(event)).toArray());
    }

    double value(MetricField field) {
      return metrics[MetricField.ALL.indexOf(field)];
    }

    double error(MetricField field) {
      return errors[MetricField.ALL.indexOf(field)];
    }
  }

  private final String checkpointId;
  private final long step;
  private final SortedMap<Integer, Layer> layers = new TreeMap<>();
  private Double loss;
  private String failureReason;
  private int expectedLayers;
  private double progress;
  private Conditions conditions;
  private double audioSeconds;
  private double embedSeconds;
  private double foldSeconds;

  CheckpointResult(MetricEvent event) {
    checkpointId = event.getCheckpointId();
    step = event.getStep();
  }

  void add(MetricEvent event) {
    loss = event.getTrainingLoss() == null ? loss : event.getTrainingLoss();
    if (event.getLayers() != null) {
      expectedLayers = event.getLayers();
    }
    if (event.getStatus() == MetricStatus.FAILED) {
      failureReason =
          event.getFailureReason() == null ? "No reason was told." : event.getFailureReason();
      return;
    }
    audioSeconds = Math.max(audioSeconds, event.getAudioSeconds());
    if (event.getCorpusUtterances() > 0) {
      progress = Math.max(progress, (double) event.getUtterances() / event.getCorpusUtterances());
    }
    if (event.getCost() != null) {
      embedSeconds = Math.max(embedSeconds, event.getCost().getEmbedSeconds());
      foldSeconds += event.getCost().getFoldSeconds();
    }
    if (event.getStatus() == MetricStatus.FINAL && event.getLayer() != null) {
      layers.put(event.getLayer(), Layer.of(event));
      conditions =
          new Conditions(
              event.getCorpusDigest(),
              event.getK(),
              event.getSampleFrames(),
              event.getSeed(),
              event.getRank() == null ? null : event.getRank().getSketch());
    }
  }

  String checkpointId() {
    return checkpointId;
  }

  long step() {
    return step;
  }

  /** Training loss; null: not known. */
  Double loss() {
    return loss;
  }

  /** Layers with FINAL metrics. */
  SortedMap<Integer, Layer> layers() {
    return layers;
  }

  /** Null: nothing is FINAL. */
  Conditions conditions() {
    return conditions;
  }

  boolean isFailed() {
    return failureReason != null;
  }

  boolean isFinal() {
    return !isFailed() && !layers.isEmpty() && layers.size() >= expectedLayers;
  }

  /** Why it failed; null: it did not. */
  String failureReason() {
    return failureReason;
  }

  /** FINAL, FAILED, or how far it is. */
  String status() {
    if (isFailed()) {
      return "FAILED";
    }
    if (isFinal()) {
      return "FINAL";
    }
    return layers.isEmpty()
        ? "PARTIAL, %d %%".formatted(Math.round(100 * progress))
        : "%d of %d layers FINAL".formatted(layers.size(), expectedLayers);
  }

  /** Audio that was embedded, seconds. */
  double audioSeconds() {
    return audioSeconds;
  }

  /** Wall time of forward passes, summed over shards, seconds. */
  double embedSeconds() {
    return embedSeconds;
  }

  /** Wall time of folding, summed over shards and layers, seconds. */
  double foldSeconds() {
    return foldSeconds;
  }
}
