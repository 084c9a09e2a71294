package io.sounding.schemas;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Records to bytes and back in Avro's single-object encoding: the marker {@code C3 01}, the
 * schema's 64-bit CRC-64-AVRO fingerprint (little endian), then the Avro binary of the record. No
 * registry is needed.
 *
 * <p>A codec reads the record types it is made for, and of each every schema in {@link
 * ReleasedSchemas}; anything else is refused with a {@link DecodingException}. Thread-safe.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">Avro
 *     specification, single-object encoding</a>
 */
public final class SingleObjectCodec implements RecordReader {

  /** Bytes in front of the Avro binary: marker and fingerprint. */
  public static final int HEADER_BYTES = 10;

  private static final int MAX_FIELD_BYTES = 64 << 20;
  private static final int MAX_ITEMS = 1 << 20;

  static {
    // A damaged length field must not allocate gigabytes. Read once by Avro, at its first decoding.
    limit("org.apache.avro.limits.bytes.maxLength", MAX_FIELD_BYTES);
    limit("org.apache.avro.limits.string.maxLength", MAX_FIELD_BYTES);
    limit("org.apache.avro.limits.collectionItems.maxLength", MAX_ITEMS);
    trustOwnRecords();
  }

  private static final Map<String, BinaryMessageEncoder<SpecificRecord>> ENCODERS =
      new ConcurrentHashMap<>();

  private final Map<Long, BinaryMessageDecoder<? extends SpecificRecord>> decoders =
      new ConcurrentHashMap<>();
  private final List<Schema> readers;
  private final String expected;

  private SingleObjectCodec(List<Schema> readers) {
    this.readers = readers;
    for (Schema reader : readers) {
      BinaryMessageDecoder<SpecificRecord> decoder =
          new BinaryMessageDecoder<>(modelOf(reader), reader);
      decoders.put(SchemaNormalization.parsingFingerprint64(reader), decoder);
      for (Schema released : ReleasedSchemas.of(reader)) {
        decoder.addSchema(released);
        decoders.put(SchemaNormalization.parsingFingerprint64(released), decoder);
      }
    }
    this.expected = readers.stream().map(Schema::getName).collect(Collectors.joining(" or "));
  }

  /**
   * Makes Avro trust the record classes of this package. Whoever builds records before using a
   * codec calls this first; otherwise their builders throw a {@link SecurityException}.
   */
  public static void initialise() {
    // the static initialiser above has done it
  }

  /** A codec that reads these record types (their generated classes' schemas), and no others. */
  public static SingleObjectCodec reading(Schema... readers) {
    return new SingleObjectCodec(List.of(readers));
  }

  /** The schema of a record type. */
  public static Schema schemaOf(Class<? extends SpecificRecord> type) {
    return SpecificData.get().getSchema(type);
  }

  /** The bytes of {@code record}; a record with an unset required field is refused. */
  public static byte[] encode(SpecificRecord record) {
    Schema schema = record.getSchema();
    BinaryMessageEncoder<SpecificRecord> encoder =
        ENCODERS.computeIfAbsent(
            schema.getFullName(),
            name -> new BinaryMessageEncoder<>(modelOf(schema), schema, true));
    try {
      ByteBuffer bytes = encoder.encode(record);
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException("A " + schema.getName() + " could not be encoded.", e);
    }
  }

