package io.sounding.jobs.publish;

import io.sounding.jobs.kafka.KafkaUnavailableException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** Sends records without waiting for each, and tells at the end if one was refused. */
final class CheckedSends {

  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<Exception> firstFailure = new AtomicReference<>();

  CheckedSends(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  void send(ProducerRecord<byte[], byte[]> record) {
    producer.send(
        record,
        (metadata, failure) -> {
          if (failure != null) {
            firstFailure.compareAndSet(null, failure);
          }
        });
  }

  /**
   * Returns when the broker has everything that was sent since the last call.
   *
   * @throws UnusableInputException if it refused a record for its size
   * @throws KafkaUnavailableException if it did not take one for another reason
   */
  void flush() throws UnusableInputException {
    producer.flush();
    Exception failure = firstFailure.getAndSet(null);
    if (failure instanceof RecordTooLargeException tooLarge) {
      throw refused(tooLarge);
    } else if (failure != null) {
      throw new KafkaUnavailableException(
          "Kafka did not take a record (%s). Check that it runs, then try again."
              .formatted(failure.getMessage()),
          failure);
    }
  }

  /** What to do about a record that Kafka refused for its size. */
  static UnusableInputException refused(RecordTooLargeException failure) {
    return new UnusableInputException(
        Path.of("Kafka"),
        "refused a record (" + failure.getMessage() + ")",
        "publish fewer utterances per corpus, or raise the topic's max.message.bytes",
        failure);
  }
}
