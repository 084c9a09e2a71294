package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.tests.Await;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Transactions end before a broker would end them; time is what the test says it is. */
@Timeout(600)
class AudioTransactionsITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");
  private static final int CHUNK_BYTES = 512 * 1024;

  @TempDir private Path work;

  private long nanos;

  @Test
  void oneThatIsOldEndsWhetherOrNotMoreIsSent() throws Exception {
    SingleObjectCodec.initialise();
    try (EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"))) {
      broker.createTopics(KafkaTopic.of(TOPICS, 1));
      KafkaClients kafka = KafkaClients.of(broker.bootstrapServers(), TOPICS);
      try (KafkaProducer<byte[], byte[]> producer = kafka.transactionalProducer("test")) {
        producer.initTransactions();
        AudioTransactions transactions =
            new AudioTransactions(producer, TOPICS.audio(), () -> nanos);
        transactions.send(utterance("a", 1));
        nanos = AudioTransactions.MOST_AGE.toNanos() - 1;
        transactions.commitIfOld();
        assertThat(committed(kafka)).isEmpty();
        nanos++;
        transactions.commitIfOld();
        awaitCommitted(kafka, List.of("a 0")); // while nothing is sent

        transactions.send(utterance("b", 1));
        nanos += AudioTransactions.MOST_AGE.toNanos();
        transactions.send(utterance("c", 2));
        awaitCommitted(kafka, List.of("a 0", "b 0", "c 0")); // in the middle of an utterance
        transactions.abort();
      }
    }
  }

  private static UtteranceChunks utterance(String id, int chunks) {
    byte[] pcm = new byte[chunks * CHUNK_BYTES];
    return new UtteranceChunks(
        "corpus", id, new DecodedAudio(16_000, 1, pcm.length / 2, PcmEncoding.PCM_S16LE, pcm));
  }

  /** Brokers write the marks of a commit shortly after they answer it. */
  private static void awaitCommitted(KafkaClients kafka, List<String> chunks) {
    Await.until(
        "committed: " + chunks, () -> committed(kafka).equals(chunks), () -> committed(kafka));
  }

  private static List<String> committed(KafkaClients kafka) {
    try (CommittedRecords<AudioChunk> records =
        new CommittedRecords<>(kafka, TOPICS.audio(), AudioChunk.class)) {
      return records.toEnd().stream()
          .map(chunk -> chunk.getUtteranceId() + " " + chunk.getChunkIndex())
          .toList();
    }
  }
}
