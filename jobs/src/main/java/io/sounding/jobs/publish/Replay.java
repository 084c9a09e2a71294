package io.sounding.jobs.publish;

import io.sounding.schemas.CheckpointEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Has the checkpoints of a run evaluated that are not evaluated yet: what is FINAL is left alone,
 * what is under way is waited for, what is new, has changed or FAILED is published.
 */
public final class Replay {

  private final List<Decision> plan;

  private Replay(List<Decision> plan) {
    this.plan = plan;
  }

  /**
   * Plans it; nothing is published yet.
   *
   * @param events the checkpoints by ascending step
   * @param known what Kafka remembers of the run on the corpus
   * @param force whether to evaluate again what is FINAL or under way
   */
  public static Replay plan(
      List<CheckpointEvent> events, PublishedCheckpoints known, ReplayOrder order, boolean force) {
    Map<String, Decision> decisions = new HashMap<>();
    for (CheckpointEvent event : events) {
      Decision decision = Decision.evaluated(known, event, force);
      decisions.put(event.getCheckpointId(), decision);
      if (decision.action() == Decision.Action.PUBLISH) {
        known.take(decision.event()); // later ones may be the same file by another name
      }
    }
    return new Replay(
        order.of(events).stream().map(event -> decisions.get(event.getCheckpointId())).toList());
  }

  /** What is done about each checkpoint, in the order in which it is done. */
  public List<Decision> decisions() {
    return plan;
  }

  /** Those of one kind. */
  public List<Decision> decisions(Decision.Action action) {
    return plan.stream().filter(decision -> decision.action() == action).toList();
  }

  /** Publishes what is to be published, in order: the job works in the order of publishing. */
  public void publish(CheckpointTopic topic) throws UnusableInputException {
    for (Decision decision : decisions(Decision.Action.PUBLISH)) {
      topic.publish(decision.event());
    }
  }

  /** Those whose evaluations are to be waited for. */
  public List<Decision> awaited() {
    List<Decision> awaited = new ArrayList<>(plan);
    awaited.removeIf(decision -> decision.action() == Decision.Action.SKIP);
    return awaited;
  }
}
