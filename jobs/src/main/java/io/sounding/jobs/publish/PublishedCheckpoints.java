package io.sounding.jobs.publish;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What Kafka remembers of one run on one corpus: the checkpoints that were published, attempt by
 * attempt, and how far their evaluations are. Publishers keep no other memory. Not thread-safe.
 */
public final class PublishedCheckpoints {

  /** How far an evaluation is. */
  public enum State {
    /** Neither FINAL nor FAILED yet. */
    OPEN,
    /** Every layer has its FINAL event. */
    FINAL,
    /** There will be no more, and not every layer has its FINAL event. */
    FAILED
  }

  /** One attempt at evaluating one checkpoint. */
  public static final class Attempt {
    private final int number;
    private final TreeMap<Integer, MetricEvent> finals = new TreeMap<>();
    private CheckpointEvent event;
    private MetricEvent failed;
    private double progress;

    private Attempt(int number) {
      this.number = number;
    }

    /** Its number. */
    public int number() {
      return number;
    }

    /** The event that was published; null if Kafka no longer has it, only metrics of it. */
    public CheckpointEvent event() {
      return event;
    }

    /** How far it is. */
    public State state() {
      // a job that was started afresh may have failed what had been evaluated, or the reverse
      boolean complete =
          !finals.isEmpty() && finals.size() >= finals.firstEntry().getValue().getLayers();
      return complete ? State.FINAL : failed == null ? State.OPEN : State.FAILED;
    }

    /** The FINAL events of its layers, or the FAILED one. */
    public List<MetricEvent> closing() {
      return state() == State.FAILED ? List.of(failed) : List.copyOf(finals.values());
    }

    /** Share of the corpus' audio that was embedded, 0 to 1. */
    public double progress() {
      return state() == State.OPEN ? progress : 1;
    }

    private void take(MetricEvent metrics) {
      if (metrics.getCorpusAudioSeconds() > 0) {
        progress = Math.max(progress, metrics.getAudioSeconds() / metrics.getCorpusAudioSeconds());
      }
      if (metrics.getStatus() == MetricStatus.FAILED) {
        failed = metrics;
      } else if (metrics.getStatus() == MetricStatus.FINAL) {
        finals.put(metrics.getLayer(), metrics);
      }
    }
  }

  private final String runId;
  private final String corpusId;
  private final Map<String, TreeMap<Integer, Attempt>> attempts = new HashMap<>();

  /** Of this run on this corpus; nothing is known yet. */
  public PublishedCheckpoints(String runId, String corpusId) {
    this.runId = runId;
    this.corpusId = corpusId;
  }

  /** Takes note of an event of the topic of checkpoints; those of others are passed over. */
  public void take(CheckpointEvent event) {
    if (isOurs(event.getRunId(), event.getCorpusId())) {
      Attempt attempt = attempt(event.getCheckpointId(), event.getAttempt());
      if (attempt.event == null) { // the job, too, lets the first one count
        attempt.event = event;
      }
    }
  }

  /** Takes note of an event of the topic of metrics; those of others are passed over. */
  public void take(MetricEvent metrics) {
    if (isOurs(metrics.getRunId(), metrics.getCorpusId())) {
      attempt(metrics.getCheckpointId(), metrics.getAttempt()).take(metrics);
    }
  }

  private boolean isOurs(String run, String corpus) {
    return run.equals(runId) && corpus.equals(corpusId);
  }

  private Attempt attempt(String checkpointId, int number) {
    return attempts
        .computeIfAbsent(checkpointId, id -> new TreeMap<>())
        .computeIfAbsent(number, Attempt::new);
  }

  /** How many checkpoints were published. */
  public int size() {
    return attempts.size();
  }

  /** The attempt with the highest number, if there was any. */
  public Optional<Attempt> latest(String checkpointId) {
    TreeMap<Integer, Attempt> all = attempts.get(checkpointId);
    return all == null ? Optional.empty() : Optional.of(all.lastEntry().getValue());
  }

  /** This attempt, if there was one. */
  public Optional<Attempt> find(String checkpointId, int number) {
    return Optional.ofNullable(attempts.getOrDefault(checkpointId, new TreeMap<>()).get(number));
  }

  /**
   * The id of another checkpoint of the same step with the same contents, if there is one that did
   * not fail.
   */
  public Optional<String> twin(CheckpointEvent event) {
    return attempts.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(event.getCheckpointId()))
        .filter(
            entry -> {
              Attempt latest = entry.getValue().lastEntry().getValue();
              CheckpointEvent other = latest.event;
              return other != null
                  && latest.state() != State.FAILED
                  && event.getModelSha256() != null
                  && event.getModelSha256().equals(other.getModelSha256())
                  && differences(other, event).isEmpty();
            })
        .map(Map.Entry::getKey)
        .min(String::compareTo);
  }

  /**
   * In what two events ask for different evaluations, in words; empty if one would only repeat the
   * other. The job goes by the same fields ({@code CheckpointRequest}), except that files which are
   * known to have the same SHA-256 are the same wherever they lie, and that another training loss
   * is no reason to evaluate again.
   */
  public static List<String> differences(CheckpointEvent before, CheckpointEvent now) {
    List<String> differences = new ArrayList<>();
    compare("step", before.getStep(), now.getStep(), differences);
    if (!sameFile(
        before.getModelSha256(), before.getModelUri(), now.getModelSha256(), now.getModelUri())) {
      differences.add(now.getWeightsUri() == null ? "another model file" : "another graph");
    }
    if (!sameFile(
        before.getWeightsSha256(),
        before.getWeightsUri(),
        now.getWeightsSha256(),
        now.getWeightsUri())) {
      differences.add("other weights");
    }
    compare("model format", before.getModelFormat(), now.getModelFormat(), differences);
    compare("sample rate", before.getSampleRateHz(), now.getSampleRateHz(), differences);
    compare(
        "normalisation", before.getInputNormalisation(), now.getInputNormalisation(), differences);
    compare("layers", orAll(before.getLayers()), orAll(now.getLayers()), differences);
    return differences;
  }

  private static boolean sameFile(String sha256, String uri, String otherSha256, String otherUri) {
    return sha256 != null && otherSha256 != null
        ? sha256.equals(otherSha256)
        : Objects.equals(uri, otherUri);
  }

  private static Object orAll(List<Integer> layers) {
    return layers == null ? "all" : layers;
  }

  private static void compare(String what, Object before, Object now, List<String> differences) {
    if (!before.equals(now)) {
      differences.add("%s %s instead of %s".formatted(what, now, before));
    }
  }
}
