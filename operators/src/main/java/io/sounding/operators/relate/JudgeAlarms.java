package io.sounding.operators.relate;

import io.sounding.operators.LogContext;
import io.sounding.operators.StateLayout;
import io.sounding.operators.VersionedStage;
import io.sounding.operators.publish.OutgoingRecord;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keyed by run and corpus: judges the run's checkpoints anew with every measurement, and publishes
 * the alarms that stand otherwise than before.
 *
 * <p>Checkpoints that are evaluated in the order of their steps raise each alarm once and clear it
 * once. In another order, or again, an alarm may be published once more with an earlier step, or
 * withdrawn, that is cleared because it is none by now, as it may be under other rules after a
 * restart; whatever the order, the last event of each alarm is the same once all are there, and of
 * those that would never have been raised it is a cleared one or none.
 *
 * <p>State, layout 1, keyed by {@link Measurement#runAndCorpus}: map "layers", {@link LayerHistory}
 * as {@link AlarmJudge} keeps it by layer, and of the losses by {@link Measurement#NO_LAYER}; map
 * "alarms", {@link Alarm} as published last by {@link Alarm#key}. It expires when nothing came of
 * the run for the time that histories are kept.
 */
public final class JudgeAlarms extends VersionedStage<String, Measurement, OutgoingRecord> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(JudgeAlarms.class);
  private static final StateLayout LAYOUT = new StateLayout("judge-alarms", 1);

  private final RelateSettings settings;
  private transient MapState<Integer, LayerHistory> layers;
  private transient MapState<String, Alarm> alarms;
  private transient Renewals renewals;

  public JudgeAlarms(RelateSettings settings) {
    super(LAYOUT);
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    StateTtlConfig expiry =
        StateTtlConfig.newBuilder(settings.history()).cleanupFullSnapshot().build();
    var layersDescriptor = new MapStateDescriptor<>("layers", Integer.class, LayerHistory.class);
    layersDescriptor.enableTimeToLive(expiry);
    layers = getRuntimeContext().getMapState(layersDescriptor);
    var alarmsDescriptor = new MapStateDescriptor<>("alarms", String.class, Alarm.class);
    alarmsDescriptor.enableTimeToLive(expiry);
    alarms = getRuntimeContext().getMapState(alarmsDescriptor);
    renewals = new Renewals(settings.history());
  }

  @Override
  public void processElement(
      Measurement measurement, Context context, Collector<OutgoingRecord> out) throws Exception {
    Map<String, Alarm> published = new TreeMap<>();
    for (Map.Entry<String, Alarm> entry : alarms.entries()) {
      published.put(entry.getKey(), entry.getValue());
    }
    Map<Integer, LayerHistory> histories = new HashMap<>();
    for (Map.Entry<Integer, LayerHistory> entry : layers.entries()) {
      histories.put(entry.getKey(), entry.getValue());
    }
    Map<Integer, LayerHistory> known = new HashMap<>(histories);
    boolean isNew = AlarmJudge.note(histories, measurement);
    keep(histories, known, published, context);
    if (!isNew) {
      return;
    }
    for (Alarm alarm : AlarmJudge.judge(histories, settings.alarms())) {
      Alarm before = published.remove(alarm.key());
      publish(alarm, before, measurement, out);
    }
    for (Alarm left : published.values()) {
      publish(left.isRaised() ? left.withdrawn(measurement) : left, left, measurement, out);
    }
  }

  /**
   * Writes what is new. All of the run lives on, also layers that are evaluated no more; but a
   * history has as many rows as there are checkpoints, so what did not change is written again only
   * now and then.
   */
  private void keep(
      Map<Integer, LayerHistory> histories,
      Map<Integer, LayerHistory> known,
      Map<String, Alarm> published,
      Context context)
      throws Exception {
    if (renewals.isDue(context.getCurrentKey(), context.timerService().currentProcessingTime())) {
      layers.putAll(histories);
      alarms.putAll(published);
      return;
    }
    for (Map.Entry<Integer, LayerHistory> entry : histories.entrySet()) {
      if (entry.getValue() != known.get(entry.getKey())) {
        layers.put(entry.getKey(), entry.getValue());
      }
    }
  }

  private void publish(Alarm alarm, Alarm before, Measurement of, Collector<OutgoingRecord> out)
      throws Exception {
    if (alarm.equals(before)) {
      return;
    }
    alarms.put(alarm.key(), alarm);
    AlarmEvent event = alarm.toEvent(of.runId(), of.corpusId(), Instant.now());
    out.collect(new OutgoingRecord(RecordKeys.of(event), SingleObjectCodec.encode(event)));
    LogContext.of(of.runId(), alarm.checkpointId(), alarm.step(), of.corpusId())
        .layer(alarm.layer())
        .during(() -> tell(alarm, before, of));
  }

  private static void tell(Alarm alarm, Alarm before, Measurement of) {
    boolean begins = alarm.isRaised() && (before == null || !before.isRaised());
    String sentence =
        "Alarm %s on %s of run %s, corpus %s: %s"
            .formatted(
                alarm.isRaised() ? "RAISED" : "CLEARED",
                alarm.metric(),
                of.runId(),
                of.corpusId(),
                alarm.reason());
    if (begins) {
      LOG.warn(sentence);
    } else {
      LOG.info(sentence);
    }
  }
}
