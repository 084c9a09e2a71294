package io.sounding.jobs.watch;

import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.RecordReader;
import io.sounding.schemas.registry.RegistryException;
import io.sounding.schemas.registry.WireFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes what consumers get. What cannot be read is passed over: logged, and counted. */
final class RecordDecoder {

  private static final Logger LOG = LoggerFactory.getLogger(RecordDecoder.class);

  private final RecordReader reader;
  private final Map<String, Integer> passedOver = new TreeMap<>();

  /** Reads records of these schemas in this format. */
  RecordDecoder(WireFormat wire, Schema... schemas) {
    reader = wire.reading(schemas);
  }

  /**
   * The record; null: it cannot be read, or only says that its key is gone.
   *
   * @throws KafkaUnavailableException if the schema registry cannot be used: to readers it is part
   *     of Kafka
   */
  SpecificRecord decode(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return null;
    }
    try {
      return reader.decode(record.value());
    } catch (DecodingException e) {
      passedOver.merge(record.topic(), 1, Integer::sum);
      LOG.debug(
          "Passed over record {} of {}-{}: {}",
          record.offset(),
          record.topic(),
          record.partition(),
          e.getMessage());
      return null;
    } catch (RegistryException e) {
      throw new KafkaUnavailableException(e.getMessage(), e);
    }
  }

  /** What could not be read up to now, by topic; empty: nothing. */
  List<PassedOver> passedOver() {
    return passedOver.entrySet().stream()
        .map(topic -> new PassedOver(topic.getKey(), topic.getValue()))
        .toList();
  }
}
