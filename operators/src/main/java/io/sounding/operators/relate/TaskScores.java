package io.sounding.operators.relate;

import io.sounding.operators.admit.Score;
import java.util.Arrays;

/**
 * The scores of one run on one task by training step. Of several of one step the one published last
 * counts, then the one with the highest offset. Immutable; the arrays are shared.
 *
 * @param steps rising, {@code long[n]}
 * @param values score of each
 * @param publishedAtMillis when each was published, milliseconds since 1970-01-01 UTC
 * @param offsets offset of each in Kafka
 */
public record TaskScores(long[] steps, double[] values, long[] publishedAtMillis, long[] offsets) {

  /** Nothing yet. */
  static final TaskScores EMPTY =
      new TaskScores(new long[0], new double[0], new long[0], new long[0]);

  int size() {
    return steps.length;
  }

  /** Position of a step; negative if there is none. */
  int indexOf(long step) {
    return Arrays.binarySearch(steps, step);
  }

  /** The score at a step that has one. */
  double at(long step) {
    return values[indexOf(step)];
  }

  /** With the score; these very scores if it does not count or is there. */
  TaskScores with(Score score) {
    int found = indexOf(score.step());
    if (found >= 0
        && (score.publishedAtMillis() != publishedAtMillis[found]
            ? score.publishedAtMillis() < publishedAtMillis[found]
            : score.offset() <= offsets[found])) {
      return this;
    }
    int at = found < 0 ? -found - 1 : found;
    int size = found < 0 ? size() + 1 : size();
    TaskScores scores =
        new TaskScores(
            Arrays.copyOf(steps, size),
            Arrays.copyOf(values, size),
            Arrays.copyOf(publishedAtMillis, size),
            Arrays.copyOf(offsets, size));
    if (found < 0) {
      System.arraycopy(steps, at, scores.steps, at + 1, size - 1 - at);
      System.arraycopy(values, at, scores.values, at + 1, size - 1 - at);
      System.arraycopy(publishedAtMillis, at, scores.publishedAtMillis, at + 1, size - 1 - at);
      System.arraycopy(offsets, at, scores.offsets, at + 1, size - 1 - at);
    }
    scores.steps[at] = score.step();
    scores.values[at] = score.value();
    scores.publishedAtMillis[at] = score.publishedAtMillis();
    scores.offsets[at] = score.offset();
    return scores;
  }

  /** The scores as they came, of this run and task. */
  Score[] toScores(String runId, String task) {
    Score[] scores = new Score[size()];
    for (int i = 0; i < size(); i++) {
      scores[i] = new Score(runId, steps[i], task, values[i], publishedAtMillis[i], offsets[i]);
    }
    return scores;
  }
}
