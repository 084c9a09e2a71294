package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.jobs.watch.Events;
import io.sounding.jobs.watch.MetricField;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.CorrelationScope;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API over HTTP, as its description has it. */
class DashboardServerTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String MARK = "x7q<script>'\"";
  private static final Board BOARD = new Board(10_000);
  private static DashboardServer server;
  private static HttpClient client;

  @BeforeAll
  static void start() {
    BOARD.add(Events.finished("a", 100, 0).setTrainingLoss(Double.NaN).build());
    BOARD.add(Events.finished("a", 100, 1).build());
    BOARD.add(Events.partial("a", 200, 0).build());
    BOARD.add(Events.finished("b & c", 100, 1).setCorpusId("other").build());
    BOARD.add(Events.failed("a", 300, "The model file is gone.").build());
    BOARD.add(new byte[] {'k'}, Events.alarm(AlarmState.RAISED, "a", 100, null).build());
    BOARD.add(
        new byte[] {'l'},
        Events.alarm(AlarmState.CLEARED, "a", 100, 1).setValue(Double.NaN).build());
    BOARD.add(new byte[] {'m'}, correlation("a", -0.75));
    BOARD.add(new byte[] {'n'}, correlation("b", null));
    BOARD.add(new byte[] {'o'}, correlation(null, 0.5));
    server = DashboardServer.start(BOARD, DashboardSettings.onLoopback(0), ServerLimits.DEFAULT);
    client = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static CorrelationEvent correlation(String run, Double spearman) {
    return CorrelationEvent.newBuilder()
        .setScope(run == null ? CorrelationScope.ACROSS_RUNS : CorrelationScope.ALONG_RUN)
        .setRunId(run)
        .setStep(run == null ? 400L : null)
        .setScoreStep(run == null ? 400L : null)
        .setCorpusId("dev")
        .setLayer(1)
        .setMetric("rankMe")
        .setTask("asr-wer")
        .setPairs(8)
        .setSpearman(spearman)
        .setEmittedAt(Events.NOON)
        .build();
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(server.address()).resolve(path));
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return client.send(to(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(String path) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return MAPPER.readTree(response.body());
  }

  private static String sentence(int status, String path) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    Description.validate("Error", response.body());
    return MAPPER.readTree(response.body()).get("error").textValue();
  }

  @Test
  void everyPathOfTheDescriptionIsARouteAndTheReverse() {
    assertThat(server.routes()).containsExactlyInAnyOrderElementsOf(Description.routes());
  }

  @Test
  void theDescriptionIsServedAsItIs() throws Exception {
    assertThat(json("/openapi.json")).isEqualTo(Description.json());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/overview",
        "/api/series?run=a&run=b+%26+c&corpus=dev&layer=all&metric=rankMe&metric=silhouette",
        "/api/series?run=b+%26+c&corpus=other&layer=last&layer=0&metric=deadClusters",
        "/api/series?run=none&corpus=dev&layer=last&metric=rankMe",
        "/api/checkpoints",
        "/api/checkpoints?run=a&corpus=dev&status=FAILED&limit=1&offset=0",
        "/api/alarms",
        "/api/alarms?run=a&corpus=dev&limit=1",
        "/api/alarms?corpus=%00%ff", // a name as good as any
        "/api/correlations",
        "/api/correlations?run=a&corpus=dev&task=asr-wer&scope=ALONG_RUN&limit=1&offset=0"
      })
  void everyAnswerIsAsItsSchemaSays(String path) throws Exception {
    Description.validateAnswer(path, json(path).toString());
  }

  @Test
  void theOverviewSaysWhatThereIs() throws Exception {
    JsonNode overview = json("/api/overview");

    assertThat(overview.at("/held/events").intValue()).isEqualTo(5);
    assertThat(overview.get("metrics")).hasSameSizeAs(MetricField.ALL);
    assertThat(overview.get("corpora").toString()).isEqualTo("[\"dev\",\"other\"]");
    assertThat(overview.get("tasks").toString()).isEqualTo("[\"asr-wer\"]");
    assertThat(overview.get("runs").toString())
        .isEqualTo(
            "[{\"name\":\"a\",\"openAlarms\":1,\"on\":[{\"corpus\":\"dev\",\"layers\":[0,1],\"checkpoints\":3,\"evaluating\":1,\"failed\":1,\"firstStep\":100,\"lastStep\":300,\"lastAt\":\"2027-01-15T08:00:00.123Z\"}]},"
                + "{\"name\":\"b & c\",\"openAlarms\":0,\"on\":[{\"corpus\":\"other\",\"layers\":[1],\"checkpoints\":1,\"evaluating\":1,\"failed\":0,\"firstStep\":100,\"lastStep\":100,\"lastAt\":\"2027-01-15T08:00:00.123Z\"}]}]");
  }

  @Test
  void checkpointsTellTheirStatusFailuresAndCost() throws Exception {
    JsonNode checkpoints = json("/api/checkpoints?run=a").get("checkpoints");

    assertThat(checkpoints)
        .extracting(
            checkpoint ->
                "%s %s %s %s %s/%s %s %s %s %s"
                    .formatted(
                        checkpoint.get("step"),
                        checkpoint.get("status"),
                        checkpoint.get("failureReason"),
                        checkpoint.get("trainingLoss"),
                        checkpoint.get("layersFinal"),
                        checkpoint.get("layers"),
                        checkpoint.get("embedSeconds"),
                        checkpoint.get("foldSeconds"),
                        checkpoint.get("loadSeconds"),
                        checkpoint.get("audioSecondsPerSecond")))
        .containsExactly(
            "300 \"FAILED\" \"The model file is gone.\" null 0/null null null null null",
            "200 \"EVALUATING\" null " + 6.0 / 201 + " 0/2 5.5 0.5 1.25 42.5",
            "100 \"FINAL\" null " + 6.0 / 101 + " 2/2 5.5 1.0 1.25 42.5");
    assertThat(json("/api/checkpoints?status=FINAL").get("total").intValue()).isEqualTo(1);
    JsonNode second = json("/api/checkpoints?limit=1&offset=1");
    assertThat(second.get("total").intValue()).isEqualTo(4);
    assertThat(second.at("/checkpoints/0/step").intValue()).isEqualTo(200);
  }

  @Test
  void correlationsAreSortedBySizeAndThoseAcrossRunsAnswerEveryRun() throws Exception {
    assertThat(json("/api/correlations").get("correlations"))
        .extracting(correlation -> correlation.get("spearman").toString())
        .containsExactly("-0.75", "0.5", "null");
    assertThat(json("/api/correlations?run=b").get("correlations"))
        .extracting(correlation -> correlation.get("run").toString())
        .containsExactly("null", "\"b\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/overview?a=b",
        "/api/series",
        "/api/series?run=a&corpus=dev&layer=last",
        "/api/series?run=a&corpus=dev&layer=last&metric=none",
        "/api/series?run=a&corpus=dev&corpus=dev&layer=last&metric=rankMe",
        "/api/series?run=a&corpus=dev&layer=0x1&metric=rankMe",
        "/api/checkpoints?limit=0",
        "/api/checkpoints?limit=1001",
        "/api/checkpoints?offset=-1",
        "/api/checkpoints?offset=99999999999",
        "/api/checkpoints?status=final",
        "/api/alarms?limit=5001",
        "/api/correlations?scope=UNKNOWN",
        "/api/events?run=a"
      })
  void whatCannotBeAnsweredIsToldInASentence(String path) throws Exception {
    assertThat(sentence(400, path)).matches("[A-Z/].{15,}\\.");
  }

  @Test
  void nothingOfARequestComesBack() throws Exception {
    String mark = URLEncoder.encode(MARK, StandardCharsets.UTF_8);
    for (String path :
        List.of(
            "/" + mark,
            "/api/" + mark,
            "/lib/" + mark + ".js",
            "/api/overview?" + mark + "=1",
            "/api/alarms?limit=" + mark,
            "/api/alarms?run=" + mark + "&corpus=" + mark,
            "/api/checkpoints?status=" + mark,
            "/api/correlations?task=" + mark,
            "/api/correlations?scope=" + mark,
            "/api/series?run=a&corpus=dev&layer=" + mark + "&metric=rankMe",
            "/api/series?run=a&corpus=dev&layer=0&metric=" + mark,
            "/api/series?run=" + mark + "&corpus=dev&layer=0&metric=rankMe")) {
      HttpResponse<String> response = get(path);
      assertThat(response.body()).as(path).doesNotContain("x7q");
      assertThat(response.headers().toString()).as(path).doesNotContain("x7q");
    }
  }

  @Test
  void everyAnswerTellsBrowsersWhatItMayBeUsedFor() throws Exception {
    List<HttpResponse<String>> answers = new ArrayList<>();
    for (String path :
        List.of(
            "/api/alarms",
            "/api/alarms?a=b",
            "/none",
            "/healthz",
            "/openapi.json",
            "/lib/echarts-6.1.0.min.js",
            "/%2e%2e/secret")) {
      answers.add(get(path));
    }
    answers.add(
        client.send(to("/api/alarms").DELETE().build(), HttpResponse.BodyHandlers.ofString()));
    assertThat(answers)
        .extracting(HttpResponse::statusCode)
        .containsExactly(200, 400, 404, 200, 200, 200, 400, 405);
    for (HttpResponse<String> answer : answers) {
      Gate.HEADERS.forEach(
          (name, value) ->
              assertThat(answer.headers().allValues(name))
                  .as("%s of %s", name, answer.uri().getPath())
                  .containsExactly(value));
      assertThat(answer.headers().map())
          .doesNotContainKeys("server", "access-control-allow-origin");
    }
    assertThat(Gate.HEADERS.get("Content-Security-Policy"))
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
        .doesNotContain("unsafe");
  }

  /** Longer by one byte only: of what the server does not read, TCP may make a reset connection. */
  @Test
  void aRequestLongerThanTheServerReadsIsAnsweredLikeOthers() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String begun = "GET /api/alarms?run=";
      String tooLong = begun + "a".repeat((64 << 10) + 1 - begun.length());
      socket.getOutputStream().write(tooLong.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 414 ");
      Gate.HEADERS.forEach((name, value) -> assertThat(answer).contains(name + ": " + value));
    }
  }

  @Test
  void answersOfTheApiAreNotKeptAndLibrariesAreKeptForEver() throws Exception {
    assertThat(get("/api/alarms").headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(get("/lib/none.js").headers().firstValue("Cache-Control")).contains("no-store");
    HttpResponse<String> library = get("/lib/echarts-6.1.0.min.js");
    assertThat(library.headers().firstValue("Cache-Control"))
        .contains("public, max-age=31536000, immutable");
    String tag = library.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again =
        client.send(
            to("/lib/echarts-6.1.0.min.js").header("If-None-Match", tag).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/openapi",
        "/lib",
        "/lib/",
        "/lib/echarts-6.1.0.LICENSE",
        "/PageFiles.class",
        "/lib/..;/openapi.json",
        "/api/",
        "/api/overview/",
        "//openapi.json"
      })
  void onlyThePageIsServedOfTheJar(String path) throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(server.address().replaceFirst("/$", "") + path))
                .build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).as(response.body()).isIn(400, 404);
  }

  @Test
  void answersAreCompressedForThoseWhoReadThat() throws Exception {
    HttpResponse<byte[]> compressed =
        client.send(
            to("/api/overview").header("Accept-Encoding", "br, gzip;q=0.5").build(),
            HttpResponse.BodyHandlers.ofByteArray());
    HttpResponse<String> refused =
        client.send(
            to("/api/overview").header("Accept-Encoding", "gzip;q=0").build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(refused.headers().firstValue("Content-Encoding")).isEmpty();
    try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
      assertThat(MAPPER.readTree(plain)).isEqualTo(MAPPER.readTree(refused.body()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {";", ",", ";;q=0", "; gzip", "q=1;gzip"})
  void whatNamesNoCompressionGetsNone(String accepted) throws Exception {
    HttpResponse<String> response =
        client.send(
            to("/api/alarms").header("Accept-Encoding", accepted).build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
  }

  @Test
  void aPathOfManyFoldersIsNotFound() throws Exception {
    assertThat(sentence(404, "/a".repeat(15_000))).startsWith("There is nothing here");
  }

  @Test
  void headAnswersWithoutABody() throws Exception {
    for (String path : List.of("/api/overview", "/healthz", "/api/events")) {
      HttpResponse<String> response =
          client.send(
              to(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(path).isEqualTo(200);
      assertThat(response.body()).as(path).isEmpty();
    }
    assertThat(server.streams()).isZero();
  }

  @Test
  void nothingCanBeWritten() throws Exception {
    for (String method : List.of("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")) {
      HttpResponse<String> response =
          client.send(
              to("/api/alarms").method(method, HttpRequest.BodyPublishers.ofString("{}")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(method).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).as(method).contains("GET, HEAD");
    }
    assertThat(get("/api/session").statusCode()).isEqualTo(405);
  }

  @Test
  void aPortThatIsTakenIsToldInASentence() {
    assertThatThrownBy(
            () ->
                DashboardServer.start(
                    BOARD, DashboardSettings.onLoopback(server.port()), ServerLimits.DEFAULT))
        .isInstanceOf(DashboardException.class)
        .hasMessageStartingWith("Port %d on 127.0.0.1 could not be opened", server.port());
  }

  @ParameterizedTest
  @ValueSource(strings = {"203.0.113.7", "none.invalid"})
  void aHostThatIsAnotherMachineIsToldInASentence(String host) {
    assertThatThrownBy(
            () ->
                DashboardServer.start(
                    BOARD, new DashboardSettings(host, 0, null, 10_000), ServerLimits.DEFAULT))
        .isInstanceOf(DashboardException.class)
        .hasMessageStartingWith("The dashboard cannot listen on %s, which is no name", host);
  }

  @Test
  void pagesOfOtherSitesGetNothing() throws Exception {
    Map<String, Integer> statuses =
        Map.of("cross-site", 403, "same-site", 403, "same-origin", 200, "none", 200);
    for (Map.Entry<String, Integer> expected : statuses.entrySet()) {
      HttpResponse<String> response =
          client.send(
              to("/api/alarms").header("Sec-Fetch-Site", expected.getKey()).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(expected.getKey()).isEqualTo(expected.getValue());
    }
  }
}
