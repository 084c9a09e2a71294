package io.sounding.jobs.publish;

import io.sounding.jobs.publish.PublishedCheckpoints.Attempt;
import io.sounding.schemas.CheckpointEvent;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to be done about a checkpoint, given what Kafka remembers of it.
 *
 * @param action what
 * @param event the event, with its attempt: to be published, or as it was published before
 * @param attempt which attempt of its is meant
 * @param reason why, to be read after the checkpoint's name; null: it is new
 */
public record Decision(Action action, CheckpointEvent event, int attempt, String reason) {

  /** What. */
  public enum Action {
    /** It is to be published. */
    PUBLISH,
    /** It was published, and its evaluation is under way. */
    WAIT,
    /** Nothing. */
    SKIP
  }

  private static final String BEFORE = "was published before";
  private static final String FINAL = "is FINAL";
  private static final String FORGOTTEN =
      "; Kafka no longer has its event, so nothing tells whether it has changed";

  /** Whether there is more to say than that it is new, or was published or evaluated before. */
  public boolean isWorthTelling() {
    return reason != null && !reason.equals(BEFORE) && !reason.equals(FINAL);
  }

  /** What is done, as a sentence. */
  public String told() {
    String name = event.getCheckpointId();
    if (action == Action.SKIP) {
      return "%s %s: not published again.".formatted(name, reason);
    } else if (action == Action.WAIT) {
      return "%s %s: its evaluation is waited for.".formatted(name, reason);
    }
    String loss =
        event.getTrainingLoss() == null ? "no loss" : "loss " + told(event.getTrainingLoss());
    String published = "step %d, %s".formatted(event.getStep(), loss);
    return reason == null
        ? "%s is published: %s.".formatted(name, published)
        : "%s %s; published as attempt %d: %s.".formatted(name, reason, attempt, published);
  }

  /** Its shortest decimal; without an exponent, unless the loss has left what losses are. */
  private static String told(double loss) {
    double size = Math.abs(loss);
    return size == 0 || size >= 1e-9 && size < 1e9
        ? BigDecimal.valueOf(loss).toPlainString()
        : Double.toString(loss);
  }

  /** A checkpoint is published once, and again only if it asks for another evaluation. */
  static Decision once(PublishedCheckpoints published, CheckpointEvent event) {
    Attempt latest = published.latest(event.getCheckpointId()).orElse(null);
    if (latest == null) {
      return first(published, event);
    } else if (latest.event() == null) {
      return skip(event, latest, BEFORE + FORGOTTEN);
    }
    List<String> differences = PublishedCheckpoints.differences(latest.event(), event);
    return differences.isEmpty()
        ? skip(event, latest, BEFORE)
        : raised(event, latest, changed(differences));
  }

  /**
   * A checkpoint is published with the attempt that its event says.
   *
   * @throws UnusableInputException if there was that attempt with other contents, or a higher one
   */
  static Decision asked(PublishedCheckpoints published, CheckpointEvent event)
      throws UnusableInputException {
    String id = event.getCheckpointId();
    int highest = published.latest(id).map(Attempt::number).orElse(-1);
    Attempt same = published.find(id, event.getAttempt()).orElse(null);
    boolean repeated = same != null && same.event() != null;
    List<String> differences =
        repeated ? PublishedCheckpoints.differences(same.event(), event) : List.of();
    if (repeated && differences.isEmpty()) {
      return skip(event, same, BEFORE);
    } else if (highest >= event.getAttempt()) {
      throw new UnusableInputException(
          Path.of(id),
          differences.isEmpty()
              ? "was published with attempt " + highest
              : "was published with attempt %d and other contents (%s)"
                  .formatted(event.getAttempt(), String.join(", ", differences)),
          "say --attempt " + (highest + 1));
    }
    return unconditional(event);
  }

  /**
   * A checkpoint is evaluated, unless it was.
   *
   * @param force even if it was, by whatever name
   */
  static Decision evaluated(PublishedCheckpoints published, CheckpointEvent event, boolean force) {
    Attempt latest = published.latest(event.getCheckpointId()).orElse(null);
    if (latest == null) {
      return force ? unconditional(event) : first(published, event);
    } else if (force) {
      return raised(event, latest, "is evaluated again, as --force says");
    }
    if (latest.event() != null) {
      List<String> differences = PublishedCheckpoints.differences(latest.event(), event);
      if (!differences.isEmpty()) {
        return raised(event, latest, changed(differences));
      }
    }
    return switch (latest.state()) {
      case FINAL ->
          skip(
              event,
              latest,
              latest.event() == null
                  ? FINAL + FORGOTTEN + "; --force evaluates it again"
                  : FINAL + otherLoss(latest.event(), event));
      case FAILED ->
          raised(event, latest, "FAILED before: " + latest.closing().get(0).getFailureReason());
      case OPEN ->
          latest.event() == null
              ? raised(event, latest, "was begun before, but Kafka no longer has its event")
              : new Decision(Action.WAIT, event, latest.number(), BEFORE);
    };
  }

  private static String changed(List<String> differences) {
    return "is not what was published before (%s)".formatted(String.join(", ", differences));
  }

  private static String otherLoss(CheckpointEvent before, CheckpointEvent now) {
    boolean other =
        before != null
            && now.getTrainingLoss() != null
            && !now.getTrainingLoss().equals(before.getTrainingLoss());
    return other
        ? ", with the training loss %s; --force evaluates it again with %s"
            .formatted(before.getTrainingLoss(), now.getTrainingLoss())
        : "";
  }

  private static Decision first(PublishedCheckpoints published, CheckpointEvent event) {
    Optional<String> twin = published.twin(event);
    return twin.isPresent()
        ? new Decision(
            Action.SKIP,
            event,
            0,
            "has step and contents of " + twin.get() + ", which is published")
        : unconditional(event);
  }

  private static Decision unconditional(CheckpointEvent event) {
    return new Decision(Action.PUBLISH, event, event.getAttempt(), null);
  }

  private static Decision skip(CheckpointEvent event, Attempt latest, String reason) {
    return new Decision(Action.SKIP, event, latest.number(), reason);
  }

  private static Decision raised(CheckpointEvent event, Attempt latest, String reason) {
    CheckpointEvent again =
        CheckpointEvent.newBuilder(event).setAttempt(latest.number() + 1).build();
    return new Decision(Action.PUBLISH, again, again.getAttempt(), reason);
  }
}
