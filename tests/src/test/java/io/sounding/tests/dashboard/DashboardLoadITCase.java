package io.sounding.tests.dashboard;

import static io.sounding.tests.PublishedEvents.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.cli.Sounding;
import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.schemas.ClusterFamily;
import io.sounding.schemas.MetricEvent;
import io.sounding.tests.JavaProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** As many events as a year of training leaves: the server holds them, the page shows them. */
@Timeout(600)
class DashboardLoadITCase {

  private static final int RUNS = 50;
  private static final int CHECKPOINTS = 400;
  private static final int LAYERS = 12;
  private static final int EVENTS = RUNS * CHECKPOINTS * LAYERS;

  @TempDir private Path work;

  @Test
  void aQuarterOfAMillionEventsInHalfAGigabyte() {
    try (Browser browser = Browser.start(work);
        EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"));
        TrainingTopics topics = TrainingTopics.make(broker, "sounding")) {
      long start = System.nanoTime();
      long bytes = publish(topics);
      tell("%,d events of %,d bytes published in %,d ms", EVENTS, bytes / EVENTS, since(start));

      start = System.nanoTime();
      try (JavaProcess server =
          JavaProcess.start(
              "dashboard",
              work.resolve("server"),
              List.of("-Xmx512m", "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError"),
              Sounding.class,
              RunningDashboard.arguments(topics, 0))) {
        String address = server.awaitPrinted(RunningDashboard.ADDRESS);
        DashboardPage page = browser.open(address);
        double whileLoading = page.awaitFirstCurve();
        page.awaitAttribute("html", "data-feed", "live");
        tell("all read %,d ms after the server's start", since(start));
        tell("first curve after %.0f ms while the server reads", whileLoading);

        page = browser.open(address);
        tell("first curve after %.0f ms when it has read all", page.awaitFirstCurve());
        page.awaitState("ready").awaitChart("points", 8 * CHECKPOINTS);
        assertThat(page.text("#runs-count")).isEqualTo("8 of 50 shown");
        assertThat(page.text("#held")).startsWith("240,000 of at most");

        page.click("#runs-matching");
        page.awaitChart("points", RUNS * CHECKPOINTS);
        page.keepScreenshot("fifty-runs");
        askForMuchAtOnce(address);
        tell(
            "heap %,d MB after a collection, resident %,d MB",
            server.liveHeapBytes() >> 20, server.residentBytes() >> 20);
        assertThat(server.isAlive()).as(server.printed()).isTrue();
        assertThat(browser.complaints()).isEmpty();
      }
    }
  }

  /** Eight times nearly as much as one may ask for. */
  private static void askForMuchAtOnce(String address) {
    String runs =
        IntStream.range(0, 40).mapToObj("&run=run%02d"::formatted).collect(Collectors.joining());
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    address
                        + "api/series?corpus=dev&layer=all&metric=rankMe&metric=silhouette"
                        + runs))
            .build();
    HttpClient client = HttpClient.newHttpClient();
    List<CompletableFuture<HttpResponse<String>>> answers =
        Stream.generate(() -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
            .limit(8)
            .toList();
    assertThat(answers)
        .allSatisfy(
            answer -> {
              assertThat(answer.join().statusCode()).isEqualTo(200);
              assertThat(answer.join().body()).contains("\"run39\"").endsWith("}");
            });
  }

  private static long publish(TrainingTopics topics) {
    List<MetricEvent> layers =
        IntStream.range(0, LAYERS).mapToObj(DashboardLoadITCase::layer).toList();
    long bytes = 0;
    for (int run = 0; run < RUNS; run++) {
      topics.begin();
      for (int checkpoint = 1; checkpoint <= CHECKPOINTS; checkpoint++) {
        for (MetricEvent event : layers) {
          event.setRunId("run%02d".formatted(run));
          event.setStep(500L * checkpoint);
          event.setCheckpointId("step%06d.pt".formatted(500 * checkpoint));
          event.getRank().setRankMe((50 + run) * (1 - Math.exp(-checkpoint / 80.0)) + 1);
          bytes += topics.send(event);
        }
      }
      topics.commit();
    }
    return bytes;
  }

  /** With every field that a job fills. */
  private static MetricEvent layer(int layer) {
    MetricEvent.Builder event =
        event("", 0, layer, 1)
            .setLayers(LAYERS)
            .setFrames(1_473_500)
            .setSeed(7_046_029_254_386_353_131L)
            .setShards(8)
            .setClusters(
                ClusterFamily.newBuilder()
                    .setInertiaPerFrame(42.5 + layer)
                    .setInertiaStdErr(0.25)
                    .setInertiaNormalised(0.625)
                    .setDaviesBouldin(3.5)
                    .setSilhouette(0.03125)
                    .setSilhouetteStdErr(0.001)
                    .setSilhouetteFrames(4_000)
                    .setSimplifiedSilhouette(0.125)
                    .setCalinskiHarabasz(310.5)
                    .setUsagePerplexity(58.25)
                    .setKRequested(64)
                    .setLloydIterations(21)
                    .build());
    event.getRank().setAlphaReQ(0.5 + layer / 24.0);
    return event.build();
  }

  private static long since(long start) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  private static void tell(String format, Object... arguments) {
    System.out.println("dashboard: " + format.formatted(arguments));
  }
}
