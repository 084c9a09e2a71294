package io.sounding.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import dev.failsafe.RetryPolicyConfig;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The three questions of Confluent's REST interface that records need. Nothing is remembered here.
 * Whatever is not an answer (no connection, 401, 503, an answer of something else than a registry)
 * is asked again until patience ends. Thread-safe.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">Schema
 *     Registry API reference</a>
 */
final class SchemaRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistry.class);

  private static final String JSON = "application/vnd.schemaregistry.v1+json";
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration TOLD_EVERY = Duration.ofMinutes(1);

  /** Confluent's error codes of what is not there: subject, version, schema. */
  private static final int SUBJECT_UNKNOWN = 40401;

  private static final int SCHEMA_UNKNOWN = 40403;

  private final RegistryAddress address;

  /** Its thread ends with this object; a static one would hold a job's class loader for ever. */
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(
              HttpClient.Version.HTTP_1_1) // no attempts at an upgrade, which proxies may spoil
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final RetryPolicyConfig<Answer> untilPatienceEnds;

  /**
   * Nothing is connected yet.
   *
   * @param patience how long a question is asked again; null: until the thread is interrupted
   */
  SchemaRegistry(RegistryAddress address, Duration patience) {
    this.address = address;
    this.untilPatienceEnds = untilPatienceEnds(patience);
  }

  /** Where it answers. */
  String url() {
    return address.url();
  }

  /**
   * The text of the schema with this id; empty: the registry knows none.
   *
   * @throws RegistryException if it does not answer
   */
  Optional<String> schema(int id) {
    Answer answer = ask("/schemas/ids/" + id, null);
    return answer.status() == 200
        ? Optional.of(answer.body().path("schema").asText())
        : Optional.empty();
  }

  /**
   * The id of a schema under a subject; it is registered if it is not there yet, which a registry
   * may forbid.
   *
   * @throws RegistryException if it does not answer, or refuses the schema
   */
  int idOf(String subject, String schema) {
    String path =
        "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    String question = MAPPER.valueToTree(Map.of("schema", schema)).toString();
    Answer answer = ask(path, question);
    if (answer.status() != 200) {
      answer = ask(path + "/versions", question);
    }
    if (answer.status() != 200) {
      throw new RegistryException(
          "The schema registry at %s refuses to register a schema under the subject %s (%d: %s). Register the released schema there yourself, or correct the compatibility of the subject or the rights of this user."
              .formatted(url(), subject, answer.status(), answer.body().path("message").asText()),
          null);
    }
    return answer.body().path("id").asInt();
  }

  /** What was answered: 200, or a status that says no. */
  private record Answer(int status, JsonNode body) {}

  private Answer ask(String path, String question) {
    AtomicLong told = new AtomicLong(System.nanoTime() - TOLD_EVERY.toNanos());
    RetryPolicy<Answer> again =
        RetryPolicy.<Answer>builder(untilPatienceEnds)
            .onRetryScheduled(unanswered -> tell(unanswered.getLastException(), told))
            .build();
    try {
      return Failsafe.with(again).get(() -> askOnce(path, question));
    } catch (FailsafeException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw interrupted(e);
      }
      throw new RegistryException(
          "The schema registry at %s cannot be used (%s). Check that it runs, its URL and the credentials."
              .formatted(url(), reason(e.getCause())),
          e.getCause());
    }
  }

  private static RetryPolicyConfig<Answer> untilPatienceEnds(Duration patience) {
    RetryPolicyBuilder<Answer> retries = RetryPolicy.<Answer>builder().handle(IOException.class);
    if (patience == null) {
      retries.withMaxRetries(-1).withBackoff(FIRST_PAUSE, LONGEST_PAUSE);
    } else if (patience.compareTo(FIRST_PAUSE) > 0) {
      retries.withMaxRetries(-1).withBackoff(FIRST_PAUSE, LONGEST_PAUSE).withMaxDuration(patience);
    } else {
      retries.withMaxRetries(0);
    }
    return retries.build().getConfig();
  }

  /** Once a minute, of each question. */
  private void tell(Throwable failure, AtomicLong told) {
    long now = System.nanoTime();
    if (now - told.get() >= TOLD_EVERY.toNanos()) {
      told.set(now);
      LOG.warn(
          "The schema registry at {} cannot be used ({}); it is asked again{}.",
          url(),
          reason(failure),
          untilPatienceEnds.getMaxDuration() == null ? " until it answers, and records wait" : "");
    }
  }

  private Answer askOnce(String path, String question) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + path)).header("Accept", JSON);
    if (question != null) {
      request.header("Content-Type", JSON).POST(BodyPublishers.ofString(question));
    }
    if (address.credentialsFile() != null) {
      request.header("Authorization", RegistryCredentials.authorization(address.credentialsFile()));
    }
    HttpResponse<String> response = send(request.build());
    int status = response.statusCode();
    JsonNode body;
    try {
      body = MAPPER.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new IOException("it answers %d without JSON; is the URL complete?".formatted(status));
    }
    int error = body.path("error_code").asInt();
    boolean found = status == 200 && (body.hasNonNull("schema") || body.hasNonNull("id"));
    boolean unknown = status == 404 && error >= SUBJECT_UNKNOWN && error <= SCHEMA_UNKNOWN;
    boolean refused = question != null && (status == 403 || status == 409 || status == 422);
    if (!found && !unknown && !refused) {
      throw new IOException(
          "it answers %d%s"
              .formatted(
                  status,
                  status == 404 ? " as no schema registry does; is the URL complete?" : ""));
    }
    return new Answer(status, body);
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(request, BodyHandlers.ofString());
    try {
      return answer.get(ANSWER_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer within %d s".formatted(ANSWER_LIMIT.toSeconds()), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      answer.cancel(true);
    }
  }

  private static RegistryException interrupted(Exception e) {
    Thread.currentThread().interrupt();
    return new RegistryException("Asking the schema registry was interrupted.", e);
  }

  private static String reason(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
