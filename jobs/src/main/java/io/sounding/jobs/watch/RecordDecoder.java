package io.sounding.jobs.watch;

import io.sounding.schemas.DecodingException;
import io.sounding.schemas.SingleObjectCodec;
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

  private final SingleObjectCodec codec;
  private final Map<String, Integer> passedOver = new TreeMap<>();

  /** Reads records of these schemas. */
  RecordDecoder(Schema... schemas) {
    codec = SingleObjectCodec.reading(schemas);
  }

  /** The record; null: it cannot be read, or only says that its key is gone. */
  SpecificRecord decode(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return null;
    }
    try {
      return codec.decode(record.value());
    } catch (DecodingException e) {
      passedOver.merge(record.topic(), 1, Integer::sum);
      LOG.debug(
          "Passed over record {} of {}-{}: {}",
          record.offset(),
          record.topic(),
          record.partition(),
          e.getMessage());
      return null;
    }
  }

  /** What could not be read up to now, by topic; empty: nothing. */
  List<PassedOver> passedOver() {
    return passedOver.entrySet().stream()
        .map(topic -> new PassedOver(topic.getKey(), topic.getValue()))
        .toList();
  }
}
