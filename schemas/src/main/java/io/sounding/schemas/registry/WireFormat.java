package io.sounding.schemas.registry;

import io.sounding.schemas.RecordReader;
import io.sounding.schemas.SingleObjectCodec;
import java.io.Serializable;
import java.time.Duration;
import org.apache.avro.Schema;

/**
 * How records are encoded in Kafka: chosen once, and handed to whatever reads or writes them.
 *
 * @param encoding how records are written; both are read wherever there is a registry
 * @param registry of schemas; null: none, single-object encoding is all that is read
 * @param patience how long a registry that does not answer is asked again; null: until it does
 */
public record WireFormat(Encoding encoding, RegistryAddress registry, Duration patience)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** How long whoever waits at a terminal waits. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What stands before the Avro binary. */
  public enum Encoding {
    /** Avro's own: marker and fingerprint. */
    SINGLE_OBJECT,
    /** Magic byte and schema id of a registry. */
    CONFLUENT
  }

  /**
   * Checks that they go together.
   *
   * @throws IllegalArgumentException with a sentence, if not
   */
  public WireFormat {
    if (encoding == Encoding.CONFLUENT && registry == null) {
      throw new IllegalArgumentException(
          "Confluent's wire format needs a schema registry. Name one by --schema-registry URL.");
    }
  }

  /** Single-object encoding, without a registry. */
  public static WireFormat singleObject() {
    return new WireFormat(Encoding.SINGLE_OBJECT, null, PATIENCE);
  }

  /** Writes one encoding and reads both. */
  public static WireFormat with(RegistryAddress registry, Encoding encoding) {
    return new WireFormat(encoding, registry, PATIENCE);
  }

  /** The same that waits for its registry for as long as it takes, or until it is interrupted. */
  public WireFormat untilRegistryAnswers() {
    return new WireFormat(encoding, registry, null);
  }

  /** Reads these record types, and no others. */
  public RecordReader reading(Schema... readers) {
    SingleObjectCodec codec = SingleObjectCodec.reading(readers);
    return registry == null
        ? codec
        : new ConfluentReader(codec, new SchemaRegistry(registry, patience));
  }

  /** Writes records that are in single-object encoding. */
  public RecordWriter writing() {
    return encoding == Encoding.SINGLE_OBJECT
        ? (topic, record) -> record
        : new ConfluentWriter(new SchemaRegistry(registry, patience));
  }
}
