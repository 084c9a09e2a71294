package io.sounding.operators.relate;

import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.util.Arrays;

/**
 * The numbers of one layer of one checkpoint on one corpus: what is left of a FINAL event, or of a
 * FAILED one, which has a loss and no layer.
 *
 * @param runId the training run
 * @param checkpointId the checkpoint
 * @param step training step
 * @param attempt the attempt of the checkpoint event
 * @param corpusId the corpus
 * @param trainingLoss as published; null: not known
 * @param layer index of the layer; {@link #NO_LAYER} for what concerns the whole checkpoint
 * @param layers how many layers of the checkpoint are evaluated
 * @param deadShare share of the clusters without a frame, 0 to 1; NaN: not known
 * @param values of {@link LayerMetric} in its order, NaN where one is not defined; the loss alone
 *     without a layer. In state of an earlier version the last ones are missing, and read as NaN
 */
public record Measurement(
    String runId,
    String checkpointId,
    long step,
    int attempt,
    String corpusId,
    Double trainingLoss,
    int layer,
    int layers,
    double deadShare,
    double[] values) {

  public Measurement {
    int known = values.length;
    if (layer != NO_LAYER && known < LayerMetric.fields().size()) {
      values = Arrays.copyOf(values, LayerMetric.fields().size());
      Arrays.fill(values, known, values.length, Double.NaN);
    }
  }

  /** Stands for the checkpoint as a whole. */
  static final int NO_LAYER = -1;

  /** What a FINAL or FAILED event says. */
  static Measurement of(MetricEvent event) {
    if (event.getStatus() != MetricStatus.FINAL) {
      return ofCheckpoint(event);
    }
    Integer clusters = event.getK();
    return new Measurement(
        event.getRunId(),
        event.getCheckpointId(),
        event.getStep(),
        event.getAttempt(),
        event.getCorpusId(),
        event.getTrainingLoss(),
        event.getLayer(),
        event.getLayers(),
        clusters == null || clusters < 1
            ? Double.NaN
            : (double) event.getClusters().getDeadClusters() / clusters,
        LayerMetric.valuesOf(event));
  }

  private static Measurement ofCheckpoint(MetricEvent event) {
    return new Measurement(
        event.getRunId(),
        event.getCheckpointId(),
        event.getStep(),
        event.getAttempt(),
        event.getCorpusId(),
        event.getTrainingLoss(),
        NO_LAYER,
        0,
        Double.NaN,
        new double[] {lossOrNaN(event.getTrainingLoss())});
  }

  /** The checkpoint's loss without the layer. */
  Measurement ofCheckpoint() {
    return new Measurement(
        runId,
        checkpointId,
        step,
        attempt,
        corpusId,
        trainingLoss,
        NO_LAYER,
        layers,
        Double.NaN,
        new double[] {lossOrNaN(trainingLoss)});
  }

  /** Whether it is of a layer; that of a FAILED event is not, nor is {@link #ofCheckpoint()}. */
  boolean hasLayer() {
    return layer != NO_LAYER;
  }

  /** Run and corpus as one key; ids hold no line feeds. */
  public String runAndCorpus() {
    return runId + "\n" + corpusId;
  }

  private static double lossOrNaN(Double loss) {
    return loss == null ? Double.NaN : loss;
  }
}
