package io.sounding.operators.statistics;

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
   * @return in the unit of RankMe; null for fewer than 4 shards with frames, or d above 512
   */
  public static Double standardError(List<LayerSummary> shards) {
    List<SecondMoments> moments =
        shards.stream()
            .map(shard -> shard.completed().frameMoments())
            .filter(shard -> shard.count() > 0)
            .toList();
    int groups = Math.min(MOST_GROUPS, moments.size());
    if (groups < FEWEST_GROUPS || moments.get(0).dimension() > LARGEST_DIMENSION) {
      return null;
    }
    double[] estimates = new double[groups];
    double mean = 0;
    for (int deleted = 0; deleted < groups; deleted++) {
      SecondMomentsAccumulator rest =
          new SecondMomentsAccumulator(SecondMoments.empty(moments.get(0).dimension()));
      for (int i = 0; i < moments.size(); i++) {
        if (i % groups != deleted) {
          rest.add(moments.get(i));
        }
      }
      SecondMoments kept = rest.snapshot();
      estimates[deleted] = Spectrum.of(kept.uncentred(), kept.dimension(), kept.count()).rankMe();
      mean += estimates[deleted] / groups;
    }
    double squares = 0;
    for (double estimate : estimates) {
      squares += (estimate - mean) * (estimate - mean);
    }
    return Math.sqrt(squares * (groups - 1) / groups);
  }
}
