package io.sounding.schemas.registry;

import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.ReleasedSchemas;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Writes Confluent's wire format: the header of single-object encoding is replaced by the magic
 * byte 0 and the schema's id (4 bytes, big endian); the Avro binary stays as it is.
 *
 * <p>Schemas are looked up, and registered if they are not there, under {@code TOPIC-value}
 * (Confluent's TopicNameStrategy). Chunks and manifests share a topic and cannot share a subject,
 * whose versions must be compatible: theirs are {@code TOPIC-io.sounding.schemas.AudioChunk} and
 * {@code ...CorpusSealed} (TopicRecordNameStrategy). The registry is asked once for each.
 * Thread-safe.
 */
final class ConfluentWriter implements RecordWriter {

  private static final Set<String> SHARING_A_TOPIC =
      Set.of(
          AudioChunk.getClassSchema().getFullName(), CorpusSealed.getClassSchema().getFullName());

  private final SchemaRegistry registry;
  private final Map<Written, Integer> ids = new ConcurrentHashMap<>();

  private record Written(String topic, long fingerprint) {}

  ConfluentWriter(SchemaRegistry registry) {
    this.registry = registry;
  }

  @Override
  public byte[] write(String topic, byte[] record) {
    if (record == null) {
      return null; // says that its key is gone
    }
    int body = record.length - SingleObjectCodec.HEADER_BYTES;
    return ByteBuffer.allocate(ConfluentReader.HEADER_BYTES + body)
        .put((byte) 0)
        .putInt(id(topic, ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getLong(2)))
        .put(record, SingleObjectCodec.HEADER_BYTES, body)
        .array();
  }

  @Override
  public void register(String topic, Schema schema) {
    id(topic, SchemaNormalization.parsingFingerprint64(schema));
  }

  private int id(String topic, long fingerprint) {
    Written written = new Written(topic, fingerprint);
    Integer id = ids.get(written);
    if (id == null) {
      Schema schema = ReleasedSchemas.withFingerprint(fingerprint).orElseThrow();
      id = registry.idOf(subject(topic, schema), schema.toString());
      ids.put(written, id);
    }
    return id;
  }

  static String subject(String topic, Schema schema) {
    String name = schema.getFullName();
    return topic + "-" + (SHARING_A_TOPIC.contains(name) ? name : "value");
  }
}
