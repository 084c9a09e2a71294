package io.sounding.tests.speed.throughput;

import io.sounding.operators.JobMetric;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Notes when the job last finished a shard: when its gauges of shards that wait last changed. A
 * metric reporter within the job's process, which looks every few milliseconds.
 */
public final class LastEmbedded implements MetricReporter {

  private static final long PAUSE_NANOS = 2_000_000;

  /** Of this process: Flink makes the reporter, the benchmark reads it. */
  private static final List<Gauge<?>> GAUGES = new CopyOnWriteArrayList<>();

  private static volatile long lastChange;

  /** How Flink makes it; named by a file below META-INF/services. */
  public static final class Factory implements MetricReporterFactory {

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new LastEmbedded();
    }
  }

  /** When a shard was last finished, ms since 1970; 0 if never. */
  static long millis() {
    return lastChange;
  }

  @Override
  public void open(MetricConfig configuration) {
    Thread watch = new Thread(LastEmbedded::watch, "last-embedded");
    watch.setDaemon(true);
    watch.start();
  }

  private static void watch() {
    long before = 0;
    while (true) {
      long sum = GAUGES.stream().mapToLong(gauge -> ((Number) gauge.getValue()).longValue()).sum();
      if (sum != before) {
        before = sum;
        lastChange = System.currentTimeMillis();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (name.equals(JobMetric.QUEUED_SHARDS.label())) {
      GAUGES.add((Gauge<?>) metric);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}

  @Override
  public void close() {}
}
