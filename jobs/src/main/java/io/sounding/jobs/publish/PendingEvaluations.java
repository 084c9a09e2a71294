package io.sounding.jobs.publish;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.publish.PublishedCheckpoints.Attempt;
import io.sounding.jobs.publish.PublishedCheckpoints.State;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.DeadLetter;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.RecordReader;
import io.sounding.schemas.RejectReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/**
 * Evaluations that are waited for: each until it is FINAL or FAILED, or its event turns out to be a
 * dead letter. Not thread-safe.
 */
public final class PendingEvaluations implements AutoCloseable {

  /**
   * An evaluation that ended.
   *
   * @param decision which
   * @param attempt its metric events
   * @param rejection why its event was rejected, a sentence; null: it was not
   */
  public record Ended(Decision decision, Attempt attempt, String rejection) {

    /** Whether there are no FINAL events of it. */
    public boolean failed() {
      return rejection != null || attempt.state() == State.FAILED;
    }
  }

  private final CheckpointTopic topic;
  private final CommittedRecords<DeadLetter> deadLetters;
  private final RecordReader reader;
  private final List<Decision> open;
  private final List<Ended> rejected = new ArrayList<>();
  private long events;
  private long aliveNanos = System.nanoTime();

  /** Waits for these, which were published to {@code topic}. */
  public PendingEvaluations(KafkaClients kafka, CheckpointTopic topic, Collection<Decision> open) {
    kafka.require(kafka.topics().deadLetters());
    this.topic = topic;
    this.open = new ArrayList<>(open);
    this.reader = kafka.wire().reading(CheckpointEvent.getClassSchema());
    this.deadLetters =
        new CommittedRecords<>(kafka, kafka.topics().deadLetters(), DeadLetter.class);
  }

  /** How many are waited for. */
  public int size() {
    return open.size();
  }

  /** The evaluations that ended; waits for some up to {@code limit}. */
  public List<Ended> poll(Duration limit) {
    PublishedCheckpoints known = topic.refreshMetrics(limit);
    deadLetters.poll(Duration.ZERO).forEach(letter -> reject(letter, known));
    List<Ended> ended = new ArrayList<>(rejected);
    rejected.clear();
    for (Iterator<Decision> all = open.iterator(); all.hasNext(); ) {
      Decision decision = all.next();
      Attempt attempt = attempt(decision, known);
      if (attempt.state() != State.OPEN) {
        all.remove();
        ended.add(new Ended(decision, attempt, null));
      }
    }
    if (topic.metricEvents() > events) {
      events = topic.metricEvents();
      aliveNanos = System.nanoTime();
    }
    return ended;
  }

  private static Attempt attempt(Decision decision, PublishedCheckpoints known) {
    return known.find(decision.event().getCheckpointId(), decision.attempt()).orElseThrow();
  }

  /** How long no metric event has come, of whatever run. */
  public Duration silence() {
    return Duration.ofNanos(System.nanoTime() - aliveNanos);
  }

  /** What is being evaluated, and how far it is; null: nothing, as it seems. */
  public String underWay() {
    PublishedCheckpoints known = topic.refreshMetrics(Duration.ZERO);
    return open.stream()
        .filter(decision -> attempt(decision, known).progress() > 0)
        .findFirst()
        .map(
            decision ->
                "%s at %.0f %%"
                    .formatted(
                        decision.event().getCheckpointId(),
                        100 * attempt(decision, known).progress()))
        .orElse(null);
  }

  private void reject(DeadLetter letter, PublishedCheckpoints known) {
    CheckpointEvent event = event(letter);
    if (event == null || letter.getReason() == RejectReason.EVALUATION_FAILED) {
      return;
    }
    for (Iterator<Decision> all = open.iterator(); all.hasNext(); ) {
      Decision decision = all.next();
      if (isOf(event, decision, letter.getReason())) {
        all.remove();
        rejected.add(new Ended(decision, attempt(decision, known), letter.getMessage()));
      }
    }
  }

  /** A conflict concerns the later one of two events of an attempt: only if that is ours. */
  private static boolean isOf(CheckpointEvent event, Decision decision, RejectReason reason) {
    CheckpointEvent ours = decision.event();
    return event.getRunId().equals(ours.getRunId())
        && event.getCorpusId().equals(ours.getCorpusId())
        && event.getCheckpointId().equals(ours.getCheckpointId())
        && event.getAttempt() == decision.attempt()
        && (reason != RejectReason.CONFLICTING_CHECKPOINT
            || event.getPublishedAt().equals(ours.getPublishedAt()));
  }

  private CheckpointEvent event(DeadLetter letter) {
    ByteBuffer value = letter.getValue();
    if (value == null) {
      return null;
    }
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    try {
      return (CheckpointEvent) reader.decode(bytes);
    } catch (DecodingException e) {
      return null; // a chunk of audio, or no record at all
    }
  }

  @Override
  public void close() {
    deadLetters.close();
  }
}
