package io.sounding.jobs.publish;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

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

  /** Returns when the broker has everything that was sent. */
  void flush() throws UnusableInputException {
    producer.flush();
    Exception failure = firstFailure.get();
    if (failure != null) {
      throw new UnusableInputException(
          Path.of("Kafka"),
          "refused a record (" + failure.getMessage() + ")",
          "publish fewer utterances per corpus, or raise the topic's max.message.bytes",
          failure);
    }
  }
}
