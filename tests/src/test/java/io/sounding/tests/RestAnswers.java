package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;

/** What Flink's REST interface, and hence its web UI, tells of a job and of the cluster. */
final class RestAnswers {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI root;
  private final Map<String, String> answers = new TreeMap<>();

  private RestAnswers(URI root) {
    this.root = root;
  }

  /** The answers by their paths. */
  static Map<String, String> of(URI root, JobID id) throws IOException, InterruptedException {
    RestAnswers rest = new RestAnswers(root);
    String job = "/jobs/" + id;
    for (JsonNode vertex : rest.get(job).get("vertices")) {
      String at = job + "/vertices/" + vertex.get("id").asText();
      rest.getAll(List.of(at, at + "/taskmanagers", at + "/accumulators", at + "/metrics"));
    }
    for (String part :
        List.of(
            "config",
            "plan",
            "exceptions",
            "checkpoints",
            "checkpoints/config",
            "accumulators",
            "metrics",
            "jobmanager/config",
            "jobmanager/environment")) {
      rest.get(job + "/" + part);
    }
    for (JsonNode manager : rest.get("/taskmanagers").get("taskmanagers")) {
      String at = "/taskmanagers/" + manager.get("id").asText();
      rest.getAll(List.of(at, at + "/thread-dump"));
    }
    rest.getAll(List.of("/config", "/overview", "/jobs/overview", "/jobmanager/config"));
    rest.getAll(List.of("/jobmanager/environment", "/jobmanager/metrics"));
    rest.get("/jobmanager/thread-dump");
    return rest.answers;
  }

  private void getAll(List<String> paths) throws IOException, InterruptedException {
    for (String path : paths) {
      get(path);
    }
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(root.resolve(path)).build(),
            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    answers.put(path, answer.body());
    return JSON.readTree(answer.body());
  }
}
