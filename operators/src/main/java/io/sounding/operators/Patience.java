package io.sounding.operators;

import java.io.Serializable;
import java.time.Duration;

/**
 * How long the job waits, and remembers.
 *
 * @param utterance how long the next chunk of an utterance is waited for
 * @param corpus how long a checkpoint waits for its corpus to be complete
 * @param retention how long finished evaluations are remembered, so that none is done twice, and
 *     unfinished ones kept after their last sign of life
 */
public record Patience(Duration utterance, Duration corpus, Duration retention)
    implements Serializable {

  /** Ten minutes, an hour, a week. */
  public static final Patience DEFAULT =
      new Patience(Duration.ofMinutes(10), Duration.ofHours(1), Duration.ofDays(7));

  /** Refuses what is shorter than a millisecond. */
  public Patience {
    positive("utterance", utterance);
    positive("corpus", corpus);
    positive("retention", retention);
  }

  /** The same with another time to remember evaluations. */
  public Patience withRetention(Duration newRetention) {
    return new Patience(utterance, corpus, newRetention);
  }

  /**
   * How long requests are remembered: longer than what became of them, which would keep the events
   * of one that is evaluated again from being published.
   */
  public Duration requests() {
    return retention.multipliedBy(2);
  }

  private static void positive(String name, Duration duration) {
    if (duration.toMillis() < 1) {
      throw new IllegalArgumentException(
          "%s is %s; it must be at least 1 ms.".formatted(name, duration));
    }
  }
}
