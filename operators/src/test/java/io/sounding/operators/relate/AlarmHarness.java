package io.sounding.operators.relate;

import io.sounding.operators.KeyedStage;
import io.sounding.operators.publish.OutgoingRecord;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.SingleObjectCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;

/** The stage of alarms on its own. */
final class AlarmHarness implements AutoCloseable {

  private final KeyedStage<Measurement, OutgoingRecord> stage;

  private AlarmHarness(AlarmRules rules) throws Exception {
    stage =
        new KeyedStage<>(
            new JudgeAlarms(RelateSettings.DEFAULT.with(rules)), Measurement::runAndCorpus);
  }

  static AlarmHarness open(AlarmRules rules) throws Exception {
    AlarmHarness harness = new AlarmHarness(rules);
    harness.stage.open();
    return harness;
  }

  static AlarmHarness restored(AlarmRules rules, OperatorSubtaskState state) throws Exception {
    AlarmHarness harness = new AlarmHarness(rules);
    harness.stage.initializeState(state);
    harness.stage.open();
    return harness;
  }

  /** What measurements raise and clear, in the order in which they come. */
  static List<AlarmEvent> alarms(AlarmRules rules, Collection<Measurement> measurements)
      throws Exception {
    try (AlarmHarness harness = open(rules)) {
      harness.take(measurements);
      return harness.events();
    }
  }

  void take(Collection<Measurement> measurements) throws Exception {
    stage.take(measurements.toArray(Measurement[]::new));
  }

  OperatorSubtaskState snapshot() throws Exception {
    return stage.snapshot(1, 1);
  }

  /** Lets time pass for what expires. */
  void setTime(long millis) throws Exception {
    stage.setProcessingTime(millis);
    stage.setStateTtlProcessingTime(millis);
  }

  List<AlarmEvent> events() throws DecodingException {
    SingleObjectCodec codec = SingleObjectCodec.reading(AlarmEvent.getClassSchema());
    List<AlarmEvent> events = new ArrayList<>();
    for (OutgoingRecord record : stage.extractOutputValues()) {
      events.add((AlarmEvent) codec.decode(record.value()));
    }
    return events;
  }

  /** State, layer, metric and step of events. */
  static List<String> brief(List<AlarmEvent> events) {
    return events.stream()
        .map(e -> e.getState() + " " + e.getLayer() + " " + e.getMetric() + " @" + e.getStep())
        .toList();
  }

  /** The last event of each alarm, but for when it was emitted: what compaction leaves. */
  static Map<String, String> lastOfEach(List<AlarmEvent> events) {
    Map<String, String> last = new LinkedHashMap<>();
    for (AlarmEvent event : events) {
      String key = event.getRunId() + " " + event.getLayer() + " " + event.getMetric();
      last.put(
          key,
          AlarmEvent.newBuilder(event).setEmittedAt(java.time.Instant.EPOCH).build().toString());
    }
    return new java.util.TreeMap<>(last);
  }

  @Override
  public void close() {
    stage.close();
  }
}
