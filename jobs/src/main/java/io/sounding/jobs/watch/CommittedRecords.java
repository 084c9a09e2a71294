package io.sounding.jobs.watch;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads one kind of record from a topic with a plain Kafka consumer: from the start, committed ones
 * only. Records that do not decode (of another kind on the same topic, of a newer version, or
 * damaged) are passed over, logged and counted. Not thread-safe.
 *
 * @param <T> the kind of record
 */
public final class CommittedRecords<T extends SpecificRecordBase> implements AutoCloseable {

  /** Wait of one poll on the way to the end of a topic. */
  private static final Duration TURN = Duration.ofMillis(200);

  /** How long no record may come on the way to the end of a topic before it is given up. */
  private static final Duration SILENCE_LIMIT = Duration.ofSeconds(30);

  private final KafkaClients kafka;
  private final String topic;
  private final Class<T> kind;
  private final RecordDecoder decoder;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AssignedTopics assigned;

  /** Reads {@code topic}, which must exist. */
  public CommittedRecords(KafkaClients kafka, String topic, Class<T> kind) {
    this(kafka, topic, kind, SingleObjectCodec.schemaOf(kind));
  }

  /**
   * Reads records of several kinds from one topic, which must exist.
   *
   * @param kind what they have in common
   * @param schemas theirs
   */
  public CommittedRecords(KafkaClients kafka, String topic, Class<T> kind, Schema... schemas) {
    this.kafka = kafka;
    this.topic = topic;
    this.kind = kind;
    decoder = new RecordDecoder(kafka.wire(), schemas);
    consumer = kafka.consumer();
    try {
      assigned = new AssignedTopics(consumer, List.of(topic));
      consumer.seekToBeginning(consumer.assignment());
    } catch (RuntimeException e) {
      consumer.close(); // nobody else can
      throw e;
    }
  }

  /**
   * The records that came, in the order of their partitions; waits up to {@code limit} for one.
   *
   * @throws KafkaUnavailableException if they need a schema registry that cannot be used; the next
   *     poll gets them again
   */
  public List<T> poll(Duration limit) {
    assigned.addNew();
    ConsumerRecords<byte[], byte[]> polled = consumer.poll(limit);
    try {
      return decode(polled);
    } catch (KafkaUnavailableException e) {
      for (TopicPartition partition : polled.partitions()) {
        consumer.seek(partition, polled.records(partition).get(0).offset());
      }
      throw e;
    }
  }

  private List<T> decode(ConsumerRecords<byte[], byte[]> polled) {
    List<T> decoded = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      SpecificRecord read = decoder.decode(record);
      if (read != null) {
        decoded.add(kind.cast(read));
      }
    }
    return decoded;
  }

  /**
   * The records up to where the topic ends now; one whose transaction is open ends it. Reading may
   * go on from there.
   *
   * @throws KafkaUnavailableException with a sentence, if Kafka stops answering on the way
   */
  public List<T> toEnd() {
    List<T> all = new ArrayList<>();
    toEnd(all::add);
    return all;
  }

  /** The same, one record after the other, for topics that do not fit into memory. */
  public void toEnd(Consumer<? super T> reader) {
    toEnd(reader, () -> false);
  }

  /**
   * The same, as long as it is of interest.
   *
   * @param enough asked from time to time whether to stop
   * @return whether the end was reached
   */
  public boolean toEnd(Consumer<? super T> reader, BooleanSupplier enough) {
    assigned.addNew();
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    long before = -1;
    long deadline = 0;
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      if (enough.getAsBoolean()) {
        return false;
      }
      long position = ends.keySet().stream().mapToLong(consumer::position).sum();
      if (position > before) {
        before = position;
        deadline = System.nanoTime() + SILENCE_LIMIT.toNanos();
      } else if (System.nanoTime() > deadline) {
        throw new KafkaUnavailableException(
            "Kafka at %s stopped answering while topic %s was read. Check that it runs, then try again."
                .formatted(kafka.bootstrapServers(), topic),
            null);
      }
      poll(TURN).forEach(reader);
    }
    return true;
  }

  /** What could not be read up to now; empty: nothing. */
  public List<PassedOver> passedOver() {
    return decoder.passedOver();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
