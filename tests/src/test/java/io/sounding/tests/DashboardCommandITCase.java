package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.jobs.cli.Sounding;
import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command that serves the dashboard, as a process of its own. */
@Timeout(300)
class DashboardCommandITCase {

  private static final Pattern ADDRESS = Pattern.compile("Dashboard at (http://\\S+/)");
  private static final Pattern AFTER_COLLECTION = Pattern.compile("->(\\d+)M\\(");
  private static final Topics TOPICS = Topics.withPrefix("sounding");
  private static final int RUNS = 50;
  private static final int CHECKPOINTS = 400;
  private static final int LAYERS = 12;
  private static final int HEAP_MEGABYTES = 512;

  @TempDir private Path work;
  private final HttpClient client = HttpClient.newHttpClient();

  private JavaProcess dashboard(String name, String... arguments) {
    List<String> all = new ArrayList<>(List.of("dashboard"));
    all.addAll(List.of(arguments));
    return JavaProcess.start(
        name,
        work.resolve(name),
        List.of("-Xmx" + HEAP_MEGABYTES + "m", "-Xlog:gc:file=" + gcLog(name)),
        Sounding.class,
        all);
  }

  private Path gcLog(String name) {
    return work.resolve(name + "-gc.log");
  }

  private String get(String address, String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(address + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  @Test
  void holds50RunsOf400CheckpointsOf12LayersIn512Megabytes() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"))) {
      broker.createTopics(KafkaTopic.compacted(TOPICS.metrics(), 4));
      publish(broker.bootstrapServers());
      long started = System.nanoTime();
      try (JavaProcess process =
          dashboard("full", "--bootstrap", broker.bootstrapServers(), "--port", "0")) {
        String address = process.awaitPrinted(ADDRESS);
        double served = secondsSince(started);
        awaitEvent(address, "\"state\":\"live\"");
        ObjectMapper mapper = new ObjectMapper();
        double read = secondsSince(started);
        long asked = System.nanoTime();
        JsonNode overview = mapper.readTree(get(address, "api/overview"));
        double overviewed = secondsSince(asked);
        assertThat(overview.at("/held/events").asInt()).isEqualTo(RUNS * CHECKPOINTS * LAYERS);

        asked = System.nanoTime();
        JsonNode curve =
            mapper.readTree(
                get(address, "api/series?run=run0&corpus=dev&layer=last&metric=rankMe"));
        double first = secondsSince(asked);
        assertThat(curve.at("/series/0/steps")).hasSize(CHECKPOINTS);

        asked = System.nanoTime();
        List<CompletableFuture<Integer>> large = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          large.add(
              CompletableFuture.supplyAsync(
                  () -> {
                    try {
                      return get(address, largest()).length();
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
        }
        int characters = 0;
        for (CompletableFuture<Integer> answer : large) {
          characters = answer.get();
        }
        System.out.printf(
            "Dashboard of %,d events: serves after %.1f s, has read all after %.1f s; overview in %.3f s, first curve in %.3f s; 8 answers of %.0f MB in %.1f s; at most %d MB of heap after a collection%n",
            RUNS * CHECKPOINTS * LAYERS,
            served,
            read,
            overviewed,
            first,
            characters / 1e6,
            secondsSince(asked),
            heapAfterCollections("full"));
        assertThat(process.terminate()).as(process.printed()).isZero();
        assertThat(process.printed()).doesNotContain("Exception", "ERROR");
      }
    }
  }

  /** Reads what the server tells until it says so. */
  private void awaitEvent(String address, String text) throws IOException, InterruptedException {
    try (Stream<String> lines =
        client
            .send(
                HttpRequest.newBuilder(URI.create(address + "api/events")).build(),
                HttpResponse.BodyHandlers.ofLines())
            .body()) {
      assertThat(lines.anyMatch(line -> line.contains(text))).isTrue();
    }
  }

  /** 384,000 values, a little below the limit. */
  private static String largest() {
    return IntStream.range(0, 40)
        .mapToObj(run -> "run=run" + run)
        .collect(
            Collectors.joining(
                "&", "api/series?", "&corpus=dev&layer=all&metric=rankMe&metric=silhouette"));
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  private int heapAfterCollections(String name) throws IOException {
    return AFTER_COLLECTION
        .matcher(Files.readString(gcLog(name)))
        .results()
        .map(MatchResult::group)
        .mapToInt(found -> Integer.parseInt(found.replaceAll("\\D", "")))
        .max()
        .orElseThrow();
  }

  private static void publish(String bootstrap) {
    try (KafkaProducer<byte[], byte[]> producer = KafkaClients.of(bootstrap, TOPICS).producer()) {
      for (int checkpoint = 0; checkpoint < CHECKPOINTS; checkpoint++) {
        for (int run = 0; run < RUNS; run++) {
          for (int layer = 0; layer < LAYERS; layer++) {
            MetricEvent event =
                DashboardEvents.layer("run" + run, 1_000L * checkpoint, layer, MetricStatus.FINAL)
                    .build();
            producer.send(
                new ProducerRecord<>(
                    TOPICS.metrics(), RecordKeys.of(event), SingleObjectCodec.encode(event)));
          }
        }
      }
      producer.flush();
    }
  }

  @Test
  void aPortThatIsTakenIsToldInASentence() throws Exception {
    try (JavaProcess first = dashboard("first", "--bootstrap", "127.0.0.1:1", "--port", "0")) {
      String address = first.awaitPrinted(ADDRESS);
      String port = Integer.toString(URI.create(address).getPort());
      try (JavaProcess second = dashboard("second", "--bootstrap", "127.0.0.1:1", "--port", port)) {
        second.awaitEnd(90);

        assertThat(second.status()).isEqualTo(3);
        assertThat(second.printed())
            .startsWith("Port " + port + " on 127.0.0.1 could not be opened for the dashboard");
      }
      assertThat(first.terminate()).as(first.printed()).isZero(); // without any Kafka
    }
  }

  @Test
  void whoeverLetsEverybodyInIsTold() throws Exception {
    Path token = Files.writeString(work.resolve("token"), "0123456789abcdef\n");
    try (JavaProcess open =
        dashboard("open", "--bootstrap", "127.0.0.1:1", "--port", "0", "--host", "0.0.0.0")) {
      open.awaitPrinted(ADDRESS);
      assertThat(open.printed()).contains("Everybody who reaches 0.0.0.0 can look");
    }
    Files.setPosixFilePermissions(
        token, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    try (JavaProcess closed =
        dashboard(
            "closed",
            "--bootstrap",
            "127.0.0.1:1",
            "--port",
            "0",
            "--host",
            "0.0.0.0",
            "--token-file",
            token.toString())) {
      closed.awaitPrinted(ADDRESS);
      assertThat(closed.printed())
          .contains("Others on this machine can read or change the token file")
          .doesNotContain("Everybody", "0123456789abcdef");
    }
  }
}
