package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of every answer: headers, compression, methods, limits, and who gets one. */
class DashboardHttpTest {

  @AutoClose private static final ServedBoard served = new ServedBoard();

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
      answers.add(served.get(path));
    }
    answers.add(served.send(served.to("/api/alarms").DELETE()));
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
    assertThat(answers.get(6).headers().firstValue("Connection")).contains("close");
    assertThat(Gate.HEADERS.get("Content-Security-Policy"))
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
        .doesNotContain("unsafe");
  }

  /** Longer by one byte only: of what the server does not read, TCP may make a reset connection. */
  @Test
  void aRequestLongerThanTheServerReadsIsAnsweredLikeOthers() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.server().port())) {
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
    assertThat(served.get("/api/alarms").headers().firstValue("Cache-Control"))
        .contains("no-store");
    assertThat(served.get("/lib/none.js").headers().firstValue("Cache-Control"))
        .contains("no-store");
    HttpResponse<String> library = served.get("/lib/echarts-6.1.0.min.js");
    assertThat(library.headers().firstValue("Cache-Control"))
        .contains("public, max-age=31536000, immutable");
    String tag = library.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again =
        served.send(served.to("/lib/echarts-6.1.0.min.js").header("If-None-Match", tag));
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
        served.send(
            HttpRequest.newBuilder(
                URI.create(served.server().address().replaceFirst("/$", "") + path)));

    assertThat(response.statusCode()).as(response.body()).isIn(400, 404);
  }

  @Test
  void answersAreCompressedForThoseWhoReadThat() throws Exception {
    HttpResponse<byte[]> compressed =
        served.send(
            served.to("/api/overview").header("Accept-Encoding", "br, gzip;q=0.5"),
            HttpResponse.BodyHandlers.ofByteArray());
    HttpResponse<String> refused =
        served.send(served.to("/api/overview").header("Accept-Encoding", "gzip;q=0"));

    assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(refused.headers().firstValue("Content-Encoding")).isEmpty();
    try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
      assertThat(ServedBoard.MAPPER.readTree(plain))
          .isEqualTo(ServedBoard.MAPPER.readTree(refused.body()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {";", ",", ";;q=0", "; gzip", "q=1;gzip"})
  void whatNamesNoCompressionGetsNone(String accepted) throws Exception {
    HttpResponse<String> response =
        served.send(served.to("/api/alarms").header("Accept-Encoding", accepted));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
  }

  @Test
  void aPathOfManyFoldersIsNotFound() throws Exception {
    assertThat(served.sentence(404, "/a".repeat(15_000))).startsWith("There is nothing here");
  }

  @Test
  void headAnswersWithoutABody() throws Exception {
    for (String path : List.of("/api/overview", "/healthz", "/api/events")) {
      HttpResponse<String> response =
          served.send(served.to(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
      assertThat(response.statusCode()).as(path).isEqualTo(200);
      assertThat(response.body()).as(path).isEmpty();
    }
    assertThat(served.server().streams()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthz", "/", "/lib/echarts-6.1.0.min.js"})
  void headTellsNoOtherLengthThanGetSends(String path) throws Exception {
    HttpResponse<String> whole = served.get(path);
    HttpResponse<String> head =
        served.send(served.to(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length"))
        .isEqualTo(whole.headers().firstValue("Content-Length"));
  }

  @Test
  void nothingCanBeWritten() throws Exception {
    for (String method : List.of("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")) {
      HttpResponse<String> response =
          served.send(
              served.to("/api/alarms").method(method, HttpRequest.BodyPublishers.ofString("{}")));
      assertThat(response.statusCode()).as(method).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).as(method).contains("GET, HEAD");
    }
    assertThat(served.get("/api/session").statusCode()).isEqualTo(405);
  }

  @Test
  void aPortThatIsTakenIsToldInASentence() {
    assertThatThrownBy(
            () ->
                DashboardServer.start(
                    served.board(),
                    DashboardSettings.onLoopback(served.server().port()),
                    ServerLimits.DEFAULT))
        .isInstanceOf(DashboardException.class)
        .hasMessageStartingWith("Port %d on 127.0.0.1 could not be opened", served.server().port());
  }

  @ParameterizedTest
  @ValueSource(strings = {"203.0.113.7", "none.invalid"})
  void aHostThatIsAnotherMachineIsToldInASentence(String host) {
    assertThatThrownBy(
            () ->
                DashboardServer.start(
                    served.board(),
                    new DashboardSettings(host, 0, null, 10_000),
                    ServerLimits.DEFAULT))
        .isInstanceOf(DashboardException.class)
        .hasMessageStartingWith("The dashboard cannot listen on %s, which is no name", host);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, http://127.0.0.1:80/",
    "::1, http://[::1]:80/",
    "[::1], http://[::1]:80/",
    "::, http://127.0.0.1:80/",
    "0.0.0.0, http://127.0.0.1:80/"
  })
  void theAddressIsOneThatABrowserTakes(String host, String address) {
    assertThat(new DashboardSettings(host, 0, null, 10_000).address(80)).isEqualTo(address);
  }

  @Test
  void pagesOfOtherSitesGetNothing() throws Exception {
    Map<String, Integer> statuses =
        Map.of("cross-site", 403, "same-site", 403, "same-origin", 200, "none", 200);
    for (Map.Entry<String, Integer> expected : statuses.entrySet()) {
      HttpResponse<String> response =
          served.send(served.to("/api/alarms").header("Sec-Fetch-Site", expected.getKey()));
      assertThat(response.statusCode()).as(expected.getKey()).isEqualTo(expected.getValue());
    }
  }

  @Test
  void aLinkOnAPageOfAnotherSiteLeadsToTheDashboard() throws Exception {
    HttpResponse<String> page = served.send(served.to("/").header("Sec-Fetch-Site", "cross-site"));
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("<html");
  }

  @Test
  void thePageSaysThatThereIsNoneOnlyWhenItWasAnswered() throws Exception {
    assertThat(served.send(served.to("/")).body())
        .containsPattern("id=\"alarms-empty\"[^>]* hidden>")
        .containsPattern("id=\"correlations-empty\"[^>]* hidden>");
  }
}
