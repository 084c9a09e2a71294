package io.sounding.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Old bytes are read by new code, for ever. */
class ReleasedSchemasTest {

  static Stream<SpecificRecord> everyContract() {
    return Examples.all().stream();
  }

  @ParameterizedTest
  @MethodSource("everyContract")
  void theCurrentSchemaIsAmongTheReleasedOnes(SpecificRecord record) {
    Schema current = record.getSchema();

    assertThat(ReleasedSchemas.nameOf(SchemaNormalization.parsingFingerprint64(current)))
        .as("add the schema under released/ as a new version, and to INDEX")
        .contains(current.getName());
  }

  /**
   * What registries call FULL_TRANSITIVE, which includes BACKWARD_TRANSITIVE: every version reads
   * what any other wrote, so that readers and writers may be updated in any order.
   */
  @ParameterizedTest
  @MethodSource("everyContract")
  void everyVersionReadsEveryOther(SpecificRecord record) throws Exception {
    SchemaValidator fullTransitive =
        new SchemaValidatorBuilder().mutualReadStrategy().validateAll();
    List<Schema> released = ReleasedSchemas.of(record.getSchema());
    assertThat(released).isNotEmpty();
    fullTransitive.validate(record.getSchema(), released);
    for (Schema version : released) {
      fullTransitive.validate(version, released);
    }
  }

  /** A file that is not listed would be read by nobody. */
  @Test
  void everyReleasedFileIsListedOnce() throws Exception {
    Path index = Path.of(ReleasedSchemas.class.getResource("released/INDEX").toURI());
    try (Stream<Path> files = Files.list(index.getParent())) {
      assertThat(Files.readAllLines(index))
          .containsExactlyInAnyOrderElementsOf(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> !name.equals("INDEX"))
                  .toList());
    }
  }

  /** What is read says all that was written; of what later versions added it has the default. */
  @ParameterizedTest
  @MethodSource("everyContract")
  void goldenBytesOfEveryVersionAreStillRead(SpecificRecord record) throws Exception {
    String name = record.getSchema().getName();
    int versions = ReleasedSchemas.of(record.getSchema()).size();
    byte[] bytes = SingleObjectCodec.encode(record);
    String latest = "golden/%s.%d".formatted(name, versions);
    assertThat(ReleasedSchemasTest.class.getResource(latest + ".hex"))
        .as(
            "add %s.hex: %s%nand %s.json: %s%n",
            latest, HexFormat.of().formatHex(bytes), latest, record)
        .isNotNull();
    SpecificRecord read = null;
    for (int version = 1; version <= versions; version++) {
      String golden = "golden/%s.%d".formatted(name, version);
      read =
          SingleObjectCodec.reading(record.getSchema())
              .decode(HexFormat.of().parseHex(resource(golden + ".hex").strip()));
      Schema released = ReleasedSchemas.of(record.getSchema()).get(version - 1);
      assertThat(readBy(released, read).toString()).isEqualTo(resource(golden + ".json").strip());
    }
    assertThat(read).as("the latest version's").isEqualTo(record);
    assertThat(bytes).isEqualTo(HexFormat.of().parseHex(resource(latest + ".hex").strip()));
  }

  /** The record without what later versions added. */
  private static GenericRecord readBy(Schema schema, SpecificRecord record) throws IOException {
    GenericData data = new GenericData();
    data.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    BinaryMessageDecoder<GenericRecord> reader = new BinaryMessageDecoder<>(data, schema);
    reader.addSchema(record.getSchema());
    return reader.decode(SingleObjectCodec.encode(record));
  }

  @Test
  void aReasonThatAnOldReaderDoesNotKnowIsUnknownToIt() throws Exception {
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setReason(RejectReason.BAD_SCORE)
            .setMessage("The score is NaN.")
            .setRejectedAt(Instant.EPOCH)
            .build();
    Schema old = ReleasedSchemas.of(letter.getSchema()).get(0);
    BinaryMessageDecoder<GenericRecord> reader = new BinaryMessageDecoder<>(GenericData.get(), old);
    reader.addSchema(letter.getSchema());
    GenericRecord read = reader.decode(SingleObjectCodec.encode(letter));
    assertThat(read.get("reason")).hasToString("UNKNOWN");
    assertThat(read.get("message")).hasToString("The score is NaN.");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ReleasedSchemasTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
