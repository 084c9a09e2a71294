package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RankFamily;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Metric events are read by a plain consumer in Python: the committed ones, and only those. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PythonMetricsITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");

  @TempDir private Path work;

  @Test
  void theRecipePrintsTheLatestOfWhatWasCommitted() {
    Assumptions.assumeFalse(
        Python.installed("confluent_kafka").isEmpty(),
        "confluent_kafka is not installed (Debian: python3-confluent-kafka), which the recipe reads with.");
    try (EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"));
        KafkaProducer<byte[], byte[]> producer = producer(broker, "sink-0");
        KafkaProducer<byte[], byte[]> slower = producer(broker, "sink-1")) {
      broker.createTopics(KafkaTopic.of(TOPICS, 1));
      producer.initTransactions();
      slower.initTransactions();

      producer.beginTransaction();
      send(producer, MetricStatus.PARTIAL, 400, 0, 99.0);
      send(producer, MetricStatus.FINAL, 400, 0, 20.0);
      send(producer, MetricStatus.FINAL, 400, 1, 30.0);
      producer.commitTransaction();

      producer.beginTransaction();
      send(producer, MetricStatus.FINAL, 400, 0, 666.0);
      producer.flush();
      producer.abortTransaction();

      producer.beginTransaction();
      send(producer, MetricStatus.FINAL, 800, 0, 40.5);
      send(producer, MetricStatus.FINAL, 400, 1, 31.25);
      producer.send(new ProducerRecord<>(TOPICS.metrics(), new byte[1], null)); // only a key
      producer.commitTransaction();

      // A transaction that is still open, as the job's always is: the recipe must not wait for it
      slower.beginTransaction();
      send(slower, MetricStatus.FINAL, 1200, 0, 777.0);
      slower.flush();

      try (Python python =
          Python.start(
              work,
              Python.packageFolder().resolve("examples/read_metrics.py"),
              broker.bootstrapServers())) {
        assertThat(python.end().lines())
            .containsExactly(
                "run\tcorpus\tstep\tlayer\tloss\tRankMe",
                "healthy\tdev\t400\t0\t4.61903\t20.00",
                "healthy\tdev\t400\t1\t4.61903\t31.25",
                "healthy\tdev\t800\t0\t4.61903\t40.50");
        assertThat(python.errors()).isEmpty();
      }
      slower.abortTransaction();
    }
  }

  /** Who follows stands behind the end of the new topic, and would wait for ever. */
  @Test
  void whoFollowsATopicThatIsMadeAnewReadsItFromItsStart() throws Exception {
    Assumptions.assumeFalse(
        Python.installed("confluent_kafka").isEmpty(),
        "confluent_kafka is not installed (Debian: python3-confluent-kafka), which read_metrics needs.");
    Path follower =
        Files.writeString(
            work.resolve("follow.py"),
            """
            import sys
            from sounding import read_metrics

            events = read_metrics(sys.argv[1], follow=True)
            for _ in sys.stdin:
                print(next(events)["rank"]["rankMe"], flush=True)
            """);
    try (EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"));
        Python python = Python.start(work, follower, broker.bootstrapServers())) {
      broker.createTopics(KafkaTopic.of(TOPICS, 1));
      commit(broker, 20.5, 30.5, 40.5);
      assertThat(python.ask("next")).isEqualTo("20.5");
      assertThat(python.ask("next")).isEqualTo("30.5");
      assertThat(python.ask("next")).isEqualTo("40.5");

      JavaProcess.Pause pause = python.pause(); // who sees the new topic empty is at its start
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
        admin.deleteTopics(List.of(TOPICS.metrics())).all().get();
      }
      broker.createTopics(KafkaTopic.of(TOPICS, 1));
      commit(broker, 50.5);
      pause.end();
      assertThat(python.ask("next")).isEqualTo("50.5");
    }
  }

  private static void commit(EmbeddedBroker broker, double... rankMes) {
    try (KafkaProducer<byte[], byte[]> producer = producer(broker, "sink-0")) {
      producer.initTransactions();
      producer.beginTransaction();
      for (double rankMe : rankMes) {
        send(producer, MetricStatus.FINAL, 400, 0, rankMe);
      }
      producer.commitTransaction();
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(EmbeddedBroker broker, String id) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", id),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer,
      MetricStatus status,
      long step,
      int layer,
      double rankMe) {
    MetricEvent event =
        MetricEvent.newBuilder()
            .setStatus(status)
            .setRunId("healthy")
            .setCheckpointId("step%05d.onnx".formatted(step))
            .setStep(step)
            .setTrainingLoss(4.61903)
            .setCorpusId("dev")
            .setLayer(layer)
            .setRank(
                RankFamily.newBuilder()
                    .setRankMe(rankMe)
                    .setRankMeLow(rankMe)
                    .setRankMeHigh(rankMe)
                    .setRankMeCentred(rankMe)
                    .setRankMeUtterance(rankMe)
                    .setEffectiveRankSquared(1)
                    .setStableRank(1)
                    .setParticipationRatio(1)
                    .setAnisotropy(0)
                    .setMeanNorm(1)
                    .setNormalisedStd(1)
                    .setSampleLimited(false)
                    .setUtteranceLimited(false)
                    .build())
            .setEmittedAt(Instant.ofEpochMilli(1_800_000_000_123L))
            .build();
    producer.send(
        new ProducerRecord<>(
            TOPICS.metrics(), RecordKeys.of(event), SingleObjectCodec.encode(event)));
  }
}
