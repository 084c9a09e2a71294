package io.sounding.tests.speed.throughput;

import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Notes when the job last said that it has embedded something, by its counter {@value #COUNTER},
 * which it raises when the frames of a batch are folded: a metric reporter within the job's
 * process, which looks every few milliseconds.
 */
public final class LastEmbedded implements MetricReporter {

  private static final String COUNTER = "embeddedAudioMillis";
  private static final long PAUSE_NANOS = 2_000_000;

  /** Of this process: Flink makes the reporter, the benchmark reads it. */
  private static final List<Counter> COUNTERS = new CopyOnWriteArrayList<>();

  private static volatile long lastChange;

  /** How Flink makes it; named by a file below META-INF/services. */
  public static final class Factory implements MetricReporterFactory {

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new LastEmbedded();
    }
  }

  /** When something was last embedded, ms since 1970; 0 if never. */
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
      long sum = COUNTERS.stream().mapToLong(Counter::getCount).sum();
      if (sum != before) {
        before = sum;
        lastChange = System.currentTimeMillis();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (name.equals(COUNTER) && metric instanceof Counter counter) {
      COUNTERS.add(counter);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}

  @Override
  public void close() {}
}
