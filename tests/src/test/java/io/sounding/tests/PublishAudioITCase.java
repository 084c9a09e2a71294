package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.cli.Sounding;
import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.CorpusPublisher;
import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CorpusSealed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code publish audio} against a real broker. Where an upload is to be met in the middle, its last
 * file is a named pipe, at which it waits for as long as the test likes.
 */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PublishAudioITCase {

  private static final Topics TOPICS = Topics.withPrefix("sounding");
  private static final int UTTERANCES = 64;

  /** So many make 8 MiB: the first transaction ends. */
  private static final int COMMITTED = 55;

  @TempDir private Path work;

  private EmbeddedBroker broker;

  @BeforeEach
  void startBroker() {
    broker = EmbeddedBroker.start(work.resolve("kafka"));
    broker.createTopics(KafkaTopic.of(TOPICS, 3));
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  private List<String> publish(String corpus, Path... audio) {
    List<String> arguments = new ArrayList<>(List.of("publish", "audio"));
    for (Path path : audio) {
      arguments.add(path.toString());
    }
    arguments.addAll(List.of("--corpus", corpus, "--bootstrap", broker.bootstrapServers()));
    return arguments;
  }

  private KafkaClients kafka() {
    return KafkaClients.of(broker.bootstrapServers(), TOPICS);
  }

  private List<CorpusSealed> manifests() {
    return PublishedRecords.of(kafka(), TOPICS.audio(), CorpusSealed.class);
  }

  /** How often each utterance came; each of the demo's is one chunk. */
  private Map<String, Integer> utterances() {
    Map<String, Integer> utterances = new HashMap<>();
    for (AudioChunk chunk : PublishedRecords.of(kafka(), TOPICS.audio(), AudioChunk.class)) {
      utterances.merge(chunk.getUtteranceId(), 1, Integer::sum);
    }
    return utterances;
  }

  private Path pipe() throws Exception {
    Path pipe = work.resolve("zz_last.wav");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  private void copy(String name, Path to) throws IOException {
    Files.copy(DemoData.audio().resolve(name), Files.createDirectories(to).resolve(name));
  }

  @Test
  void aCorpusIsPublishedOnceAndNeverChanges() throws Exception {
    Path audio = work.resolve("audio");
    copy("de-f1_000.flac", audio);
    copy("de-f1_001.flac", audio);
    copy("de-f1_002.flac", audio);
    Verb first = Verb.run(publish("speech", audio));
    assertThat(first.status()).as(first.told()).isZero();
    assertThat(first.told())
        .contains("Corpus speech: 3 audio files.")
        .contains("Corpus speech is sealed: 3 utterances,")
        .contains("Sent now: 3 utterances");
    assertThat(manifests()).singleElement().isEqualTo(asPublishedWithoutLooking(audio));

    Verb second = Verb.run(publish("speech", audio));
    assertThat(second.status()).as(second.told()).isZero();
    assertThat(second.told())
        .contains("Corpus speech is already there, with the same content: 3 utterances");

    copy("es-m4_000.flac", audio);
    Files.delete(audio.resolve("de-f1_000.flac"));
    Files.copy(
        DemoData.audio().resolve("es-m4_001.flac"),
        audio.resolve("de-f1_001.flac"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Verb changed = Verb.run(publish("speech", audio));
    assertThat(changed.status()).as(changed.told()).isEqualTo(2);
    assertThat(changed.told())
        .contains("speech: is a corpus that was sealed on ")
        .contains(
            "with other content: 1 utterance is new (es-m4_000), 1 utterance is missing (de-f1_000), 1 utterance is changed (de-f1_001); publish this audio under another corpus name.")
        .doesNotContain("Usage:");
    assertThat(manifests()).hasSize(1);
    assertThat(utterances()).hasSize(3).allSatisfy((id, count) -> assertThat(count).isOne());

    assertThat(Verb.run(publish("other", audio)).status()).isZero();
    assertThat(manifests()).hasSize(2);
  }

  private CorpusSealed asPublishedWithoutLooking(Path audio) throws IOException {
    broker.createTopics(KafkaTopic.keeping("plain", 1));
    try (KafkaProducer<byte[], byte[]> producer = kafka().producer()) {
      new CorpusPublisher(producer, "plain").publish("speech", AudioFiles.list(List.of(audio)));
    }
    CorpusSealed plain = PublishedRecords.of(kafka(), "plain", CorpusSealed.class).get(0);
    plain.setSealedAt(manifests().get(0).getSealedAt());
    return plain;
  }

  @Test
  void anUploadThatWasKilledGoesOnWhereItWas() throws Exception {
    Path pipe = pipe();
    try (JavaProcess upload = process(publish("speech", DemoData.audio(), pipe))) {
      awaitFirstTransaction(upload::printed);
      upload.kill();
    }
    int there = utterances().size();
    assertThat(there).isBetween(1, UTTERANCES - 1);
    assertThat(manifests()).isEmpty();

    Files.delete(pipe);
    Files.copy(DemoData.audio().resolve("de-f1_000.flac"), pipe);
    Verb again = Verb.run(publish("speech", DemoData.audio(), pipe));
    assertThat(again.status()).as(again.told()).isZero();
    assertThat(again.told()).contains("Sent now: %d utterances".formatted(UTTERANCES + 1 - there));
    assertThat(utterances())
        .hasSize(UTTERANCES + 1)
        .allSatisfy((id, count) -> assertThat(count).as(id).isOne());
    assertThat(manifests()).hasSize(1);
  }

  private JavaProcess process(List<String> arguments) {
    return JavaProcess.start(
        "upload",
        work.resolve("upload"),
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        Sounding.class,
        arguments);
  }

  @Test
  void ofTwoUploadsAtOnceTheLaterOneSealsTheCorpus() throws Exception {
    Path pipe = pipe();
    try (Verb first = Verb.start(publish("speech", DemoData.audio(), pipe))) {
      try (OutputStream last = whenReached(pipe)) {
        awaitFirstTransaction(first::told);
        Verb second = Verb.run(publish("speech", DemoData.audio()));
        assertThat(second.status()).as(second.told()).isZero();
        last.write(someAudio());
      }
      assertThat(first.status()).as(first.told()).isEqualTo(3);
      assertThat(first.told())
          .contains(
              "Another upload of corpus speech began after this one, which therefore ends; the other one goes on.");
    }
    assertThat(manifests())
        .singleElement()
        .satisfies(m -> assertThat(m.getUtterances()).hasSize(64));
    assertThat(utterances())
        .hasSize(UTTERANCES)
        .allSatisfy((id, count) -> assertThat(count).as(id).isOne());
  }

  @Test
  void whenKafkaDiesInTheMiddleItEndsWithASentenceAndGoesOnTheNextTime() throws Exception {
    Path pipe = pipe();
    Path impatient =
        Files.writeString(
            work.resolve("client.properties"),
            "request.timeout.ms=1000\ndelivery.timeout.ms=3000\nmax.block.ms=3000\n");
    List<String> arguments = publish("speech", DemoData.audio(), pipe);
    arguments.addAll(List.of("--kafka-properties", impatient.toString()));
    int there;
    try (Verb upload = Verb.start(arguments)) {
      try (OutputStream last = whenReached(pipe)) {
        awaitFirstTransaction(upload::told);
        there = utterances().size();
        broker.close();
        last.write(someAudio());
      }
      assertThat(upload.status()).as(upload.told()).isEqualTo(3);
      assertThat(upload.told()).contains("What Kafka has is not sent again the next time.");
    }
    int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
    broker = EmbeddedBroker.start(work.resolve("kafka"), port);
    Verb again = Verb.run(publish("speech", DemoData.audio()));
    assertThat(again.status()).as(again.told()).isZero();
    assertThat(again.told()).contains("there before: %d.".formatted(there));
    assertThat(utterances()).hasSize(UTTERANCES);
  }

  @Test
  void aTopicWhoseRecordsMustBeSmallerIsNamedAsWhatIsWrong() {
    broker.createTopics(
        new KafkaTopic(
            Topics.withPrefix("small").audio(), 1, Map.of("max.message.bytes", "100000")));
    List<String> arguments = publish("speech", DemoData.audio());
    arguments.addAll(List.of("--topics", "small"));

    Verb refused = Verb.run(arguments);

    assertThat(refused.status()).as(refused.told()).isEqualTo(2);
    assertThat(refused.told())
        .contains("Kafka: refused a record")
        .contains("raise the topic's max.message.bytes")
        .doesNotContain("error state");
  }

  @Test
  void aFileThatCannotBeReadLeavesTheCorpusUnsealed() throws Exception {
    Path audio = work.resolve("audio");
    copy("de-f1_000.flac", audio);
    copy("de-f1_001.flac", audio);
    Path broken = Files.write(audio.resolve("z.wav"), new byte[100]);
    Verb failed = Verb.run(publish("speech", audio));
    assertThat(failed.status()).isEqualTo(2);
    assertThat(failed.told()).contains(broken + ": is neither WAV nor FLAC");
    assertThat(manifests()).isEmpty();

    Files.delete(broken);
    Verb repaired = Verb.run(publish("speech", audio));
    assertThat(repaired.status()).as(repaired.told()).isZero();
    assertThat(manifests()).hasSize(1);
  }

  @Test
  void whatAnUnfinishedUploadLeftIsNotMixedWithOtherAudio() throws Exception {
    Path audio = work.resolve("audio");
    copy("de-f1_000.flac", audio);
    copy("de-f1_001.flac", audio);
    try (KafkaProducer<byte[], byte[]> producer = kafka().producer()) {
      producer.send(
          new org.apache.kafka.clients.producer.ProducerRecord<>(
              TOPICS.audio(),
              io.sounding.schemas.SingleObjectCodec.encode(
                  PoisonRecords.chunk("speech", "de-f1_001", PoisonRecords.noise(3, 100))
                      .build())));
      producer.send(
          new org.apache.kafka.clients.producer.ProducerRecord<>(
              TOPICS.audio(),
              io.sounding.schemas.SingleObjectCodec.encode(
                  PoisonRecords.chunk("speech", "left-over", PoisonRecords.noise(3, 100))
                      .build())));
    }
    Verb mixed = Verb.run(publish("speech", audio));
    assertThat(mixed.status()).isEqualTo(2);
    assertThat(mixed.told())
        .contains(
            "de-f1_001: is in Kafka with other audio, of an upload of corpus speech that was not finished; publish the audio under another corpus name");
    assertThat(manifests()).isEmpty();

    Files.delete(audio.resolve("de-f1_001.flac"));
    Verb beside = Verb.run(publish("speech", audio));
    assertThat(beside.status()).as(beside.told()).isZero();
    assertThat(beside.told())
        .contains(
            "Kafka also holds 2 utterances that the manifest does not name, such as de-f1_001");
  }

  @Test
  void unusableArgumentsAreTold() {
    Verb absent = Verb.run(publish("speech", work.resolve("absent")));
    assertThat(absent.status()).isEqualTo(2);
    assertThat(absent.told()).contains("absent: does not exist; name a folder of audio files.");
    Verb unnamed = Verb.run(publish(" ", DemoData.audio()));
    assertThat(unnamed.status()).isEqualTo(2);
    assertThat(unnamed.told()).contains("--corpus ' ' cannot be an id: it is blank.");
  }

  @Test
  void aManifestThatDoesNotFitIsRefusedBeforeAnythingIsSent() throws Exception {
    Path small = Files.writeString(work.resolve("client.properties"), "max.request.size=1000\n");
    List<String> arguments = publish("speech", DemoData.audio());
    arguments.addAll(List.of("--kafka-properties", small.toString()));
    Verb refused = Verb.run(arguments);
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.told())
        .contains("speech: has 64 utterances, whose manifest of ")
        .contains("does not fit into a Kafka record of 1000; publish it as several corpora");
    assertThat(utterances()).isEmpty();
  }

  /** Returns once an upload waits for what will be written to the pipe, its last file. */
  private static OutputStream whenReached(Path pipe) throws IOException {
    return Files.newOutputStream(pipe);
  }

  private static byte[] someAudio() throws IOException {
    return Files.readAllBytes(DemoData.audio().resolve("de-f1_000.flac"));
  }

  private void awaitFirstTransaction(Supplier<?> seen) {
    Await.until("the first transaction is there", () -> utterances().size() >= COMMITTED, seen);
  }
}
