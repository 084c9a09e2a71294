package io.sounding.tests;

import static io.sounding.tests.PublishedEvents.alarm;
import static io.sounding.tests.PublishedEvents.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.watch.EventFollower;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In which order events of two topics come. */
@Timeout(600)
class EventFollowerITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");
  private static final int PARTITIONS = 4;

  @TempDir private Path work;

  @BeforeAll
  static void recordsMayBeBuilt() {
    SingleObjectCodec.initialise();
  }

  /** With one record a poll, which may be of any partition, as where several brokers answer. */
  @Test
  void anAlarmWaitsForTheMetricsThatWereWrittenBeforeIt() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(work)) {
      broker.createTopics(
          KafkaTopic.compacted(TOPICS.metrics(), PARTITIONS),
          KafkaTopic.compacted(TOPICS.alarms(), PARTITIONS));
      Properties settings = new Properties();
      settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
      KafkaClients kafka = KafkaClients.of(broker.bootstrapServers(), TOPICS).with(settings);
      try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
        for (int i = 0; i < PARTITIONS; i++) {
          producer.send(record(TOPICS.metrics(), i, 100 + i, event("b", i, 0, 60).build()));
          producer.send(record(TOPICS.alarms(), i, 200 + i, alarm(AlarmState.RAISED, i)));
        }
      }
      List<SpecificRecord> seen = new ArrayList<>();
      try (EventFollower follower =
          EventFollower.fromStart(kafka, List.of(TOPICS.metrics(), TOPICS.alarms()))) {
        Await.until(
            "all have come",
            () -> {
              seen.addAll(follower.poll(Duration.ofMillis(200)));
              return seen.size() == 2 * PARTITIONS;
            },
            () -> seen);
      }

      assertThat(seen.subList(0, PARTITIONS)).hasOnlyElementsOfType(MetricEvent.class);
      assertThat(seen.subList(PARTITIONS, seen.size()))
          .extracting(alarm -> ((AlarmEvent) alarm).getStep())
          .containsExactly(0L, 1L, 2L, 3L);
    }
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, int partition, long timestampMillis, SpecificRecordBase record) {
    byte[] key = {(byte) partition};
    return new ProducerRecord<>(
        topic, partition, timestampMillis, key, SingleObjectCodec.encode(record));
  }
}
