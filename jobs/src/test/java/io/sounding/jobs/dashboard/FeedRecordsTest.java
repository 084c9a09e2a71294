package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.schemas.registry.RegistryAddress;
import io.sounding.schemas.registry.RegistryException;
import io.sounding.schemas.registry.WireFormat;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class FeedRecordsTest {

  @Test
  void ofABatchAllIsTakenOrNothing() {
    SingleObjectCodec.initialise();
    KafkaClients kafka =
        KafkaClients.of("127.0.0.1:1", Topics.withPrefix("t"))
            .with(
                WireFormat.with(
                    RegistryAddress.of("http://127.0.0.1:1"), WireFormat.Encoding.SINGLE_OBJECT));
    Board board = new Board(1_000);
    FeedRecords records = new FeedRecords(board, kafka);
    AlarmEvent alarm =
        AlarmEvent.newBuilder()
            .setState(AlarmState.RAISED)
            .setRunId("run")
            .setCheckpointId("c")
            .setStep(1)
            .setCorpusId("corpus")
            .setMetric("rankMe")
            .setReason("It fell.")
            .setEmittedAt(Instant.EPOCH)
            .build();
    TopicPartition alarms = new TopicPartition("t.alarms", 0);
    ConsumerRecord<byte[], byte[]> readable =
        new ConsumerRecord<>(
            "t.alarms", 0, 0, RecordKeys.of(alarm), SingleObjectCodec.encode(alarm));
    ConsumerRecord<byte[], byte[]> ofRegistry =
        new ConsumerRecord<>("t.alarms", 0, 1, new byte[] {1}, new byte[] {0, 0, 0, 0, 9, 1, 2, 3});
    ConsumerRecord<byte[], byte[]> unreadable =
        new ConsumerRecord<>("t.alarms", 0, 1, new byte[] {1}, new byte[] {1});
    ConsumerRecords<byte[], byte[]> polled =
        new ConsumerRecords<>(Map.of(alarms, List.of(readable, ofRegistry)), Map.of());
    assertThatThrownBy(() -> records.take(polled)).isInstanceOf(RegistryException.class);
    assertThat(board.alarms().all()).isEmpty();
    assertThat(records.count()).isZero();

    records.take(new ConsumerRecords<>(Map.of(alarms, List.of(readable, unreadable)), Map.of()));
    assertThat(board.alarms().all()).hasSize(1);
    assertThat(records.count()).isEqualTo(2);
    assertThat(records.passedOver()).isEqualTo(1);
  }
}
