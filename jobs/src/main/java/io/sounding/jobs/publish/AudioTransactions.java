package io.sounding.jobs.publish;

import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CorpusSealed;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends utterances in transactions that end with one, and are neither tiny nor long. */
final class AudioTransactions {

  /** Sent bytes after which a transaction ends with its utterance. */
  private static final long ENOUGH_BYTES = 8L << 20;

  /** Sent bytes after which it ends in the middle of one: readers wait for its end. */
  private static final long MOST_BYTES = 64L << 20;

  /**
   * The age at which it ends wherever it is: brokers abort transactions of the age of {@code
   * transaction.timeout.ms}, by default a minute, the rest of which is left for what is on its way.
   */
  static final Duration MOST_AGE = Duration.ofSeconds(20);

  private final Producer<byte[], byte[]> producer;
  private final CheckedSends sends;
  private final String topic;
  private final LongSupplier nanoTime;
  private boolean open;
  private long beginNanos;
  private long openBytes;
  private int sentUtterances;
  private long sentBytes;

  /**
   * Of this producer, whose transactions were initialised.
   *
   * @param nanoTime the time, on a clock that is never set
   */
  AudioTransactions(Producer<byte[], byte[]> producer, String topic, LongSupplier nanoTime) {
    this.producer = producer;
    this.nanoTime = nanoTime;
    this.sends = new CheckedSends(producer);
    this.topic = topic;
  }

  void send(UtteranceChunks utterance) throws UnusableInputException {
    for (int index = 0; index < utterance.count(); index++) {
      AudioChunk chunk = utterance.chunk(index);
      sentBytes += chunk.getPcm().remaining();
      send(CorpusPublisher.record(topic, chunk));
      if (openBytes > MOST_BYTES) {
        commit();
      }
      commitIfOld();
    }
    sentUtterances++;
    if (openBytes > ENOUGH_BYTES) {
      commit();
    }
  }

  /** Ends the transaction if it is old; to be asked also while nothing is sent. */
  void commitIfOld() throws UnusableInputException {
    if (open && nanoTime.getAsLong() - beginNanos >= MOST_AGE.toNanos()) {
      commit();
    }
  }

  /** Seals the corpus: all that was sent before is committed first. */
  void send(CorpusSealed manifest) throws UnusableInputException {
    commit();
    send(CorpusPublisher.record(topic, manifest));
    commit();
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    if (!open) {
      producer.beginTransaction();
      open = true;
      beginNanos = nanoTime.getAsLong();
    }
    openBytes += record.value().length;
    sends.send(record);
  }

  /** Returns when Kafka has everything, and readers see it. */
  void commit() throws UnusableInputException {
    if (open) {
      sends.flush();
      producer.commitTransaction();
      open = false;
      openBytes = 0;
    }
  }

  /** What was sent since the last commit will never be read. */
  void abort() {
    if (open) {
      producer.abortTransaction();
      open = false;
    }
  }

  /** Utterances sent. */
  int sentUtterances() {
    return sentUtterances;
  }

  /** Their audio, bytes. */
  long sentBytes() {
    return sentBytes;
  }
}
