package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sounding.jobs.watch.Events;
import io.sounding.jobs.watch.MetricField;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API answers, as its description has it. */
class DashboardServerTest {

  private static final String MARK = "x7q<script>'\"";

  @AutoClose private static final ServedBoard served = new ServedBoard();

  @Test
  void everyPathOfTheDescriptionIsARouteAndTheReverse() {
    assertThat(served.server().routes()).containsExactlyInAnyOrderElementsOf(Description.routes());
  }

  @Test
  void theDescriptionIsServedAsItIs() throws Exception {
    assertThat(served.json("/openapi.json")).isEqualTo(Description.json());
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
    Description.validateAnswer(path, served.json(path).toString());
  }

  @Test
  void checkpointsOfOneMomentStandByTheirIdsWhateverPageIsAskedFor() throws Exception {
    Board board = new Board(10_000);
    for (String id : List.of("p", "a", "z", "b")) { // no order of theirs in a hash table
      board.add(Events.finished("run", 100, 0).setCheckpointId(id).build());
    }
    List<String> ids = new ArrayList<>();
    for (int page = 0; page < 4; page++) {
      Map<String, List<String>> asked =
          Map.of("limit", List.of("1"), "offset", List.of(Integer.toString(page)));
      CheckpointsAnswer.of(board, new Question(asked, CheckpointsAnswer.PARAMETERS))
          .checkpoints()
          .forEach(checkpoint -> ids.add(checkpoint.checkpoint()));
    }

    assertThat(ids).containsExactly("a", "b", "p", "z");
  }

  @Test
  void theOverviewSaysWhatThereIs() throws Exception {
    JsonNode overview = served.json("/api/overview");

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
    JsonNode checkpoints = served.json("/api/checkpoints?run=a").get("checkpoints");

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
    assertThat(served.json("/api/checkpoints?status=FINAL").get("total").intValue()).isEqualTo(1);
    JsonNode second = served.json("/api/checkpoints?limit=1&offset=1");
    assertThat(second.get("total").intValue()).isEqualTo(4);
    assertThat(second.at("/checkpoints/0/step").intValue()).isEqualTo(200);
  }

  @Test
  void correlationsAreSortedBySizeAndThoseAcrossRunsAnswerEveryRun() throws Exception {
    assertThat(served.json("/api/correlations").get("correlations"))
        .extracting(correlation -> correlation.get("spearman").toString())
        .containsExactly("-0.75", "0.5", "null");
    assertThat(served.json("/api/correlations?run=b").get("correlations"))
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
    assertThat(served.sentence(400, path)).matches("[A-Z/].{15,}\\.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "corpus"})
  void aNameLongerThanThereMayBeIsRefused(String parameter) throws Exception {
    String name = "a".repeat(200); // the longest that is admitted as an id
    assertThat(served.json("/api/alarms?" + parameter + "=" + name).get("total").intValue())
        .isZero();
    assertThat(served.sentence(400, "/api/alarms?" + parameter + "=" + name + "a"))
        .isEqualTo("Parameter %s is longer than 200 characters.".formatted(parameter));
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
      HttpResponse<String> response = served.get(path);
      assertThat(response.body()).as(path).doesNotContain("x7q");
      assertThat(response.headers().toString()).as(path).doesNotContain("x7q");
    }
  }
}
