package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.jobs.watch.Events;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.CorrelationScope;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A server with a few events of two runs, and a client that asks it. */
final class ServedBoard implements AutoCloseable {

  static final ObjectMapper MAPPER = new ObjectMapper();

  private final Board board = new Board(10_000);
  private final DashboardServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  ServedBoard() {
    board.add(Events.finished("a", 100, 0).setTrainingLoss(Double.NaN).build());
    board.add(Events.finished("a", 100, 1).build());
    board.add(Events.partial("a", 200, 0).build());
    board.add(Events.finished("b & c", 100, 1).setCorpusId("other").build());
    board.add(Events.failed("a", 300, "The model file is gone.").build());
    board.add(new byte[] {'k'}, Events.alarm(AlarmState.RAISED, "a", 100, null).build());
    board.add(
        new byte[] {'l'},
        Events.alarm(AlarmState.CLEARED, "a", 100, 1).setValue(Double.NaN).build());
    board.add(new byte[] {'m'}, correlation("a", -0.75));
    board.add(new byte[] {'n'}, correlation("b", null));
    board.add(new byte[] {'o'}, correlation(null, 0.5));
    server = DashboardServer.start(board, DashboardSettings.onLoopback(0), ServerLimits.DEFAULT);
  }

  Board board() {
    return board;
  }

  DashboardServer server() {
    return server;
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

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(server.address()).resolve(path));
  }

  <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
      throws Exception {
    return client.send(request.build(), body);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return send(request, HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(to(path));
  }

  /** The answer to a question that can be answered. */
  JsonNode json(String path) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return MAPPER.readTree(response.body());
  }

  /** The sentence that is answered with a status. */
  String sentence(int status, String path) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    Description.validate("Error", response.body());
    return MAPPER.readTree(response.body()).get("error").textValue();
  }

  @Override
  public void close() {
    server.close();
  }
}
