package io.sounding.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Every schema that a released version wrote with, kept under {@code released/} as {@code
 * NAME.VERSION.avsc}, so that old bytes are read for ever. The list is in {@code released/INDEX},
 * one file name a line; a schema that changes gets a new line, and no line is ever removed.
 */
public final class ReleasedSchemas {

  private static final Map<String, List<Schema>> BY_NAME = new HashMap<>();
  private static final Map<Long, Schema> BY_FINGERPRINT = new HashMap<>();

  static {
    for (String file : read("INDEX").split("\n")) {
      if (!file.isBlank()) {
        Schema schema = new Schema.Parser().parse(read(file.strip()));
        BY_NAME.computeIfAbsent(schema.getFullName(), name -> new ArrayList<>()).add(schema);
        BY_FINGERPRINT.put(SchemaNormalization.parsingFingerprint64(schema), schema);
      }
    }
  }

  private ReleasedSchemas() {}

  /** The released schemas of the record type of {@code reader}, oldest first. */
  public static List<Schema> of(Schema reader) {
    return List.copyOf(BY_NAME.getOrDefault(reader.getFullName(), List.of()));
  }

  /** The simple name of the record type with this CRC-64-AVRO fingerprint. */
  public static Optional<String> nameOf(long fingerprint) {
    return withFingerprint(fingerprint).map(Schema::getName);
  }

  /** The released schema with this CRC-64-AVRO fingerprint, as it was released. */
  public static Optional<Schema> withFingerprint(long fingerprint) {
    return Optional.ofNullable(BY_FINGERPRINT.get(fingerprint));
  }

  private static String read(String file) {
    try (InputStream in = ReleasedSchemas.class.getResourceAsStream("released/" + file)) {
      if (in == null) {
        throw new IllegalStateException(
            "The released schema " + file + " is listed in released/INDEX but not in the jar.");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The released schema " + file + " could not be read.", e);
    }
  }
}
