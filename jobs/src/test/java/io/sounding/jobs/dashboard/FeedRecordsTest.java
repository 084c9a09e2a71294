package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.watch.Events;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.CorrelationScope;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.schemas.registry.RegistryAddress;
import io.sounding.schemas.registry.RegistryException;
import io.sounding.schemas.registry.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What records of the topics do to the board. */
class FeedRecordsTest {

  private static final KafkaClients KAFKA = KafkaClients.of("127.0.0.1:1", Topics.withPrefix("t"));
  private static final String METRICS = KAFKA.topics().metrics();
  private static final String ALARMS = KAFKA.topics().alarms();
  private static final String CORRELATIONS = KAFKA.topics().correlations();

  private final Board board = new Board(1_000);
  private final List<Change.Told> told = new ArrayList<>();
  private long offset;

  @BeforeAll
  static void recordsMayBeBuilt() {
    SingleObjectCodec.initialise();
  }

  private FeedRecords told(KafkaClients kafka) {
    board.listen(
        new Board.Listener() {
          @Override
          public void changed(Change change) {
            told.add(change.told());
          }

          @Override
          public void fed() {}
        });
    return new FeedRecords(board, kafka);
  }

  private ConsumerRecord<byte[], byte[]> record(String topic, byte[] key, byte[] value) {
    return new ConsumerRecord<>(topic, 0, offset++, key, value);
  }

  private ConsumerRecord<byte[], byte[]> record(
      String topic, byte[] key, SpecificRecordBase event) {
    return record(topic, key, event == null ? null : SingleObjectCodec.encode(event));
  }

