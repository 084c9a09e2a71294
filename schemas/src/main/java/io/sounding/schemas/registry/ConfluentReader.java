package io.sounding.schemas.registry;

import io.sounding.schemas.DecodingException;
import io.sounding.schemas.RecordReader;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads both encodings. Bytes that begin with the magic byte 0 are Confluent's: a schema id of 4
 * bytes (big endian) and Avro binary follow. Its header is replaced by that of single-object
 * encoding, and all others are single-object encoding as they are.
 *
 * <p>The registry is asked once for each id. One that it does not know, or whose schema does not
 * resolve to a record read here, is a {@link DecodingException}; a registry that does not answer is
 * a {@link RegistryException}, which says nothing about the record. Thread-safe.
 */
final class ConfluentReader implements RecordReader {

  /** Magic byte and schema id. */
  static final int HEADER_BYTES = 5;

  /** An id may be registered later, and copies of a registry lag behind by seconds. */
  private static final Duration REFUSED_FOR = Duration.ofSeconds(10);

  private static final int MOST_REFUSED = 1_000;

  private final SingleObjectCodec codec;
  private final SchemaRegistry registry;
  private final Map<Integer, byte[]> headers = new ConcurrentHashMap<>();
  private final Map<Integer, Refusal> refused =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, Refusal> eldest) {
              return size() > MOST_REFUSED;
            }
          });

  private record Refusal(RejectReason reason, String sentence, long untilNanos) {}

  ConfluentReader(SingleObjectCodec codec, SchemaRegistry registry) {
    this.codec = codec;
    this.registry = registry;
  }

  @Override
  public SpecificRecord decode(byte[] bytes) throws DecodingException {
    if (bytes == null || bytes.length < HEADER_BYTES || bytes[0] != 0) {
      return codec.decode(bytes);
    }
    byte[] header = header(ByteBuffer.wrap(bytes).getInt(1));
    return codec.decode(
        ByteBuffer.allocate(header.length + bytes.length - HEADER_BYTES)
            .put(header)
            .put(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES)
            .array());
  }

  private byte[] header(int id) throws DecodingException {
    byte[] known = headers.get(id);
    if (known != null) {
      return known;
    }
    Refusal refusal = refused.get(id);
    if (refusal != null && System.nanoTime() - refusal.untilNanos() < 0) {
      throw new DecodingException(refusal.reason(), refusal.sentence());
    }
    try {
      byte[] header = codec.learn(schema(id));
      headers.put(id, header);
      return header;
    } catch (DecodingException e) {
      refused.put(
          id, new Refusal(e.reason(), e.getMessage(), System.nanoTime() + REFUSED_FOR.toNanos()));
      throw e;
    }
  }

  private Schema schema(int id) throws DecodingException {
    String text =
        registry
            .schema(id)
            .orElseThrow(
                () ->
                    new DecodingException(
                        RejectReason.UNKNOWN_SCHEMA,
                        "The record names schema id %d, which the schema registry at %s does not know. Publish with the registry that the job reads from."
                            .formatted(id, registry.url())));
    try {
      return new Schema.Parser().parse(text);
    } catch (RuntimeException e) { // malformed schemas make Avro throw many kinds
      throw new DecodingException(
          RejectReason.UNKNOWN_SCHEMA,
          "The record's schema, id %d of the schema registry at %s, is no Avro schema that stands by itself. Publish Avro records, by a schema without references."
              .formatted(id, registry.url()));
    }
  }
}
