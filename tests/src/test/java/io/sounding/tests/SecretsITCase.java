package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.SoundingJob;
import io.sounding.jobs.SoundingTopology;
import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.EmbeddedCluster;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.ClientProperties;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.CheckpointFiles;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.CorpusPublisher;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.SingleObjectCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main class for a cluster, against a broker that asks for TLS, a client certificate and a
 * password: it works, and neither the log at its most talkative nor the REST interface nor a
 * failure repeats a secret.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretsITCase {

  private static final String PASSWORD = "jaas-pa55word-e2b1";
  private static final String STORE_PASSWORD = "store-pa55word-77c0";
  private static final String WRONG_PASSWORD = "wrong-pa55word-13d9";
  private static final String UNKNOWN_SETTING = "unknown-pa55word-5a4f";
  private static final List<String> SECRETS =
      List.of(PASSWORD, STORE_PASSWORD, WRONG_PASSWORD, UNKNOWN_SETTING);

  @TempDir private static Path work;

  private DebugLog log;
  private BrokerKeys keys;
  private Path secretsInTheFile;
  private EmbeddedBroker broker;
  private EmbeddedCluster cluster;

  /** Lets a test say on which cluster the main class finds itself. */
  @SuppressWarnings("try") // it is never made
  private abstract static class Context extends StreamExecutionEnvironment {
    static void set(EmbeddedCluster cluster) {
      initializeContextEnvironment(configuration -> cluster.environment());
    }

    static void unset() {
      resetContextEnvironment();
    }
  }

  @BeforeAll
  void start() throws Exception {
    log =
        new DebugLog(
            work.resolve("debug.log"),
            "org.apache.kafka",
            "kafka",
            "org.apache.flink",
            "io.sounding");
    keys = BrokerKeys.make(work, STORE_PASSWORD);
    secretsInTheFile = clientProperties("plain", PASSWORD, STORE_PASSWORD, "");
    broker =
        EmbeddedBroker.start(
            work.resolve("kafka"),
            0,
            Map.ofEntries(
                Map.entry("listener.security.protocol.map", "BROKER:SASL_SSL,CONTROLLER:PLAINTEXT"),
                Map.entry("sasl.enabled.mechanisms", "PLAIN"),
                Map.entry("sasl.mechanism.inter.broker.protocol", "PLAIN"),
                Map.entry(
                    "listener.name.broker.plain.sasl.jaas.config",
                    jaas(PASSWORD).replace(";", " user_sounding=\"%s\";".formatted(PASSWORD))),
                Map.entry("ssl.client.auth", "required"),
                Map.entry("ssl.keystore.location", keys.keyStore().toString()),
                Map.entry("ssl.keystore.password", STORE_PASSWORD),
                Map.entry("ssl.truststore.location", keys.trustStore().toString()),
                Map.entry("ssl.truststore.password", STORE_PASSWORD)),
            asMap(ClientProperties.read(secretsInTheFile)));
    cluster =
        EmbeddedCluster.start(
            work.resolve("flink"),
            1,
            new Configuration()
                .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1))
                .set(RestartStrategyOptions.RESTART_STRATEGY, "none")
                .set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64))
                .set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64)));
    Context.set(cluster);
  }

  @AfterAll
  void stop() {
    Context.unset();
    cluster.close();
    broker.close();
    log.close();
  }

  private static String jaas(String password) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"sounding\" password=\"%s\";"
        .formatted(password);
  }

  private Path clientProperties(String name, String password, String storePassword, String more)
      throws Exception {
    return Files.writeString(
        work.resolve(name + ".properties"),
        """
        security.protocol=SASL_SSL
        sasl.mechanism=PLAIN
        sasl.jaas.config=%s
        ssl.keystore.location=%s
        ssl.keystore.password=%s
        ssl.key.password=%s
        ssl.truststore.location=%s
        ssl.truststore.password=%s
        a.setting.that.nobody.knows=%s
        %s
        """
            .formatted(
                jaas(password),
                keys.keyStore(),
                storePassword,
                storePassword,
                keys.trustStore(),
                storePassword,
                UNKNOWN_SETTING,
                more));
  }

  private static Map<String, String> asMap(Properties properties) {
    return properties.stringPropertyNames().stream()
        .collect(Collectors.toMap(key -> key, properties::getProperty));
  }

  @Test
  void secretsInThePropertiesWorkAndAreNotRepeated() throws Exception {
    assertThat(InstantiationUtil.serializeObject(graph(secretsInTheFile)))
        .as("the control: what is in the file is in the job")
        .satisfies(bytes -> assertThat(text(bytes)).contains(PASSWORD, STORE_PASSWORD));

    List<String> failed = run("plain", secretsInTheFile, "--models-from", "s3://elsewhere/");

    assertThat(failed)
        .singleElement()
        .asString()
        .startsWith("FAILED")
        .contains("does not lie below s3://elsewhere/");
  }

  @Test
  void secretsCanBeNamedInThePropertiesAndAreThenNotInTheJob() throws Exception {
    Path secrets = Files.createDirectory(work.resolve("secrets"));
    Files.writeString(secrets.resolve("sasl.properties"), "password=" + PASSWORD);
    Files.writeString(secrets.resolve("store-password"), STORE_PASSWORD);
    Path named =
        clientProperties(
            "named",
            "${file:%s:password}".formatted(secrets.resolve("sasl.properties")),
            "${folder:%s:store-password}".formatted(secrets),
            """
            config.providers=file,folder
            config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
            config.providers.folder.class=org.apache.kafka.common.config.provider.DirectoryConfigProvider
            """);
    assertThat(text(InstantiationUtil.serializeObject(graph(named))))
        .contains("sasl.properties:password")
        .doesNotContain(PASSWORD, STORE_PASSWORD);

    List<String> done = run("named", named, "--models-from", DemoData.folder().toString());

    assertThat(done).hasSize(4).allMatch(event -> event.startsWith("FINAL"));
  }

  @Test
  void aWrongPasswordIsNotRepeatedByTheFailure() throws Exception {
    Path wrong = clientProperties("wrong", WRONG_PASSWORD, STORE_PASSWORD, "");
    CompletableFuture<Void> job = submit("wrong", wrong);
    assertThatThrownBy(() -> job.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
        .hasMessageContaining("it has failed");
    String failure =
        cluster
            .miniCluster()
            .requestJobResult(jobId("wrong"))
            .get()
            .getSerializedThrowable()
            .orElseThrow()
            .getFullStringifiedStackTrace();
    assertThat(failure).contains("SaslAuthenticationException: Authentication failed");
    assertHoldsNoSecret("the failure", failure);
    assertNothingRepeatsASecret("wrong");
  }

  private Object graph(Path properties) {
    StreamExecutionEnvironment environment = cluster.environment();
    SoundingTopology.lay(
        environment,
        KafkaEnds.of(
            KafkaClients.of(broker.bootstrapServers(), Topics.withPrefix("graph"))
                .with(ClientProperties.read(properties)),
            "graph"),
        EvaluationSettings.defaults(ModelSettings.of(TrustedArtifacts.NONE, "")));
    return environment.getStreamGraph().getJobGraph();
  }

  /** As {@code main} does, which returns when the job has ended; configured by a file. */
  private CompletableFuture<Void> submit(String name, Path properties, String... more)
      throws Exception {
    Path configuration =
        Files.writeString(
            work.resolve(name + ".yaml"),
            """
            bootstrap: %s
            topics: %s
            kafka-properties: %s
            job:
              name: %s
              shards: 2
              k: 4
              sample: 100
              model-cache: %s
            """
                .formatted(
                    broker.bootstrapServers(), name, properties, name, work.resolve("models")));
    List<String> arguments = new ArrayList<>(List.of("--config", configuration.toString()));
    arguments.addAll(List.of(more));
    Topics topics = Topics.withPrefix(name);
    broker.createTopics(KafkaTopic.of(topics, 1));
    return CompletableFuture.runAsync(
        () -> {
          try {
            SoundingJob.main(arguments.toArray(String[]::new));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Evaluates one checkpoint on one utterance; its closing events, each with what it says. */
  private List<String> run(String name, Path properties, String... more) throws Exception {
    CompletableFuture<Void> job = submit(name, properties, more);
    publish(Topics.withPrefix(name));
    List<String> closing = new ArrayList<>();
    Map<String, Object> settings = clientSettings();
    settings.put("isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> metrics =
          List.of(new TopicPartition(Topics.withPrefix(name).metrics(), 0));
      consumer.assign(metrics);
      consumer.seekToBeginning(metrics);
      SingleObjectCodec codec = SingleObjectCodec.reading(MetricEvent.getClassSchema());
      Await.until(
          "the checkpoint is evaluated",
          () -> {
            for (var record : consumer.poll(Duration.ofMillis(100))) {
              MetricEvent event = (MetricEvent) codec.decode(record.value());
              if (event.getStatus() != MetricStatus.PARTIAL) {
                closing.add(event.getStatus() + ": " + event.getFailureReason());
              }
            }
            return closing.stream().anyMatch(e -> e.startsWith("FAILED")) || closing.size() == 4;
          },
          () -> closing + ", job done: " + job.isDone());
    }
    assertNothingRepeatsASecret(name);
    cluster.miniCluster().cancelJob(jobId(name)).get();
    return closing;
  }

  private void publish(Topics topics) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            clientSettings(), new ByteArraySerializer(), new ByteArraySerializer())) {
      new CorpusPublisher(producer, topics.audio())
          .publish("one", AudioFiles.list(List.of(DemoData.audio().resolve("de-f1_000.flac"))));
      CheckpointPublisher checkpoints = new CheckpointPublisher(producer, topics.checkpoints());
      checkpoints.publish(
          new CheckpointPublisher.RunSettings("run", "one", 16_000, InputNormalisation.NONE, null),
          new CheckpointFiles.CheckpointFile(DemoData.checkpoint("healthy", 400), "step400", 400),
          null);
      checkpoints.flush();
    }
  }

  private Map<String, Object> clientSettings() {
    Map<String, Object> settings = new HashMap<>(asMap(ClientProperties.read(secretsInTheFile)));
    settings.put("bootstrap.servers", broker.bootstrapServers());
    return settings;
  }

  private JobID jobId(String name) throws Exception {
    return cluster.miniCluster().listJobs().get().stream()
        .filter(job -> job.getJobName().equals(name))
        .findFirst()
        .orElseThrow()
        .getJobId();
  }

  private void assertNothingRepeatsASecret(String name) throws Exception {
    String logged = log.text();
    assertThat(logged)
        .as("the control: the log tells of Kafka's settings, at DEBUG")
        .contains("DEBUG org.apache.kafka.", "DEBUG org.apache.flink.")
        .contains("sasl.jaas.config = [hidden]", "ssl.keystore.password = [hidden]");
    assertHoldsNoSecret("the log", logged);
    RestAnswers.of(cluster.webAddress(), jobId(name)).forEach(SecretsITCase::assertHoldsNoSecret);
  }

  /** Neither as it is, nor as Base64, hexadecimal digits, or a list of bytes. */
  private static void assertHoldsNoSecret(String where, String text) {
    for (String secret : SECRETS) {
      byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
      String list = Arrays.toString(bytes);
      for (String form :
          List.of(
              secret,
              Base64.getEncoder().withoutPadding().encodeToString(bytes),
              HexFormat.of().formatHex(bytes),
              list.substring(1, list.length() - 1))) {
        int at = text.indexOf(form);
        assertThat(at < 0 ? "" : text.substring(Math.max(0, at - 500), at + form.length()))
            .as("%s holds %s", where, secret)
            .isEmpty();
      }
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
