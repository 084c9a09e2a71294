package io.sounding.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificRecord;
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

  @ParameterizedTest
  @MethodSource("everyContract")
  void everyReleasedSchemaIsReadByTheCurrentOneAndReadsIt(SpecificRecord record) {
    Schema current = record.getSchema();
    assertThat(ReleasedSchemas.of(current)).isNotEmpty();
    for (Schema released : ReleasedSchemas.of(current)) {
      assertCompatible(current, released);
      assertCompatible(released, current);
    }
  }

  @ParameterizedTest
  @MethodSource("everyContract")
  void goldenBytesOfVersionOneAreStillRead(SpecificRecord record) throws Exception {
    String name = record.getSchema().getName();
    byte[] golden = HexFormat.of().parseHex(resource("golden/" + name + ".1.hex").strip());

    SpecificRecord read = SingleObjectCodec.reading(record.getSchema()).decode(golden);

    assertThat(read).isEqualTo(record);
    assertThat(read.toString()).isEqualTo(resource("golden/" + name + ".1.json").strip());
  }

  private static void assertCompatible(Schema reader, Schema writer) {
    assertThat(SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType())
        .isEqualTo(SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ReleasedSchemasTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
