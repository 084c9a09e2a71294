package io.sounding.operators.relate;

import io.sounding.operators.KeyedStage;
import io.sounding.operators.admit.Score;
import io.sounding.operators.publish.OutgoingRecord;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** The two stages of correlations, one behind the other. */
final class CorrelationHarness implements AutoCloseable {

  /** State of both stages, and when it was saved. */
  record Saved(OperatorSubtaskState join, OperatorSubtaskState correlate, long timeMillis) {}

  private final KeyedTwoInputStreamOperatorTestHarness<String, Measurement, Score, Evidence> join;
  private final KeyedStage<Evidence, OutgoingRecord> correlate;
  private int passedOn;

  private CorrelationHarness(RelateSettings settings, Duration slice, Saved saved)
      throws Exception {
    join =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(new JoinScores(settings.history())),
            Measurement::runId,
            Score::runId,
            Types.STRING);
    correlate = new KeyedStage<>(new Correlate(settings, slice), Evidence::corpusAndLayer);
    if (saved != null) {
      join.initializeState(saved.join());
      correlate.initializeState(saved.correlate());
    }
    join.open();
    correlate.open();
    if (saved != null) {
      correlate.setProcessingTime(saved.timeMillis());
    }
  }

  static CorrelationHarness open(RelateSettings settings) throws Exception {
    return new CorrelationHarness(settings, WorkSlices.SLICE, null);
  }

  /** The stages from where they were, or from the start, computing one group at a time. */
  static CorrelationHarness groupByGroup(RelateSettings settings, Saved saved) throws Exception {
    return new CorrelationHarness(settings, Duration.ZERO, saved);
  }

  /** Hands over measurements and scores in their order. */
  void take(List<?> records) throws Exception {
    for (Object record : records) {
      if (record instanceof Score score) {
        join.processElement2(score, 0);
      } else {
        join.processElement1((Measurement) record, 0);
      }
      List<Evidence> evidence = join.extractOutputValues();
      correlate.take(evidence.subList(passedOn, evidence.size()).toArray(Evidence[]::new));
      passedOn = evidence.size();
    }
  }

  /** Lets the time of timers pass until none is left that belongs to a sweep. */
  void finishSweeps() throws Exception {
    while (correlate.numProcessingTimeTimers() > 0) {
      pass(Correlate.DELAY_MILLIS);
    }
  }

  void pass(long millis) throws Exception {
    correlate.setProcessingTime(correlate.getProcessingTime() + millis);
  }

  void endInput() throws Exception {
    correlate.processWatermark(Watermark.MAX_WATERMARK);
  }

  int timers() {
    return correlate.numProcessingTimeTimers();
  }

  int endTimers() {
    return correlate.numEventTimeTimers();
  }

  /** Lets time pass for what expires. */
  void setExpiryTime(long millis) throws Exception {
    join.setStateTtlProcessingTime(millis);
    correlate.setStateTtlProcessingTime(millis);
  }

  Saved snapshot() throws Exception {
    return new Saved(join.snapshot(1, 1), correlate.snapshot(1, 1), correlate.getProcessingTime());
  }

  List<CorrelationEvent> events() throws DecodingException {
    SingleObjectCodec codec = SingleObjectCodec.reading(CorrelationEvent.getClassSchema());
    List<CorrelationEvent> events = new ArrayList<>();
    for (OutgoingRecord record : correlate.extractOutputValues()) {
      events.add((CorrelationEvent) codec.decode(record.value()));
    }
    return events;
  }

  /** The last event of each key, but for when it was emitted: what compaction leaves. */
  static Map<String, CorrelationEvent> lastOfEach(List<CorrelationEvent> events) {
    Map<String, CorrelationEvent> last = new TreeMap<>();
    for (CorrelationEvent event : events) {
      last.put(
          new String(RecordKeys.of(event), StandardCharsets.UTF_8),
          CorrelationEvent.newBuilder(event).setEmittedAt(Instant.EPOCH).build());
    }
    return last;
  }

  @Override
  public void close() {
    correlate.close();
    try {
      join.close();
    } catch (Exception e) {
      throw new IllegalStateException("The harness cannot be closed.", e);
    }
  }
}
