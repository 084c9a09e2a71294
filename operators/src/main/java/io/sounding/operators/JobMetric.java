package io.sounding.operators;

/**
 * The metrics that Sounding's own stages register with Flink, beside those that Flink has of every
 * stage. What is documented, and watched by boards and alert rules, is this list.
 */
public enum JobMetric {
  /** Audio embedded, over all checkpoints. */
  EMBEDDED_AUDIO_SECONDS("embeddedAudioSeconds", "counter", "s of audio"),
  /** Shards of checkpoints that are still to be embedded, ready or not. */
  QUEUED_SHARDS("queuedShards", "gauge", "shards"),
  /** Since the event of the oldest checkpoint that still has shards to be embedded; 0: none. */
  CHECKPOINT_LAG_SECONDS("checkpointLagSeconds", "gauge", "s"),
  /** Wall time of each slice of work, after which the stage looks at its inbox. */
  SLICE_MILLIS("sliceMillis", "histogram", "ms"),
  /**
   * Wall time of fetching and loading the model in use, by this process; 0 where it was loaded for
   * another evaluation; NaN before the first.
   */
  MODEL_LOAD_SECONDS("modelLoadSeconds", "gauge", "s"),
  /** Batches that were run in halves because the device had no memory left for them. */
  BATCH_HALVINGS("batchHalvings", "counter", "batches"),
  /**
   * Share of the time in which the GPU of the subtask computed anything; NaN: it has none, or that
   * cannot be read.
   */
  GPU_UTILISATION("gpuUtilisation", "gauge", "share of time"),
  /** Memory in use on the GPU of the subtask, by whomever; NaN as before. */
  GPU_MEMORY_BYTES("gpuMemoryBytes", "gauge", "bytes"),
  /** Records and evaluations that could not be used, by label {@code reason}. */
  DEAD_LETTERS("deadLetters", "counter", "records"),
  /** The latest values of a layer, by labels {@code run, corpus, layer, metric}. */
  LATEST("latest", "gauge", "as the field of the metric event");

  private final String label;
  private final String kind;
  private final String unit;

  JobMetric(String label, String kind, String unit) {
    this.label = label;
    this.kind = kind;
    this.unit = unit;
  }

  /** The name under which it is registered. */
  public String label() {
    return label;
  }

  /** Counter, gauge or histogram. */
  public String kind() {
    return kind;
  }

  /** What its value counts. */
  public String unit() {
    return unit;
  }
}
