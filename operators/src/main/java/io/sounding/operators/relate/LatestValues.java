package io.sounding.operators.relate;

import io.sounding.operators.JobMetric;
import io.sounding.operators.StateLayout;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the latest values of every layer as Flink metrics: gauges {@code latest} with the labels
 * {@code run}, {@code corpus}, {@code layer} and {@code metric}, {@code trainingLoss} and {@code
 * step} among the metrics. The latest are those of the highest step. One subtask has them all, so
 * that one limit holds. Nothing comes out of it.
 *
 * <p>State, layout 1, of the operator: list "latest-values", {@link Latest}. A layer of which
 * nothing was heard for the time that histories are kept is left out after a restart; Flink has no
 * way to take a gauge back before. So are, beyond a limit that is lower by then, those that were
 * silent for longest.
 */
public final class LatestValues extends ProcessFunction<Measurement, Void>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(LatestValues.class);
  private static final StateLayout LAYOUT = new StateLayout("latest-values", 1);

  /**
   * The latest measurement of a layer.
   *
   * @param heardMillis when something of the layer came last, milliseconds since 1970-01-01 UTC
   */
  public record Latest(Measurement measurement, long heardMillis) {

    private String place() {
      return measurement.runAndCorpus() + "\n" + measurement.layer();
    }

    private boolean isBefore(Measurement other) {
      if (measurement.step() != other.step()) {
        return measurement.step() < other.step();
      }
      return measurement.attempt() != other.attempt()
          ? measurement.attempt() < other.attempt()
          : measurement.checkpointId().compareTo(other.checkpointId()) <= 0;
    }
  }

  private static final Comparator<Latest> NEWEST_FIRST =
      Comparator.comparingLong(Latest::heardMillis).reversed().thenComparing(Latest::place);

  private final RelateSettings settings;
  private final Clock clock;
  private transient ListState<Latest> saved;
  private transient Map<String, Latest> latest; // read by the threads of reporters
  private transient boolean warned;

  public LatestValues(RelateSettings settings) {
    this(settings, Clock.systemUTC());
  }

  LatestValues(RelateSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    LAYOUT.restored(context.getOperatorStateStore());
    saved =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("latest-values", Latest.class));
    latest = new ConcurrentHashMap<>();
    long since = clock.millis() - settings.history().toMillis();
    StreamSupport.stream(saved.get().spliterator(), false)
        .filter(value -> value.heardMillis() >= since)
        .sorted(NEWEST_FIRST)
        .limit(settings.gauges())
        .forEach(value -> latest.put(value.place(), value));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    saved.update(List.copyOf(latest.values()));
  }

  @Override
  public void open(OpenContext context) {
    latest.values().forEach(this::register);
  }

  @Override
  public void processElement(Measurement measurement, Context context, Collector<Void> out) {
    if (!measurement.hasLayer()) {
      return;
    }
    Latest heard = new Latest(measurement, clock.millis());
    Latest before = latest.get(heard.place());
    if (before != null) {
      Measurement shown = before.isBefore(measurement) ? measurement : before.measurement();
      latest.put(heard.place(), new Latest(shown, heard.heardMillis()));
    } else if (latest.size() < settings.gauges()) {
      latest.put(heard.place(), heard);
      register(heard);
    } else if (!warned) {
      warned = true;
      LOG.warn(
          "The latest values of {} layers are shown as gauges, which is the limit: those of layer {} of run {} on corpus {} are not, nor are further ones. Raise --gauges; after a restart, layers that were silent for {} make room.",
          latest.size(),
          measurement.layer(),
          measurement.runId(),
          measurement.corpusId(),
          settings.history());
    }
  }

  private void register(Latest value) {
    String place = value.place();
    MetricGroup group =
        getRuntimeContext()
            .getMetricGroup()
            .addGroup("run", value.measurement().runId())
            .addGroup("corpus", value.measurement().corpusId())
            .addGroup("layer", Integer.toString(value.measurement().layer()));
    for (LayerMetric metric : LayerMetric.values()) {
      gauge(group, metric.field(), () -> at(place).values()[metric.ordinal()]);
    }
    gauge(group, "step", () -> (double) at(place).step());
    gauge(
        group,
        "trainingLoss",
        () -> at(place).trainingLoss() == null ? Double.NaN : at(place).trainingLoss());
  }

  private static void gauge(MetricGroup group, String metric, Gauge<Double> value) {
    group.addGroup("metric", metric).gauge(JobMetric.LATEST.label(), value);
  }

  private Measurement at(String place) {
    return latest.get(place).measurement();
  }
}
