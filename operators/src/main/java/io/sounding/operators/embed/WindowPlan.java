package io.sounding.operators.embed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * In which batches the utterances of a shard are embedded: a function of their ids and lengths
 * alone, so that the same frames come out whatever the order of arrival.
 *
 * <p>Utterances are taken in the order of (length, id). Those of equal length that fit into one
 * window share a batch up to its limit: no padding, ever. A longer utterance is a batch of its own,
 * cut evenly into the fewest windows that are not longer than the maximum; the last one is up to
 * (windows - 1) samples shorter than the others.
 */
final class WindowPlan {

  /** An utterance and its length at the model's rate, samples. */
  record Item(String utteranceId, long samples) {}

  /**
   * Utterances of equal length that are embedded together.
   *
   * @param items the utterances, in the order of their ids
   * @param windows windows per utterance
   */
  record Batch(List<Item> items, int windows) {

    /** First sample of window {@code w}, and one past the last of the window before. */
    int start(int w) {
      long samples = items.get(0).samples();
      return Math.toIntExact(Math.min(samples, (samples + windows - 1) / windows * w));
    }
  }

  private WindowPlan() {}

  static List<Batch> of(List<Item> items, long maxWindowSamples, long maxBatchSamples) {
    List<Item> ordered = new ArrayList<>(items);
    ordered.sort(Comparator.comparingLong(Item::samples).thenComparing(Item::utteranceId));
    List<Batch> batches = new ArrayList<>();
    List<Item> open = new ArrayList<>();
    for (Item item : ordered) {
      int windows = Math.toIntExact((item.samples() + maxWindowSamples - 1) / maxWindowSamples);
      boolean joins =
          windows == 1
              && !open.isEmpty()
              && open.get(0).samples() == item.samples()
              && (open.size() + 1) * item.samples() <= maxBatchSamples;
      if (!joins) {
        close(open, batches);
      }
      if (windows == 1) {
        open.add(item);
      } else {
        batches.add(new Batch(List.of(item), windows));
      }
    }
    close(open, batches);
    return List.copyOf(batches);
  }

  private static void close(List<Item> open, List<Batch> batches) {
    if (!open.isEmpty()) {
      batches.add(new Batch(List.copyOf(open), 1));
      open.clear();
    }
  }
}
