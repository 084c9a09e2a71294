package io.sounding.jobs.publish;

import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CorpusSealed;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends utterances in transactions that end with one, and are neither tiny nor long. */
final class AudioTransactions {

  /** Sent bytes after which a transaction ends with its utterance. */
  private static final long ENOUGH_BYTES = 8L << 20;

  /**
   * Sent bytes after which it ends in the middle of one: brokers end transactions after a minute.
   */
  private static final long MOST_BYTES = 64L << 20;

  private final Producer<byte[], byte[]> producer;
  private final CheckedSends sends;
  private final String topic;
  private boolean open;
  private long openBytes;
  private int sentUtterances;
  private long sentBytes;

  AudioTransactions(Producer<byte[], byte[]> producer, String topic) {
    this.producer = producer;
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
    }
    sentUtterances++;
    if (openBytes > ENOUGH_BYTES) {
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
