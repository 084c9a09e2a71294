package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.jobs.watch.Events;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Server-sent events over HTTP. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChangeStreamTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  private final Board board = new Board(10_000);
  private final HttpClient client = HttpClient.newHttpClient();
  private DashboardServer server;

  private void start(ServerLimits limits) {
    server = DashboardServer.start(board, DashboardSettings.onLoopback(0), limits);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<InputStream> open() throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(server.address() + "api/events")).build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  /** Reads events one after the other. */
  private static final class Reader implements AutoCloseable {

    private final BufferedReader lines;

    private Reader(HttpResponse<InputStream> response) {
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type").orElse(""))
          .startsWith("text/event-stream");
      lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The next event's name and data, or a comment; null: the stream has ended. */
    private String next() throws Exception {
      StringBuilder event = new StringBuilder();
      String line = lines.readLine();
      while (line != null && !line.isEmpty()) {
        event.append(line).append(' ');
        line = lines.readLine();
      }
      return line == null ? null : event.toString().strip();
    }

    /** Whether nothing follows: the connection may end before its last chunk says so. */
    private boolean ends() throws Exception {
      try {
        return next() == null;
      } catch (IOException e) {
        return true;
      }
    }

    private JsonNode next(String name, String schema) throws Exception {
      String event = next();
      String start = "event: " + name + " data: ";
      assertThat(event).startsWith(start);
      Description.validate(schema, event.substring(start.length()));
      return new ObjectMapper().readTree(event.substring(start.length()));
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  private void change(String run) {
    board.add(Events.finished(run, 100, 0).build());
    board.tell();
  }

  @Test
  void tellsTheFeedAtOnceAndThenWhatChanges() throws Exception {
    start(new ServerLimits(64, Duration.ZERO, LONG, LONG));
    try (Reader reader = new Reader(open())) {
      assertThat(reader.next("feed", "Feed").get("state").textValue()).isEqualTo("connecting");

      change("a");
      assertThat(reader.next("changed", "Changed").toString())
          .isEqualTo("{\"runs\":[\"a\"],\"metrics\":true,\"alarms\":false,\"correlations\":false}");

      board.feed(board.feed().in(FeedStatus.State.LIVE, "All is read."));
      assertThat(reader.next("feed", "Feed").get("state").textValue()).isEqualTo("live");
    }
  }

  @Test
  void changesThatComeWhileAClientIsNotToldAreOne() {
    start(ServerLimits.DEFAULT);
    Change change = new Change();
    for (int run = 0; run < Change.NAMED_RUNS; run++) {
      change.add(changeOf("run" + run));
    }
    assertThat(change.told().runs()).hasSize(Change.NAMED_RUNS);

    Change more = new Change();
    more.alarms("another");
    change.add(more);
    assertThat(change.told()).isEqualTo(new Change.Told(null, true, true, false));
    change.metrics("run1");
    assertThat(change.told().runs()).isNull();

    Change all = new Change();
    all.everything();
    Change some = changeOf("a");
    some.add(all);
    some.metrics("b");
    assertThat(some.told()).isEqualTo(new Change.Told(null, true, true, true));
  }

  @ParameterizedTest
  @CsvSource({"PT0S, PT5M", "PT5M, PT0S"})
  void oneThatWaitsEndsWhenItIsClosed(Duration apart, Duration ping) throws Exception {
    start(ServerLimits.DEFAULT);
    ChangeStream stream = new ChangeStream(board, new ServerLimits(64, apart, ping, LONG));
    CountDownLatch told = new CountDownLatch(1);
    FutureTask<Void> serving =
        new FutureTask<>(
            () -> {
              stream.serve(
                  new ByteArrayOutputStream() {
                    @Override
                    public void flush() {
                      told.countDown();
                    }
                  });
              return null;
            });
    Thread thread = new Thread(serving);
    thread.start();
    told.await();
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    stream.close();

    assertThat(serving.get()).isNull();
  }

  @Test
  void whatChangesInAPauseIsToldAtItsEnd() throws Exception {
    start(ServerLimits.DEFAULT);
    Duration apart = Duration.ofMillis(250);
    ChangeStream stream = new ChangeStream(board, new ServerLimits(64, apart, LONG, LONG));
    List<String> told = new ArrayList<>();
    ByteArrayOutputStream client =
        new ByteArrayOutputStream() {
          @Override
          public void flush() {
            told.add(toString(StandardCharsets.UTF_8));
            reset();
            switch (told.size()) {
              case 1 -> List.of("a", "b", "c").forEach(run -> stream.changed(changeOf(run)));
              case 2 -> stream.changed(changeOf("d"));
              default -> stream.close();
            }
          }
        };
    long start = System.nanoTime();

    stream.serve(client); // flushes before each pause

    assertThat(told).hasSize(3);
    assertThat(told.get(0)).startsWith("event: feed").doesNotContain("event: changed");
    assertThat(told.get(1)).startsWith("event: changed").contains("[\"a\",\"b\",\"c\"]");
    assertThat(told.get(2)).startsWith("event: changed").contains("[\"d\"]");
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(apart.multipliedBy(2));
  }

  private static Change changeOf(String run) {
    Change change = new Change();
    change.metrics(run);
    return change;
  }

  @Test
  void aClientThatThereIsNothingToTellGetsAComment() throws Exception {
    start(new ServerLimits(64, Duration.ZERO, Duration.ofMillis(50), LONG));
    try (Reader reader = new Reader(open())) {
      reader.next("feed", "Feed");
      assertThat(reader.next()).isEqualTo(": nothing new");
      assertThat(reader.next()).isEqualTo(": nothing new");
    }
  }

  @Test
  void aClientThatReadsNothingIsGivenUpAndOthersAreToldMeanwhile() throws Exception {
    start(new ServerLimits(64, Duration.ZERO, LONG, Duration.ofSeconds(2)));
    try (Socket stalled = new Socket()) {
      stalled.setReceiveBufferSize(4_096);
      stalled.connect(new InetSocketAddress("127.0.0.1", server.port()));
      stalled
          .getOutputStream()
          .write(
              "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      while (server.streams() == 0) {
        Thread.onSpinWait();
      }
      try (Reader reader = new Reader(open())) {
        reader.next("feed", "Feed");
        int told = 0;
        while (server.streams() > 1) {
          change("a-run-with-a-name-of-some-length-".repeat(6) + told);
          assertThat(reader.next("changed", "Changed").get("metrics").booleanValue()).isTrue();
          told++;
        }
        assertThat(server.streams()).isEqualTo(1);
        change("z");
        assertThat(reader.next("changed", "Changed").get("runs").toString()).isEqualTo("[\"z\"]");
      }
    }
  }

  @Test
  void noMoreClientsAreToldThanAreLetIn() throws Exception {
    start(new ServerLimits(1, Duration.ZERO, Duration.ofMillis(50), LONG));
    try (Reader reader = new Reader(open())) {
      reader.next("feed", "Feed");
      HttpResponse<InputStream> second = open();
      assertThat(second.statusCode()).isEqualTo(503);
      String error = new String(second.body().readAllBytes(), StandardCharsets.UTF_8);
      Description.validate("Error", error);
      assertThat(error).contains("connected already (1)");
    }
    while (server.streams() > 0) {
      Thread.onSpinWait(); // the next comment finds the client gone
    }
    try (Reader reader = new Reader(open())) {
      reader.next("feed", "Feed");
    }
  }

  @Test
  void aServerThatStopsEndsItsStreams() throws Exception {
    start(new ServerLimits(64, Duration.ZERO, LONG, LONG));
    try (Reader reader = new Reader(open())) {
      reader.next("feed", "Feed");

      server.close();

      assertThat(server.streams()).isZero();
      assertThat(reader.ends()).isTrue();
    }
  }
}
