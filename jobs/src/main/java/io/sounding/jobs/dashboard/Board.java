package io.sounding.jobs.dashboard;

import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.MetricEvent;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * All that is held in memory, and who is told when it changes. One thread writes, which collects
 * changes and tells them with {@link #tell}; any number read.
 */
final class Board {

  /** Who is told. */
  interface Listener {

    /** There are new events; returns at once. */
    void changed(Change change);

    /** The feed is in another state, or farther; returns at once. */
    void fed();
  }

  private static final int ALARMS = 10_000;
  private static final int CORRELATIONS = 50_000;
  private static final String NO_LAYER = "-";

  private final MetricStore metrics;
  private final AlarmLog alarms = new AlarmLog(ALARMS);
  private final CorrelationTable correlations = new CorrelationTable(CORRELATIONS);
  private final Set<Listener> listeners = new CopyOnWriteArraySet<>();
  private Change change = new Change();
  private volatile FeedStatus feed =
      FeedStatus.connecting("Nothing was read yet: the dashboard has just been started.");

  /**
   * Empty.
   *
   * @param limit so many metric events are held at most
   */
  Board(int limit) {
    metrics = new MetricStore(limit);
  }

  void add(MetricEvent event) {
    metrics.add(event);
    change.metrics(event.getRunId());
  }

  void add(byte[] key, AlarmEvent event) {
    alarms.add(text(key), event);
    change.alarms(event.getRunId());
  }

  void add(byte[] key, CorrelationEvent event) {
    correlations.put(text(key), event);
    change.correlations(event.getRunId());
  }

  /** The record of a key was deleted from the topic of metrics; see {@code RecordKeys}. */
  void removeMetric(byte[] key) {
    List<String> parts = Arrays.asList(text(key).split("/", -1));
    if (parts.size() != 4) {
      return;
    }
    List<String> names =
        parts.stream().map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8)).toList();
    int layer =
        names.get(3).equals(NO_LAYER) ? LayerEvent.NO_LAYER : Integer.parseInt(names.get(3));
    metrics.remove(new RunOnCorpus(names.get(0), names.get(2)), names.get(1), layer);
    change.metrics(names.get(0));
  }

  void removeAlarm(byte[] key) {
    alarms.remove(text(key));
    change.alarms(URLDecoder.decode(text(key).split("/", 2)[0], StandardCharsets.UTF_8));
  }

  void removeCorrelation(byte[] key) {
    correlations.remove(text(key));
    change.correlations(null);
  }

  /** Forgets all, and tells so. */
  void clear() {
    metrics.clear();
    alarms.clear();
    correlations.clear();
    change.everything();
    tell();
  }

  private static String text(byte[] key) {
    return key == null ? "" : new String(key, StandardCharsets.UTF_8);
  }

  /** Tells what was added since it was last told. */
  void tell() {
    if (!change.isEmpty()) {
      Change told = change;
      change = new Change();
      listeners.forEach(listener -> listener.changed(told));
    }
  }

  void feed(FeedStatus status) {
    if (!status.equals(feed)) {
      feed = status;
      listeners.forEach(Listener::fed);
    }
  }

  FeedStatus feed() {
    return feed;
  }

  MetricStore metrics() {
    return metrics;
  }

  AlarmLog alarms() {
    return alarms;
  }

  CorrelationTable correlations() {
    return correlations;
  }

  void listen(Listener listener) {
    listeners.add(listener);
  }

  void ignore(Listener listener) {
    listeners.remove(listener);
  }
}
