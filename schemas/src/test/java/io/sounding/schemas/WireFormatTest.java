package io.sounding.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.schemas.registry.RecordWriter;
import io.sounding.schemas.registry.RegistryAddress;
import io.sounding.schemas.registry.RegistryException;
import io.sounding.schemas.registry.WireFormat;
import io.sounding.schemas.registry.WireFormat.Encoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireFormatTest {

  private static final Schema SCORE = DownstreamScore.getClassSchema();

  @TempDir private Path folder;
  private SmallRegistry registry;

  @BeforeEach
  void start() throws IOException {
    SingleObjectCodec.initialise();
    registry = new SmallRegistry();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private static DownstreamScore score() {
    return new DownstreamScore("a", 7L, "asr-wer", 0.5, Instant.EPOCH);
  }

  static Stream<SpecificRecord> everyContract() {
    return Examples.all().stream();
  }

  private WireFormat confluent() {
    return WireFormat.with(registry.address(), Encoding.CONFLUENT);
  }

  private WireFormat withoutPatience() {
    return new WireFormat(Encoding.CONFLUENT, registry.address(), Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("everyContract")
  void everyRecordIsReadInEitherEncoding(SpecificRecord record) throws Exception {
    byte[] singleObject = SingleObjectCodec.encode(record);
    byte[] written = confluent().writing().write("t", singleObject);

    byte[] avro = Arrays.copyOfRange(singleObject, 10, singleObject.length);
    assertThat(written).isEqualTo(SmallRegistry.confluent(1, avro));
    RecordReader reader =
        WireFormat.with(registry.address(), Encoding.SINGLE_OBJECT).reading(record.getSchema());
    assertThat(reader.decode(written)).isEqualTo(record);
    assertThat(reader.decode(singleObject)).isEqualTo(record);
  }

  @Test
  void theRegistryIsAskedOnceForEachSchema() throws Exception {
    RecordWriter writer = confluent().writing();
    RecordReader reader = confluent().reading(SCORE);
    writer.register("t", SCORE);
    for (int i = 0; i < 3; i++) {
      reader.decode(writer.write("t", SingleObjectCodec.encode(score())));
    }

    assertThat(registry.asked)
        .containsExactly(
            "POST /subjects/t-value", "POST /subjects/t-value/versions", "GET /schemas/ids/1");
  }

  @Test
  void subjectsAreNamedByTheTopicAndWhereTwoRecordTypesShareOneByBoth() {
    RecordWriter writer = confluent().writing();
    writer.write("scores", SingleObjectCodec.encode(score()));
    writer.write("audio", SingleObjectCodec.encode(Examples.chunk()));
    writer.write("audio", SingleObjectCodec.encode(Examples.manifest()));

    assertThat(registry.subjects())
        .containsExactly(
            "scores-value",
            "audio-io.sounding.schemas.AudioChunk",
            "audio-io.sounding.schemas.CorpusSealed");
  }

  @Test
  void singleObjectEncodingNeedsNoRegistry() throws Exception {
    byte[] record = SingleObjectCodec.encode(score());

    assertThat(WireFormat.singleObject().writing().write("t", record)).isEqualTo(record);
    assertThat(WireFormat.singleObject().reading(SCORE).decode(record)).isEqualTo(score());
    assertThatThrownBy(
            () ->
                WireFormat.singleObject().reading(SCORE).decode(SmallRegistry.confluent(1, record)))
        .isInstanceOf(DecodingException.class)
        .hasMessageContaining("Confluent's wire format, name its registry by --schema-registry");
    assertThatThrownBy(() -> WireFormat.with(null, Encoding.CONFLUENT))
        .hasMessageContaining("needs a schema registry");
  }

  /** Somebody else's schema: a field more, and none of those that have defaults. */
  @Test
  void aCompatibleSchemaThatWasNeverReleasedIsRead() throws Exception {
    Schema writer =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "DownstreamScore", "namespace": "io.sounding.schemas", "fields": [
                  {"name": "mood", "type": "string"},
                  {"name": "runId", "type": "string"}, {"name": "step", "type": "long"},
                  {"name": "task", "type": "string"}, {"name": "value", "type": "float"},
                  {"name": "publishedAt", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
                """);
    GenericRecord record = new GenericData.Record(writer);
    record.put("mood", "good");
    record.put("runId", "a");
    record.put("step", 7L);
    record.put("task", "asr-wer");
    record.put("value", 0.5f);
    record.put("publishedAt", 0L);
    int id = registry.register("t-value", writer.toString());

    DownstreamScore read =
        (DownstreamScore)
            confluent().reading(SCORE).decode(SmallRegistry.confluent(id, binary(record)));

    assertThat(read.getRunId()).isEqualTo("a");
    assertThat(read.getStep()).isEqualTo(7);
    assertThat(read.getValue()).isEqualTo(0.5);
  }

  @Test
  void whatTheRegistryDoesNotKnowOrWhatDoesNotResolveIsRefusedWithASentence() {
    refused(99, RejectReason.UNKNOWN_SCHEMA, "schema id 99, which the schema registry at http");
    refused(
        registry.register("t-value", SCORE.toString().replace("\"step\"", "\"epoch\"")),
        RejectReason.UNKNOWN_SCHEMA,
        "schema of DownstreamScore cannot be read by this version (step at /fields/");
    refused(
        registry.register("t-value", Examples.checkpoint().getSchema().toString()),
        RejectReason.WRONG_TOPIC,
        "CheckpointEvent, but this topic carries DownstreamScore");
    refused(
        registry.register("t-value", "\"string\""),
        RejectReason.WRONG_TOPIC,
        "The record is a string");
    refused(
        registry.register("t-value", "syntax = \"proto3\";"),
        RejectReason.UNKNOWN_SCHEMA,
        "is no Avro schema that stands by itself");
    refused(registry.register("t-value", SCORE.toString()), RejectReason.CORRUPT, "was cut");
  }

  private void refused(int id, RejectReason reason, String sentence) {
    RecordReader reader = confluent().reading(SCORE);
    int before = registry.asked.size();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> reader.decode(SmallRegistry.confluent(id, new byte[] {1})))
          .isInstanceOfSatisfying(
              DecodingException.class, e -> assertThat(e.reason()).isEqualTo(reason))
          .hasMessageContaining(sentence);
    }
    assertThat(registry.asked).as("a flood of poison asks once").hasSize(before + 1);
  }

  /**
   * 401, 403: credentials are renewed; 404: the path is another server's; HTML: a proxy's excuse;
   * JSON: that of a server which has no such path.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {"<html>Trouble.</html>", "{\"error_code\": 404, \"message\": \"HTTP 404\"}", "{}"})
  void aRegistryInTroubleIsAskedAgainAndSaysNothingAboutTheRecord(String excuse) throws Exception {
    byte[] written = confluent().writing().write("t", SingleObjectCodec.encode(score()));
    registry.excuse = excuse;
    registry.troubles.addAll(List.of(503, 401, 403, 404, 200));

    assertThat(confluent().untilRegistryAnswers().reading(SCORE).decode(written))
        .isEqualTo(score());
    registry.troubles.add(404);
    assertThatThrownBy(() -> withoutPatience().reading(SCORE).decode(written))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("at " + registry.url() + " cannot be used (it answers 404");
  }

  @Test
  void aRegistryInTroubleIsAskedAgainAsLongAsPatienceLasts() throws Exception {
    byte[] written = confluent().writing().write("t", SingleObjectCodec.encode(score()));
    WireFormat patient =
        new WireFormat(Encoding.CONFLUENT, registry.address(), Duration.ofMinutes(5));
    registry.troubles.addAll(List.of(503, 503, 503));
    assertThat(patient.reading(SCORE).decode(written)).isEqualTo(score());

    WireFormat lessPatient =
        new WireFormat(Encoding.CONFLUENT, registry.address(), Duration.ofSeconds(2));
    registry.troubles.addAll(Collections.nCopies(1_000, 503));
    int before = registry.asked.size();
    assertThatThrownBy(() -> lessPatient.reading(SCORE).decode(written))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("cannot be used (it answers 503");
    assertThat(registry.asked).hasSizeBetween(before + 2, before + 10);
  }

  @Test
  void aRegistryThatIsAwayIsToldOfAndWaitingForItCanBeInterrupted() {
    byte[] written = confluent().writing().write("t", SingleObjectCodec.encode(score()));
    WireFormat patient = confluent().untilRegistryAnswers();
    WireFormat impatient = withoutPatience();
    registry.close();

    assertThatThrownBy(() -> impatient.reading(SCORE).decode(written))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("Check that it runs, its URL and the credentials.");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> patient.reading(SCORE).decode(written))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whereRegisteringIsForbiddenASchemaThatIsThereAlreadyIsUsed() {
    registry.refusal = 403;
    Schema released = ReleasedSchemas.of(SCORE).get(0);
    int id = registry.register("scores-value", released.toString());

    byte[] written = confluent().writing().write("scores", SingleObjectCodec.encode(score()));
    assertThat(written[4]).isEqualTo((byte) id);
    for (int status : new int[] {403, 409, 422}) {
      registry.refusal = status;
      assertThatThrownBy(() -> confluent().writing().register("others", SCORE))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("refuses to register a schema under the subject others-value")
          .hasMessageContaining(status + ": No.");
    }
  }

  @Test
  void credentialsAreReadFromAFileThatMayChangeAndAreRepeatedNowhere() throws Exception {
    Path file = folder.resolve("credentials");
    WireFormat wire =
        new WireFormat(
            Encoding.CONFLUENT,
            new RegistryAddress(registry.url() + "/", file.toString()),
            Duration.ZERO);

    Files.writeString(file, "basic me:s3cr:et\n");
    wire.writing().register("a", SCORE);
    Files.writeString(file, "Bearer t0ken\n");
    wire.writing().register("a", SCORE);
    assertThat(registry.authorizations)
        // printf me:s3cr:et | base64
        .containsExactly("Basic bWU6czNjcjpldA==", "Basic bWU6czNjcjpldA==", "Bearer t0ken");

    for (String unusable :
        List.of("s3cret", "bearer s3cr et", "bearer s3cret\nmore", "basic x", "basic :s3cret")) {
      Files.writeString(file, unusable);
      assertThatThrownBy(() -> wire.writing().register("a", SCORE))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("neither 'basic USER:PASSWORD' nor 'bearer TOKEN'")
          .hasMessageNotContaining("s3c");
    }
    Files.delete(file);
    assertThatThrownBy(() -> wire.writing().register("a", SCORE))
        .hasMessageContaining("cannot be read: NoSuchFileException");
  }

  @Test
  void anAddressThatHoldsAPasswordOrIsNoneIsRefused() {
    for (String password : List.of("s3cret", "/s3cret", "s3cret/+w==")) {
      assertThatThrownBy(() -> RegistryAddress.of("https://me:" + password + "@registry:8081"))
          .hasMessageContaining("holds credentials")
          .hasMessageNotContaining("s3cret");
    }
    for (String url :
        List.of("registry:8081", "ftp://registry", "http://", "http://r/?a=b", "http://r/#a")) {
      assertThatThrownBy(() -> RegistryAddress.of(url))
          .as(url)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Write it like http://registry:8081.");
    }
  }

  private static byte[] binary(GenericRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  /** One that holds itself, in records as deep as one likes, would overflow the stack. */
  @ParameterizedTest
  @ValueSource(strings = {"\"R\"", "[\"null\", \"R\"]", "{\"type\": \"array\", \"items\": \"R\"}"})
  void aSchemaThatHoldsItselfIsRefusedAndNothingElseIsThrown(String held) throws Exception {
    String itself =
        "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"r\", \"type\": %s}]}"
            .formatted(held);
    String wider =
        SCORE
            .toString()
            .replaceFirst(
                "\"fields\":\\[", "\"fields\":[{\"name\":\"more\",\"type\":" + itself + "},");
    byte[] bytes = new byte[1 << 20];
    Arrays.fill(bytes, (byte) 2); // the next branch of the union, one item more
    ByteBuffer.wrap(bytes).put((byte) 0).putInt(registry.register("anybody", wider));
    WireFormat wire = WireFormat.with(registry.address(), Encoding.SINGLE_OBJECT);
    assertThatThrownBy(() -> wire.reading(SCORE).decode(bytes))
        .isInstanceOf(DecodingException.class)
        .hasMessageContaining("StackOverflowError");
  }
}
