package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.List;

/**
 * How much RankMe depends on which utterances the corpus happens to hold: its standard error by the
 * delete-a-group jackknife.
 *
 * <p>Shards are dealt into {@code g = min(8, shards)} groups; with {@code theta_j} RankMe of all
 * frames but those of group j and {@code mean} their mean, {@code SE^2 = (g - 1)/g * sum_j (theta_j
 * - mean)^2}. Frames of an utterance stay together, since they are not independent.
 *
 * <p>Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), eq. 11.5, with groups
 * in the place of points. Few groups make it coarse: with g = 8 its own relative error is about 1 /
 * sqrt(2 (g - 1)) = 27 %. It says nothing of the bias of a small corpus.
 */
public final class RankMeJackknife {

  private static final int MOST_GROUPS = 8;
  private static final int FEWEST_GROUPS = 4;

  /** Above it, g eigendecompositions per event would cost more than they tell. */
  private static final int LARGEST_DIMENSION = 512;

  private RankMeJackknife() {}

  /**
   * The standard error of RankMe of the union of {@code shards}.
   *
   * @param shards summaries of disjoint sets of utterances
   * @return in the unit of RankMe; null for fewer than 4 shards with frames, for d above 512, and
   *     for estimated spectra, whose own error is of the same size
   */
  public static Double standardError(List<LayerSummary> shards) {
    List<LayerSummary> occupied = shards.stream().filter(shard -> shard.frames() > 0).toList();
    int groups = Math.min(MOST_GROUPS, occupied.size());
    if (groups < FEWEST_GROUPS
        || occupied.get(0).dimension() > LARGEST_DIMENSION
        || !occupied.get(0).frameSketch().isExact()) {
      return null;
    }
    SpectrumSketch[] sketches = new SpectrumSketch[occupied.size()];
    Processors.forEach(sketches.length, i -> sketches[i] = occupied.get(i).folded().sketch());
    double[] estimates = new double[groups];
    Processors.forEach(groups, deleted -> estimates[deleted] = without(deleted, groups, sketches));
    double mean = Arrays.stream(estimates).sum() / groups;
    double squares = 0;
    for (double estimate : estimates) {
      squares += (estimate - mean) * (estimate - mean);
    }
    return Math.sqrt(squares * (groups - 1) / groups);
  }

  /** RankMe of all frames but those of one group. */
  private static double without(int deleted, int groups, SpectrumSketch[] sketches) {
    SpectrumAccumulator rest = KeptRows.empty(sketches[0].dimension()).accumulator();
    for (int i = 0; i < sketches.length; i++) {
      if (i % groups != deleted) {
        rest.add(sketches[i]);
      }
    }
    return rest.snapshot().uncentredSpectrum().rankMe();
  }
}
