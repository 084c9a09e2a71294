package io.sounding.jobs.watch;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one kind of record from a topic with a plain Kafka consumer: from the start, committed ones
 * only. Records that do not decode (of another kind on the same topic, or damaged) are passed over
 * and logged. Not thread-safe.
 *
 * @param <T> the kind of record
 */
public final class CommittedRecords<T extends SpecificRecordBase> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CommittedRecords.class);

  /** Wait of one poll on the way to the end of a topic. */
  private static final Duration TURN = Duration.ofMillis(200);

  private final Class<T> kind;
  private final SingleObjectCodec codec;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Reads {@code topic}, which must exist. */
  public CommittedRecords(KafkaClients kafka, String topic, Class<T> kind) {
    this.kind = kind;
    codec = SingleObjectCodec.reading(SingleObjectCodec.schemaOf(kind));
    consumer = kafka.consumer();
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** The records that came, in the order of their partitions; waits up to {@code limit} for one. */
  public List<T> poll(Duration limit) {
    List<T> decoded = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(limit)) {
      try {
        SpecificRecord read = codec.decode(record.value());
        decoded.add(kind.cast(read));
      } catch (DecodingException e) {
        LOG.debug(
            "Passed over record {} of {}-{}: {}",
            record.offset(),
            record.topic(),
            record.partition(),
            e.getMessage());
      }
    }
    return decoded;
  }

  /**
   * The records up to where the topic ends now; one whose transaction is open ends it. Reading may
   * go on from there.
   */
  public List<T> toEnd() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    List<T> all = new ArrayList<>();
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      all.addAll(poll(TURN));
    }
    return all;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
