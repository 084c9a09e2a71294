package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.EmbeddedCluster;
import io.sounding.jobs.embedded.EmbeddedException;
import io.sounding.jobs.embedded.KafkaTopic;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The embedded cluster runs exactly-once jobs against the embedded broker, and ends completely. */
@Timeout(600)
class EmbeddedClusterITCase {

  private static final String INPUT = "lower";
  private static final String OUTPUT = "upper";

  @TempDir private Path work;

  @Test
  void aJobReadsAndWritesKafkaExactlyOnceIsCancelledAndNothingRemains() throws Exception {
    LiveThreads threads = LiveThreads.now();
    int brokerPort;
    URI web;
    try (EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"));
        EmbeddedCluster cluster =
            EmbeddedCluster.start(work.resolve("flink"), 2, withoutGenericTypes())) {
      brokerPort = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
      web = cluster.webAddress();
      broker.createTopics(KafkaTopic.keeping(INPUT, 2), KafkaTopic.keeping(OUTPUT, 1));
      new Records(broker.bootstrapServers(), INPUT).send(List.of("a", "b", "c"));

      JobClient job = startUpperCaseJob(cluster.environment(), broker.bootstrapServers());

      assertThat(new Records(broker.bootstrapServers(), OUTPUT).readCommitted(1, 3))
          .containsExactlyInAnyOrder("A", "B", "C");
      assertThat(get(web.resolve("/overview"))).contains("\"jobs-running\":1");
      assertThat(get(web.resolve("/index.html"))).contains("<html");
      assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);

      job.cancel().get();
      Await.until("the job is cancelled", () -> job.getJobStatus().get() == JobStatus.CANCELED);
    }
    Await.until(
        "no thread of broker or cluster keeps the process alive",
        () -> threads.startedSince().isEmpty(),
        threads::startedSince);
    assertClosed(brokerPort);
    assertClosed(web.getPort());
    try (Stream<Path> left = Files.list(work.resolve("flink"))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("temporary-"));
    }
  }

  /** Flink itself would let a page savepoint a job to anywhere, and end it. */
  @Test
  void noPageOfOthersIsAnswered() throws Exception {
    try (EmbeddedCluster cluster =
        EmbeddedCluster.start(work.resolve("flink"), 1, new Configuration())) {
      URI web = cluster.webAddress();
      String own = "http://127.0.0.1:" + web.getPort();
      Await.until(
          "Flink has elected its leader",
          () -> asked(web, "GET", "127.0.0.1", "").startsWith("HTTP/1.1 200"));
      assertThat(
              asked(web, "GET", "localhost", "Origin: http://localhost:" + web.getPort() + "\r\n"))
          .startsWith("HTTP/1.1 200");
      assertThat(
              asked(
                  web,
                  "GET",
                  "127.0.0.1",
                  "Origin: " + own + "\r\nSec-Fetch-Site: same-origin\r\n"))
          .startsWith("HTTP/1.1 200")
          .doesNotContain("origin: *");
      assertThat(asked(web, "GET", "evil.example", ""))
          .as("DNS rebinding")
          .startsWith("HTTP/1.1 403");
      assertThat(asked(web, "GET", "127.0.0.1", "Origin: http://evil.example\r\n"))
          .startsWith("HTTP/1.1 403");
      assertThat(asked(web, "GET", "127.0.0.1", "Origin: null\r\n")).startsWith("HTTP/1.1 403");
      assertThat(asked(web, "POST", "127.0.0.1", "Content-Length: 0\r\n"))
          .as("savepoints go where the request says")
          .startsWith("HTTP/1.1 403");
      assertThat(asked(web, "GET", "127.0.0.1", "Sec-Fetch-Site: cross-site\r\n"))
          .startsWith("HTTP/1.1 403");
    }
  }

  private static String asked(URI web, String method, String host, String headers)
      throws Exception {
    try (Socket socket = new Socket("127.0.0.1", web.getPort())) {
      String request =
          "%s /jobs HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n%s\r\n"
              .formatted(method, host, web.getPort(), headers);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void aBoundedJobEndsByItselfAndTheClusterTakesTheNext() throws Exception {
    try (EmbeddedCluster cluster =
        EmbeddedCluster.start(work.resolve("flink"), 1, new Configuration())) {
      for (int round = 0; round < 2; round++) {
        StreamExecutionEnvironment environment = cluster.environment();
        environment.fromSequence(1, 10).sinkTo(new DiscardingSink<>());
        JobClient job = environment.executeAsync("bounded " + round);
        assertThat(job.getJobExecutionResult().get()).isNotNull();
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.FINISHED);
      }
    }
  }

  @Test
  void whatAKilledClusterLeftIsDeletedAndWhatALivingOneNeedsIsNot() throws Exception {
    Path flink = work.resolve("flink");
    Path left = Files.createDirectories(flink.resolve("temporary-1/rocksdb")).getParent();
    Path kept = Files.createDirectories(flink.resolve("savepoints"));
    try (EmbeddedCluster cluster = EmbeddedCluster.start(flink, 1, new Configuration())) {
      assertThat(left).doesNotExist();
      assertThat(kept).exists();
      assertThatThrownBy(() -> EmbeddedCluster.start(flink, 1, new Configuration()))
          .isInstanceOf(EmbeddedException.class)
          .hasMessage(
              "The embedded Flink cluster did not start in %s: another holds its lock. Stop that one, or name another directory.",
              flink);
      try (Stream<Path> files = Files.list(flink)) {
        assertThat(files.filter(path -> path.getFileName().toString().startsWith("temporary-")))
            .hasSize(1);
      }
      StreamExecutionEnvironment environment = cluster.environment();
      environment.fromSequence(1, 10).sinkTo(new DiscardingSink<>());
      assertThat(environment.executeAsync("bounded").getJobExecutionResult().get()).isNotNull();
    }
    EmbeddedCluster.start(flink, 1, new Configuration()).close();
  }

  @Test
  void whatFailedAJobThatIsStartedAgainIsTold() throws Exception {
    Configuration restarts =
        new Configuration()
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, Integer.MAX_VALUE)
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMinutes(5));
    try (EmbeddedCluster cluster = EmbeddedCluster.start(work.resolve("flink"), 1, restarts)) {
      StreamExecutionEnvironment environment = cluster.environment();
      environment.fromSequence(1, 1).map(n -> 1 / (n - 1)).sinkTo(new DiscardingSink<>());
      JobClient job = environment.executeAsync("fails");
      Await.until(
          "the job waits to be started again",
          () -> cluster.restartReason(job.getJobID()).isPresent());
      assertThat(cluster.restartReason(job.getJobID())).hasValue("ArithmeticException: / by zero");
    }
  }

  @Test
  void aDirectoryThatCannotBeUsedIsRefusedWithASentence() throws Exception {
    Path file = Files.createFile(work.resolve("file"));
    assertThatThrownBy(() -> EmbeddedCluster.start(file, 1, new Configuration()))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageStartingWith(file + " is a file. Name a directory for");
    assertThatThrownBy(() -> EmbeddedCluster.start(work, 0, new Configuration()))
        .isInstanceOf(EmbeddedException.class)
        .hasMessage("A Flink cluster needs at least 1 task slot, not 0.");
  }

  private static Configuration withoutGenericTypes() {
    return new Configuration().set(PipelineOptions.GENERIC_TYPES, false);
  }

  private static JobClient startUpperCaseJob(
      StreamExecutionEnvironment environment, String bootstrapServers) throws Exception {
    environment.enableCheckpointing(500);
    environment.setParallelism(2);
    KafkaSource<String> source =
        KafkaSource.<String>builder()
            .setBootstrapServers(bootstrapServers)
            .setTopics(INPUT)
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setValueOnlyDeserializer(new SimpleStringSchema())
            .build();
    KafkaSink<String> sink =
        KafkaSink.<String>builder()
            .setBootstrapServers(bootstrapServers)
            .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
            .setTransactionalIdPrefix("upper-case")
            .setRecordSerializer(
                KafkaRecordSerializationSchema.<String>builder()
                    .setTopic(OUTPUT)
                    .setValueSerializationSchema(new SimpleStringSchema())
                    .build())
            .build();
    environment
        .fromSource(source, WatermarkStrategy.noWatermarks(), INPUT)
        .uid("source")
        .map(text -> text.toUpperCase(Locale.ROOT))
        .uid("upper-case")
        .sinkTo(sink)
        .uid("sink");
    return environment.executeAsync("upper case");
  }

  private static String get(URI address) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(60)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static void assertClosed(int port) {
    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> new Socket("127.0.0.1", port).close());
  }
}
