package io.sounding.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.List;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumStateSerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SourceStateTest {

  private static final KafkaPartitionSplit READ =
      new KafkaPartitionSplit(new TopicPartition("sounding.audio", 1), 17);

  private static final KafkaPartitionSplit WAITING =
      new KafkaPartitionSplit(new TopicPartition("sounding.audio", 4), -2);

  private static final KafkaSourceEnumState PARTITIONS =
      new KafkaSourceEnumState(List.of(READ), List.of(WAITING), true);

  private final SourceState.Serializer serializer = new SourceState.Serializer();

  @Test
  void isReadAsItWasWritten() throws IOException {
    byte[] bytes = serializer.serialize(new SourceState(PARTITIONS, "oXlRqhM0QGe0rKpBLjd0Zg"));

    SourceState read = serializer.deserialize(serializer.getVersion(), bytes);

    assertThat(read.topicId()).isEqualTo("oXlRqhM0QGe0rKpBLjd0Zg");
    assertHoldsPartitions(read);
  }

  @Test
  void whatKafkasSourceWroteInEarlierVersionsDoesNotSayWhichTopicItWas() throws IOException {
    KafkaSourceEnumStateSerializer earlier = new KafkaSourceEnumStateSerializer();

    SourceState read = serializer.deserialize(earlier.getVersion(), earlier.serialize(PARTITIONS));

    assertThat(read.topicId()).isEmpty();
    assertHoldsPartitions(read);
  }

  @Test
  void aLaterLayoutIsRefusedInASentence() {
    assertThatIOException()
        .isThrownBy(() -> serializer.deserialize(serializer.getVersion() + 1, new byte[9]))
        .withMessageContaining("has layout 1001, and this version of Sounding reads layouts up to");
  }

  private static void assertHoldsPartitions(SourceState read) {
    assertThat(read.partitions().assignedSplits()).containsExactly(READ);
    assertThat(read.partitions().unassignedSplits()).containsExactly(WAITING);
    assertThat(read.partitions().initialDiscoveryFinished()).isTrue();
  }
}
