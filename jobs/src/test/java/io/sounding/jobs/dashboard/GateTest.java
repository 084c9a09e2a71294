package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is let in. */
class GateTest {

  private static final String TOKEN = "0123456789abcdef0123456789abcdef";

  private final Board board = new Board(10_000);
  private final HttpClient client = HttpClient.newHttpClient();
  private DashboardServer server;

  private void start(String host, String token) {
    board.add(Events.finished("secret-run", 100, 0).build());
    server =
        DashboardServer.start(
            board, new DashboardSettings(host, 0, token, 10_000), ServerLimits.DEFAULT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> send(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** With a Host header of one's own, which Java's client does not send. */
  private int statusUnder(String hostHeader, String path) throws IOException {
    return status(
        "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, hostHeader));
  }

  private int status(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return Integer.parseInt(answer.substring(9, 12));
    }
  }

  @Test
  void withATokenOnlyThoseWhoSendItGetNumbers() throws Exception {
    start("127.0.0.1", TOKEN);
    List<String> paths =
        List.of(
            "/api/overview",
            "/api/series?run=secret-run&corpus=dev&layer=last&metric=rankMe",
            "/api/checkpoints",
            "/api/alarms",
            "/api/correlations",
            "/api/events");
    for (String path : paths) {
      for (String[] headers :
          new String[][] {
            {},
            {"Authorization", "Bearer " + TOKEN.toUpperCase(java.util.Locale.ROOT)},
            {"Authorization", "Bearer "},
            {"Authorization", "Basic " + TOKEN},
            {"Cookie", "sounding-session-%d=%s".formatted(server.port(), TOKEN)},
            {"Cookie", "sounding-session-%d=".formatted(server.port())}
          }) {
        HttpResponse<String> refused = send("GET", path, headers);
        assertThat(refused.statusCode()).as(path).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        Description.validate("Error", refused.body());
      }
      if (!path.equals("/api/events")) {
        assertThat(send("GET", path, "Authorization", "bearer " + TOKEN).statusCode())
            .as(path)
            .isEqualTo(200);
      }
    }
    for (String path : List.of("/healthz", "/openapi.json", "/lib/echarts-6.1.0.min.js")) {
      assertThat(send("GET", path).statusCode()).as(path).isEqualTo(200);
    }
    for (String path :
        List.of(
            "/%61pi/overview",
            "/api/%6fverview",
            "/api;a=b/overview",
            "/API/overview",
            "/./api/overview",
            "/lib/../api/overview",
            "/api/overview/",
            "//api/overview")) {
      assertThat(send("GET", path).body()).as(path).doesNotContain("secret-run");
    }
  }

  @Test
  void aCookieStandsForTheTokenUntilTheServerStops() throws Exception {
    start("127.0.0.1", TOKEN);
    assertThat(send("POST", "/api/session").statusCode()).isEqualTo(401);
    HttpResponse<String> session = send("POST", "/api/session", "Authorization", "Bearer " + TOKEN);
    assertThat(session.statusCode()).isEqualTo(204);
    String cookie = session.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie)
        .startsWith("sounding-session-%d=".formatted(server.port()))
        .contains("HttpOnly", "SameSite=Strict", "Path=/")
        .doesNotContain(TOKEN);
    String sent = cookie.substring(0, cookie.indexOf(';'));

    assertThat(send("GET", "/api/overview", "Cookie", sent).statusCode()).isEqualTo(200);
    assertThat(send("POST", "/api/session", "Cookie", sent).statusCode()).isEqualTo(401);

    server.close();
    start("127.0.0.1", TOKEN);
    String renamed = sent.replaceFirst("session-\\d+", "session-" + server.port());
    assertThat(send("GET", "/api/overview", "Cookie", renamed).statusCode()).isEqualTo(401);
  }

  @Test
  void twoDashboardsOfAHostDoNotTakeEachOthersCookie() throws Exception {
    start("127.0.0.1", TOKEN);
    String first = cookie();
    try (DashboardServer other =
        DashboardServer.start(
            board, new DashboardSettings("127.0.0.1", 0, TOKEN, 10_000), ServerLimits.DEFAULT)) {
      DashboardServer own = server;
      server = other;
      String second = cookie();
      for (DashboardServer asked : List.of(own, other)) {
        server = asked;
        String both = first + "; " + second;
        assertThat(send("GET", "/api/overview", "Cookie", both).statusCode()).isEqualTo(200);
      }
      assertThat(send("GET", "/api/overview", "Cookie", first).statusCode()).isEqualTo(401);
      assertThat(first.substring(0, first.indexOf('=')))
          .isNotEqualTo(second.substring(0, second.indexOf('=')));
      server = own;
    }
  }

  private String cookie() throws Exception {
    HttpResponse<String> session = send("POST", "/api/session", "Authorization", "Bearer " + TOKEN);
    String cookie = session.headers().firstValue("Set-Cookie").orElseThrow();
    return cookie.substring(0, cookie.indexOf(';'));
  }

  @Test
  void withoutATokenNoCookieIsSet() throws Exception {
    start("127.0.0.1", null);
    HttpResponse<String> session = send("POST", "/api/session");

    assertThat(session.statusCode()).isEqualTo(204);
    assertThat(session.headers().map()).doesNotContainKey("set-cookie");
  }

  @Test
  void onLoopbackItAnswersUnderTheNamesOfThisMachineOnly() throws Exception {
    start("127.0.0.1", null);
    String port = ":" + server.port();
    for (String name : List.of("localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]")) {
      assertThat(statusUnder(name + port, "/api/overview")).as(name).isEqualTo(200);
      assertThat(statusUnder(name, "/api/overview")).as(name).isEqualTo(200);
    }
    for (String name :
        List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1")) {
      assertThat(statusUnder(name + port, "/api/overview")).as(name).isEqualTo(403);
      assertThat(statusUnder(name + port, "/")).as(name).isEqualTo(403);
      assertThat(statusUnder(name + port, "/healthz")).as(name).isEqualTo(200);
    }
    assertThat(statusUnder("", "/api/overview")).isIn(400, 403);
    assertThat(status("GET /api/overview HTTP/1.0\r\n\r\n")).isEqualTo(403);
  }

  @Test
  void thePlaceThatIsListenedOnIsANameToo() throws Exception {
    start("127.0.0.1", null);
    for (String host : List.of("fe80::A7", "[fe80::a7]")) {
      assertThat(new LocalNames(host).contain("[FE80::a7]:8085")).as(host).isTrue();
      assertThat(new LocalNames(host).contain("[fe80::a8]:8085")).as(host).isFalse();
    }
  }

  @Test
  void withATokenOrForOtherMachinesItAnswersUnderAnyName() throws Exception {
    start("0.0.0.0", null);
    assertThat(statusUnder("training.example", "/api/overview")).isEqualTo(200);
    server.close();
    start("127.0.0.1", TOKEN);
    assertThat(statusUnder("training.example", "/api/overview")).isEqualTo(401);
  }
}
