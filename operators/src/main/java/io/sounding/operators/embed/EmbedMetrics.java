package io.sounding.operators.embed;

import io.sounding.operators.JobMetric;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** What the embedding stage tells Flink of its work, by the names of {@link JobMetric}. */
final class EmbedMetrics {

  /** Slices that the histogram looks back on: about 8 minutes of work. */
  private static final int SLICES = 1_000;

  private final Counter audioSeconds;
  private final Counter halvings;
  private final Histogram sliceMillis;
  private double fraction;
  private volatile double modelLoadSeconds = Double.NaN;

  /**
   * Registers them.
   *
   * @param gpu what is known of the subtask's GPU; must not wait
   * @param nowMillis the time, milliseconds since 1970-01-01 UTC
   */
  EmbedMetrics(
      MetricGroup group,
      EmbedQueue queue,
      Supplier<GpuReadings.Reading> gpu,
      LongSupplier nowMillis) {
    audioSeconds = group.counter(JobMetric.EMBEDDED_AUDIO_SECONDS.label());
    halvings = group.counter(JobMetric.BATCH_HALVINGS.label(), new ThreadSafeSimpleCounter());
    sliceMillis =
        group.histogram(JobMetric.SLICE_MILLIS.label(), new DescriptiveStatisticsHistogram(SLICES));
    group.gauge(JobMetric.QUEUED_SHARDS.label(), queue::size);
    group.gauge(
        JobMetric.CHECKPOINT_LAG_SECONDS.label(), () -> lagSeconds(queue, nowMillis.getAsLong()));
    group.gauge(JobMetric.MODEL_LOAD_SECONDS.label(), () -> modelLoadSeconds);
    group.gauge(JobMetric.GPU_UTILISATION.label(), () -> gpu.get().utilisation());
    group.gauge(JobMetric.GPU_MEMORY_BYTES.label(), () -> gpu.get().memoryBytes());
  }

  private static double lagSeconds(EmbedQueue queue, long nowMillis) {
    long oldest = queue.oldestMillis();
    return oldest == EmbedQueue.NONE ? 0 : Math.max(0, nowMillis - oldest) * 1e-3;
  }

  /** Counts audio that was embedded, seconds; a counter holds whole ones. */
  void embedded(double seconds) {
    fraction += seconds;
    long whole = (long) fraction;
    audioSeconds.inc(whole);
    fraction -= whole;
  }

  /** Takes the time that a slice took. */
  void slice(long nanos) {
    sliceMillis.update(Math.round(nanos * 1e-6));
  }

  /** Takes how long the model took that is used from now on. */
  void modelLoaded(double seconds) {
    modelLoadSeconds = seconds;
  }

  /** Counts a batch that was halved; from any thread. */
  void halved() {
    halvings.inc();
  }
}