  /**
   * Makes this codec read records of one more schema, which may be a released one or any that
   * resolves to a record type read here.
   *
   * @return the header of such records
   * @throws DecodingException if it is of another record type, or does not resolve
   */
  public byte[] learn(Schema writer) throws DecodingException {
    long fingerprint = SchemaNormalization.parsingFingerprint64(writer);
    if (!decoders.containsKey(fingerprint)) {
      Schema reader = readerOf(writer);
      BinaryMessageDecoder<SpecificRecord> decoder =
          new BinaryMessageDecoder<>(modelOf(reader), reader);
      decoder.addSchema(writer);
      decoders.put(fingerprint, decoder);
    }
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0xC3)
        .put((byte) 0x01)
        .putLong(fingerprint)
        .array();
  }

  private Schema readerOf(Schema writer) throws DecodingException {
    for (Schema reader : readers) {
      if (reader.getFullName().equals(writer.getFullName())) {
        String obstacles =
            SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getResult()
                .getIncompatibilities()
                .stream()
                .map(obstacle -> obstacle.getMessage() + " at " + obstacle.getLocation())
                .collect(Collectors.joining("; "));
        if (obstacles.isEmpty()) {
          return reader;
        }
        throw new DecodingException(
            RejectReason.UNKNOWN_SCHEMA,
            "The record's schema of %s cannot be read by this version (%s). Publish with a released schema or one that is compatible, or update Sounding."
                .formatted(reader.getName(), obstacles));
      }
    }
    throw wrongTopic(writer.getFullName());
  }

  /**
   * The record in {@code bytes}.
   *
   * @throws DecodingException if the bytes are no single-object encoding, carry an unknown
   *     fingerprint, end early or late; nothing else is thrown, whatever the bytes are
   */
  @Override
  public SpecificRecord decode(byte[] bytes) throws DecodingException {
    if (bytes == null || bytes.length < HEADER_BYTES) {
      throw new DecodingException(
          RejectReason.NOT_AVRO,
          "The record has %d bytes; Avro's single-object encoding has a header of %d. Publish %s records."
              .formatted(bytes == null ? 0 : bytes.length, HEADER_BYTES, expected));
    }
    if (bytes[0] != (byte) 0xC3 || bytes[1] != 0x01) {
      throw new DecodingException(
          RejectReason.NOT_AVRO,
          "The record starts with %02X %02X instead of C3 01, so it is not in Avro's single-object encoding%s. Publish %s records."
              .formatted(
                  bytes[0],
                  bytes[1],
                  bytes[0] == 0
                      ? "; if it is in Confluent's wire format, name its registry by --schema-registry"
                      : "",
                  expected));
    }
    long fingerprint = ByteBuffer.wrap(bytes, 2, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    BinaryMessageDecoder<? extends SpecificRecord> decoder = decoders.get(fingerprint);
    if (decoder == null) {
      throw unknownFingerprint(fingerprint);
    }
    ByteArrayInputStream unread = new ByteArrayInputStream(bytes);
    SpecificRecord record;
    try {
      record = decoder.decode(unread);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // damaged bytes make Avro throw many kinds, and a schema of a registry may hold itself
      throw new DecodingException(
          RejectReason.CORRUPT,
          "The record's schema is known but its %d bytes cannot be read (%s): it was cut or changed on its way."
              .formatted(bytes.length, e));
    }
    if (unread.available() > 0) {
      throw new DecodingException(
          RejectReason.CORRUPT,
          "The record's schema is known but %d of its %d bytes follow its end: it was changed on its way."
              .formatted(unread.available(), bytes.length));
    }
    return record;
  }

  private DecodingException unknownFingerprint(long fingerprint) {
    return ReleasedSchemas.nameOf(fingerprint)
        .map(this::wrongTopic)
        .orElseGet(
            () ->
                new DecodingException(
                    RejectReason.UNKNOWN_SCHEMA,
                    "The record's schema fingerprint %016X is not one this version knows (it reads %s). Publish with a released schema, or update Sounding."
                        .formatted(fingerprint, expected)));
  }

  private DecodingException wrongTopic(String name) {
    return new DecodingException(
        RejectReason.WRONG_TOPIC,
        "The record is a %s, but this topic carries %s. Publish it to its own topic."
            .formatted(name, expected));
  }

  private static SpecificData modelOf(Schema schema) {
    Class<?> type = new SpecificData(SingleObjectCodec.class.getClassLoader()).getClass(schema);
    return SpecificData.getForClass(type);
  }

  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  /** Avro 1.12.2 instantiates trusted classes only; ours are, beside what was trusted before. */
  private static synchronized void trustOwnRecords() {
    String ownPackage = SingleObjectCodec.class.getPackageName() + ".";
    ClassSecurityValidator.ClassSecurityPredicate own =
        type -> type.getName().startsWith(ownPackage);
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(), own));
  }
}