  @SafeVarargs
  private static ConsumerRecords<byte[], byte[]> polled(ConsumerRecord<byte[], byte[]>... all) {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new LinkedHashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : all) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      records.computeIfAbsent(partition, p -> new ArrayList<>()).add(record);
      next.put(partition, new OffsetAndMetadata(record.offset() + 1));
    }
    return new ConsumerRecords<>(records, next);
  }

  private static CorrelationEvent correlation() {
    return CorrelationEvent.newBuilder()
        .setScope(CorrelationScope.ALONG_RUN)
        .setRunId("a")
        .setCorpusId("dev")
        .setLayer(1)
        .setMetric("rankMe")
        .setTask("asr-wer")
        .setPairs(8)
        .setEmittedAt(Events.NOON)
        .build();
  }

  @Test
  void ofABatchAllIsTakenOrNothing() {
    FeedRecords records =
        told(
            KAFKA.with(
                WireFormat.with(
                    RegistryAddress.of("http://127.0.0.1:1"), WireFormat.Encoding.SINGLE_OBJECT)));
    AlarmEvent alarm = Events.alarm(AlarmState.RAISED, "a", 1, null).build();
    ConsumerRecord<byte[], byte[]> readable = record(ALARMS, RecordKeys.of(alarm), alarm);
    ConsumerRecord<byte[], byte[]> ofRegistry =
        record(ALARMS, new byte[] {1}, new byte[] {0, 0, 0, 0, 9, 1, 2, 3});
    assertThatThrownBy(() -> records.take(polled(readable, ofRegistry)))
        .isInstanceOf(RegistryException.class);
    assertThat(board.alarms().all()).isEmpty();
    assertThat(records.count()).isZero();
    assertThat(records.positions()).isEmpty();
    assertThat(told).isEmpty();

    records.take(polled(readable, record(ALARMS, new byte[] {1}, new byte[] {1})));
    assertThat(board.alarms().all()).hasSize(1);
    assertThat(records.count()).isEqualTo(2);
    assertThat(records.passedOver()).isEqualTo(1);
    assertThat(told).containsExactly(new Change.Told(List.of("a"), false, true, false));
  }

  @Test
  void recordsWithoutAValueDeleteWhatTheirKeysStandFor() {
    FeedRecords records = told(KAFKA);
    MetricEvent metric = Events.finished("a / b", 100, 1).build();
    AlarmEvent alarm = Events.alarm(AlarmState.RAISED, "a / b", 100, 1).build();
    CorrelationEvent correlation = correlation();
    records.take(
        polled(
            record(METRICS, RecordKeys.of(metric), metric),
            record(ALARMS, RecordKeys.of(alarm), alarm),
            record(CORRELATIONS, RecordKeys.of(correlation), correlation)));
    assertThat(board.metrics().size()).isEqualTo(1);
    assertThat(board.alarms().all()).hasSize(1);
    assertThat(board.correlations().all()).hasSize(1);
    assertThat(told).containsExactly(new Change.Told(List.of("a", "a / b"), true, true, true));

    told.clear();
    records.take(polled(record(METRICS, RecordKeys.of(metric), (byte[]) null)));
    records.take(polled(record(ALARMS, RecordKeys.of(alarm), (byte[]) null)));
    records.take(polled(record(CORRELATIONS, RecordKeys.of(correlation), (byte[]) null)));

    assertThat(board.metrics().size()).isZero();
    assertThat(board.alarms().all()).isEmpty();
    assertThat(board.correlations().all()).isEmpty();
    assertThat(told)
        .containsExactly(
            new Change.Told(List.of("a / b"), true, false, false),
            new Change.Told(List.of("a / b"), false, true, false),
            new Change.Told(List.of(), false, false, true));
    assertThat(records.count()).isEqualTo(6);
    assertThat(records.passedOver()).isZero();
  }

  @Test
  void aKeyOfNothingThatThereIsIsPassedOver() {
    FeedRecords records = told(KAFKA);
    MetricEvent metric = Events.finished("a", 100, 1).build();

    records.take(
        polled(
            record(
                METRICS,
                "a/step00100.pt/dev/first".getBytes(StandardCharsets.UTF_8),
                (byte[]) null),
            record(METRICS, "a/%zz/dev/1".getBytes(StandardCharsets.UTF_8), (byte[]) null),
            record(METRICS, "a".getBytes(StandardCharsets.UTF_8), (byte[]) null),
            record(METRICS, null, (byte[]) null),
            record(METRICS, RecordKeys.of(metric), metric)));

    assertThat(board.metrics().size()).isEqualTo(1);
    assertThat(records.count()).isEqualTo(5);
    assertThat(records.passedOver()).isEqualTo(2);
  }

  @Test
  void readingGoesOnBehindWhatWasTakenAndFromTheStartAfterStartingOver() {
    FeedRecords records = told(KAFKA);
    MetricEvent metric = Events.finished("a", 100, 1).build();
    AlarmEvent alarm = Events.alarm(AlarmState.RAISED, "a", 100, 1).build();
    offset = 7;
    records.take(polled(record(METRICS, RecordKeys.of(metric), metric)));
    records.take(
        polled(
            record(ALARMS, RecordKeys.of(alarm), alarm),
            record(CORRELATIONS, new byte[] {1}, new byte[] {1}),
            record(CORRELATIONS, new byte[] {2}, correlation())));
    assertThat(records.positions())
        .isEqualTo(
            Map.of(
                new TopicPartition(METRICS, 0), 8L,
                new TopicPartition(ALARMS, 0), 9L,
                new TopicPartition(CORRELATIONS, 0), 11L));

    told.clear();
    records.startOver();

    assertThat(records.positions()).isEmpty();
    assertThat(records.count()).isZero();
    assertThat(records.passedOver()).isZero();
    assertThat(board.metrics().size()).isZero();
    assertThat(board.metrics().runs()).isEmpty();
    assertThat(board.alarms().all()).isEmpty();
    assertThat(board.alarms().openByRun()).isEmpty();
    assertThat(board.correlations().all()).isEmpty();
    assertThat(told).containsExactly(new Change.Told(null, true, true, true));
    records.take(polled(record(METRICS, RecordKeys.of(metric), metric)));
    assertThat(board.metrics().size()).isEqualTo(1);
  }
}
