package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.jobs.watch.EventFollower;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Partitions that are added to a topic while it is read. */
@Timeout(600)
class AddedPartitionsITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");

  @TempDir private Path work;

  @Test
  void whatIsWrittenToAddedPartitionsIsReadToo() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(work)) {
      broker.createTopics(KafkaTopic.compacted(TOPICS.metrics(), 1));
      Properties settings = new Properties();
      settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "500"); // of 5 minutes
      KafkaClients kafka = KafkaClients.of(broker.bootstrapServers(), TOPICS).with(settings);
      try (EventFollower tail = EventFollower.fromNow(kafka, List.of(TOPICS.metrics()));
          CommittedRecords<MetricEvent> records =
              new CommittedRecords<>(kafka, TOPICS.metrics(), MetricEvent.class)) {
        send(kafka, 0, 100);
        assertThat(records.toEnd()).extracting(MetricEvent::getStep).containsExactly(100L);
        try (Admin admin =
            Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
          admin.createPartitions(Map.of(TOPICS.metrics(), NewPartitions.increaseTo(3))).all().get();
        }
        send(kafka, 2, 200);
        send(kafka, 0, 300);

        Set<Long> followed = new TreeSet<>();
        Set<Long> read = new TreeSet<>();
        Await.until(
            "both have read all",
            () -> {
              tail.poll(Duration.ofMillis(100))
                  .forEach(event -> followed.add(((MetricEvent) event).getStep()));
              records.toEnd(event -> read.add(event.getStep()));
              return followed.size() == 3 && read.size() == 2;
            },
            () -> followed + ", " + read);
        assertThat(followed).containsExactly(100L, 200L, 300L);
        assertThat(read).containsExactly(200L, 300L);
      }
    }
  }

  private static void send(KafkaClients kafka, int partition, long step) throws Exception {
    MetricEvent event = DashboardEvents.layer("a", step, 0, MetricStatus.FINAL).build();
    try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
      producer
          .send(
              new ProducerRecord<>(
                  TOPICS.metrics(), partition, new byte[] {1}, SingleObjectCodec.encode(event)))
          .get();
    }
  }
}
