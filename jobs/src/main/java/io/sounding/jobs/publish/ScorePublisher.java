package io.sounding.jobs.publish;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publishes what checkpoints of a run achieved on downstream tasks. */
public final class ScorePublisher {

  private static final Duration CLOSING_LIMIT = Duration.ofSeconds(5);

  private ScorePublisher() {}

  /**
   * Publishes scores, and returns when Kafka has them. A score replaces an earlier one of the same
   * run, step and task, so that repeating it does no harm.
   *
   * @throws UnusableInputException if Kafka refuses one
   * @throws io.sounding.jobs.kafka.KafkaUnavailableException if Kafka does not answer
   */
  public static void publish(KafkaClients kafka, String runId, List<ScoreTable.Score> scores)
      throws UnusableInputException {
    SingleObjectCodec.initialise();
    String topic = kafka.topics().scores();
    kafka.require(topic);
    KafkaProducer<byte[], byte[]> producer = kafka.producer();
    try {
      CheckedSends sends = new CheckedSends(producer);
      for (ScoreTable.Score score : scores) {
        DownstreamScore record =
            new DownstreamScore(runId, score.step(), score.task(), score.value(), Instant.now());
        sends.send(
            new ProducerRecord<>(topic, RecordKeys.of(record), SingleObjectCodec.encode(record)));
      }
      sends.flush();
    } finally {
      producer.close(CLOSING_LIMIT);
    }
  }
}
