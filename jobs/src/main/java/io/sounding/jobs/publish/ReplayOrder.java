package io.sounding.jobs.publish;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** In which order the checkpoints of a run are evaluated. */
public enum ReplayOrder {
  /** As they were trained. */
  STEP {
    @Override
    public <T> List<T> of(List<T> byStep) {
      return List.copyOf(byStep);
    }
  },

  /**
   * First, last, middle, quarters, eighths, ...: the shape of the run's curve shows early, and
   * becomes finer.
   */
  BISECT {
    @Override
    public <T> List<T> of(List<T> byStep) {
      int last = byStep.size() - 1;
      List<T> ordered = new ArrayList<>();
      if (last >= 0) {
        ordered.add(byStep.get(0));
      }
      if (last >= 1) {
        ordered.add(byStep.get(last));
      }
      ArrayDeque<int[]> gaps = new ArrayDeque<>(List.of(new int[] {0, last}));
      while (!gaps.isEmpty()) {
        int[] gap = gaps.remove();
        int middle = (gap[0] + gap[1]) / 2;
        if (middle > gap[0]) {
          ordered.add(byStep.get(middle));
          gaps.add(new int[] {gap[0], middle});
          gaps.add(new int[] {middle, gap[1]});
        }
      }
      return ordered;
    }
  };

  /** The checkpoints, given by ascending step, in this order; each once. */
  public abstract <T> List<T> of(List<T> byStep);
}
