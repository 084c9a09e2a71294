package io.sounding.operators.relate;

import io.sounding.operators.StateLayout;
import io.sounding.operators.VersionedStage;
import io.sounding.operators.publish.OutgoingRecord;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.util.Collector;

/**
 * Keyed by corpus and layer: correlates every metric with every task's scores, along each run and
 * across runs ({@link PairTable} says which pairs that are).
 *
 * <p>Evidence is only noted; a sweep that begins {@value #DELAY_MILLIS} ms later goes over all
 * groups of pairs and computes those whose pairs are others than when they were computed last, so
 * what is published in the end is a function of what came, and evidence that came twice, in another
 * order or within that time costs nothing. A sweep is cut into slices of {@link WorkSlices}, each a
 * firing of a timer that lies in the future, between which the task answers barriers. At the end of
 * input a watermark beyond all time fires what is left in one go.
 *
 * <p>State, layout 1, keyed by {@link Evidence#corpusAndLayer}: map "runs", {@link RunEvidence} by
 * run id; map "published", the fingerprint of the pairs last published by {@link PairGroup#id};
 * value "sweep", the id of the group where the sweep under way is, empty at first, null without
 * one; value "left", how many groups it is still to go over with the evidence that came last, null:
 * all; a processing-time timer and one at the end of event time per sweep under way. A key grows
 * with runs times checkpoints, by about 200 bytes each. What is known of a run expires when nothing
 * came of it for the time that histories are kept.
 *
 * <p>Measured with 400 checkpoints of one run, 12 layers, 3 tasks, 1,000 resamples: 34 ms of one
 * core a group, 69 ms a slice, 2.5 s for all 78 groups, which is what another checkpoint costs;
 * Flink checkpoints meanwhile took 57 ms (median) on two busy cores. Of 50 such runs there are
 * 2,700 groups: going over them to find those that changed takes 0.2 to 0.3 s of a core, in slices
 * as well.
 */
public final class Correlate extends VersionedStage<String, Evidence, OutgoingRecord> {

  private static final long serialVersionUID = 1L;

  private static final StateLayout LAYOUT = new StateLayout("correlate", 1);

  /** Layers and scores of a checkpoint come one after the other within seconds. */
  static final int DELAY_MILLIS = 1_500;

  private final RelateSettings settings;
  private final Duration slice;
  private transient EvidenceState known;
  private transient MapState<String, Long> published;
  private transient ValueState<String> sweep;
  private transient ValueState<Integer> left;
  private transient WorkSlices slices;

  public Correlate(RelateSettings settings) {
    this(settings, WorkSlices.SLICE);
  }

  Correlate(RelateSettings settings, Duration slice) {
    super(LAYOUT);
    this.settings = settings;
    this.slice = slice;
  }

  @Override
  public void open(OpenContext context) {
    StateTtlConfig expiry =
        StateTtlConfig.newBuilder(settings.history()).cleanupFullSnapshot().build();
    known = new EvidenceState(getRuntimeContext(), expiry);
    var descriptor = new MapStateDescriptor<>("published", String.class, Long.class);
    descriptor.enableTimeToLive(expiry);
    published = getRuntimeContext().getMapState(descriptor);
    sweep = getRuntimeContext().getState(new ValueStateDescriptor<>("sweep", String.class));
    left = getRuntimeContext().getState(new ValueStateDescriptor<>("left", Integer.class));
    slices = new WorkSlices(slice);
  }

  @Override
  public void processElement(Evidence evidence, Context context, Collector<OutgoingRecord> out)
      throws Exception {
    if (!known.note(evidence)) {
      return;
    }
    left.clear();
    if (sweep.value() == null) {
      sweep.update("");
      TimerService timers = context.timerService();
      timers.registerProcessingTimeTimer(timers.currentProcessingTime() + DELAY_MILLIS);
      timers.registerEventTimeTimer(Long.MAX_VALUE);
    }
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<OutgoingRecord> out)
      throws Exception {
    if (sweep.value() == null) {
      return;
    }
    TimerService timers = context.timerService();
    boolean inputEnded = context.timeDomain() == TimeDomain.EVENT_TIME;
    if (inputEnded) {
      sweep(context.getCurrentKey(), out, false);
    } else if (!slices.mayBegin() || !sweep(context.getCurrentKey(), out, true)) {
      timers.registerProcessingTimeTimer(timers.currentProcessingTime() + WorkSlices.PAUSE_MILLIS);
      return;
    }
    sweep.clear();
    left.clear();
    timers.deleteEventTimeTimer(Long.MAX_VALUE);
  }

  /**
   * Goes on with the sweep, for a slice or to its end; whether all groups, one after the other, are
   * up to date with the evidence that came last.
   */
  private boolean sweep(String key, Collector<OutgoingRecord> out, boolean sliced)
      throws Exception {
    int end = key.indexOf('\n');
    String corpusId = key.substring(0, end);
    int layer = Integer.parseInt(key.substring(end + 1));
    boolean ofLayer = layer != Measurement.NO_LAYER;
    slices.begin(); // what is known is read back within the slice
    PairTable table = known.table(ofLayer);
    List<PairGroup> groups = table.groups(settings.fromSteps());
    int next = after(groups, sweep.value());
    // groups of runs that were forgotten meanwhile are gone, that where the sweep was maybe as well
    boolean goesOn = next > 0 && left.value() != null;
    int toDo = goesOn ? Math.min(left.value(), groups.size()) : groups.size();
    for (boolean over = false; toDo > 0 && !over; toDo--, next++) {
      PairGroup group = groups.get(next % groups.size());
      PairSet pairs = table.pairs(group);
      if (pairs != null) {
        publishIfChanged(pairs, corpusId, ofLayer ? layer : null, out);
      }
      if (sliced && slices.isOver()) {
        sweep.update(group.id());
        over = true;
      }
    }
    left.update(toDo);
    slices.end();
    return toDo == 0;
  }

  private void publishIfChanged(
      PairSet pairs, String corpusId, Integer layer, Collector<OutgoingRecord> out)
      throws Exception {
    String group = pairs.group().id();
    long fingerprint = pairs.fingerprint(settings.resamples());
    Long before = published.get(group);
    if (before != null && before == fingerprint) {
      return;
    }
    for (CorrelationEvent event :
        CorrelationTable.of(pairs, corpusId, layer, settings.resamples(), Instant.now())) {
      out.collect(new OutgoingRecord(RecordKeys.of(event), SingleObjectCodec.encode(event)));
    }
    published.put(group, fingerprint);
  }

  /** Where to go on, so that what comes first in the order does not keep the others waiting. */
  private static int after(List<PairGroup> groups, String id) {
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).id().equals(id)) {
        return i + 1;
      }
    }
    return 0;
  }
}
