package io.sounding.operators.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinTask;

/**
 * Weighted greedy k-means++: each next seed is drawn with probability proportional to weight times
 * squared distance to the nearest seed so far, the best of several draws by the remaining potential
 * (Arthur and Vassilvitskii 2007; 2 + ln k draws as in scikit-learn).
 *
 * <p>Draws are the first arrivals of a race: point i arrives after an exponential time of rate
 * {@code weight * squared distance}, so several draws are distinct (Efraimidis and Spirakis 2006).
 * Unlike a search in cumulative sums, a race is decided otherwise only where two arrivals almost
 * coincide: frames that differ in their last bits, as those of another inference engine do, are
 * seeded alike.
 *
 * <p>The distances of all points to the draws of a seed are float32 products, O(n d) for each draw.
 * Of points that are given by fewer coordinates as well they are made of those, and what is left of
 * two points counts as if it were at right angles. Pairs so close that the product formulation
 * loses half its digits are measured again by differences: equal points are at distance 0.
 */
final class PlusPlusSeeding {
  /** Points of a tile: what is summed of them for some draws fits into a first-level cache. */
  private static final int TILE = 512;

  /** Tiles that a processor takes at once. */
  private static final int TILES = 8;

  /** Coordinates that are gone through at once. */
  private static final int STEP = 4;

  private static final float CLOSE = 1e-3f;

  /** Neighbouring points, coordinate by coordinate, so that loops over them are vectorised. */
  private static final class Tile {
    private final int from;
    private final float[][] coordinates;
    private final float[] norms;
    private final float[] alongNorms;
    private final float[] nearest; // squared distances to the nearest seed
    private float[][] squared; // squared distances to each draw

    private Tile(PointCloud cloud, PointCloud along, int from, int to) {
      this.from = from;
      int count = to - from;
      int d = along.dimension();
      coordinates = new float[padded(d)][count];
      norms = new float[count];
      alongNorms = new float[count];
      nearest = new float[count];
      for (int i = 0; i < count; i++) {
        int start = (from + i) * d;
        for (int j = 0; j < d; j++) {
          coordinates[j][i] = along.rows()[start + j];
        }
        norms[i] = (float) cloud.squaredNorm(from + i);
        alongNorms[i] = (float) along.squaredNorm(from + i);
      }
    }

    private int size() {
      return nearest.length;
    }
  }

  private final PointCloud cloud;
  private final PointCloud along;
  private final int size;
  private final Tile[] tiles;

  /** Holds a copy of the points. */
  PlusPlusSeeding(PointCloud cloud) {
    this(cloud, cloud);
  }

  /**
   * The same.
   *
   * @param along the points by their coordinates along some directions
   */
  PlusPlusSeeding(PointCloud cloud, PointCloud along) {
    this.cloud = cloud;
    this.along = along;
    size = cloud.size();
    tiles = new Tile[(size + TILE - 1) / TILE];
    Processors.forRanges(
        size, TILE, (from, to) -> tiles[from / TILE] = new Tile(cloud, along, from, to));
  }

  private static int padded(int dimension) {
    return (dimension + STEP - 1) / STEP * STEP;
  }

  /**
   * Chooses seeds.
   *
   * @param most number of seeds wanted; fewer come back when fewer points differ
   * @param draws number of draws per seed, of which the best is taken
   * @return indexes of points
   */
  int[] choose(int most, int draws, SplittableRandom random) {
    for (Tile tile : tiles) {
      Arrays.fill(tile.nearest, Float.POSITIVE_INFINITY);
      tile.squared = new float[draws][tile.size()];
    }
    int[] seeds = new int[Math.min(most, size)];
    int chosen = 0;
    double[] uniform = fill(new double[size], random);
    double[] following = new double[size];
    while (chosen < seeds.length) {
      int[] candidates = firstArrivals(draws, uniform);
      if (candidates.length == 0) {
        break;
      }
      double[] filled = following;
      ForkJoinTask<double[]> next = Processors.meanwhile(() -> fill(filled, random));
      int best = best(candidates);
      for (Tile tile : tiles) {
        lower(tile.nearest, tile.squared[best]);
      }
      seeds[chosen++] = candidates[best];
      following = uniform;
      uniform = next.join();
    }
    return Arrays.copyOf(seeds, chosen);
  }

  /** A draw from 0 to 1 for each point. */
  private static double[] fill(double[] uniform, SplittableRandom random) {
    for (int i = 0; i < uniform.length; i++) {
      uniform[i] = random.nextDouble();
    }
    return uniform;
  }

  /** Measures the candidates; returns the position of the one that leaves the least potential. */
  private int best(int[] candidates) {
    float[][] points = new float[candidates.length][padded(along.dimension())];
    for (int c = 0; c < candidates.length; c++) {
      int start = candidates[c] * along.dimension();
      System.arraycopy(along.rows(), start, points[c], 0, along.dimension());
    }
    double[][] potentials = new double[tiles.length][];
    Processors.forRanges(
        tiles.length,
        TILES,
        (from, to) -> {
          float[] room = new float[TILE];
          for (int t = from; t < to; t++) {
            potentials[t] = measure(tiles[t], candidates, points, room);
          }
        });
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int c = 0; c < candidates.length; c++) {
      double potential = 0;
      for (double[] part : potentials) {
        potential += part[c];
      }
      if (potential < least) {
        best = c;
        least = potential;
      }
    }
    return best;
  }

  /**
   * Measures the squared distances of the points of a tile to the candidates; returns the potential
   * that would be left of these points with each of those.
   *
   * @param room {@code [TILE]}, for intermediate values
   */
  private double[] measure(Tile tile, int[] candidates, float[][] points, float[] room) {
    int size = tile.size();
    float[] part = size == TILE ? room : new float[size];
    float[][] squared = tile.squared;
    for (int c = 0; c < candidates.length; c++) {
      Arrays.fill(squared[c], 0);
    }
    float[][] x = tile.coordinates;
    for (int j = 0; j < x.length; j += STEP) {
      for (int c = 0; c < candidates.length; c++) {
        float[] point = points[c];
        addProducts(
            x[j],
            x[j + 1],
            x[j + 2],
            x[j + 3],
            point[j],
            point[j + 1],
            point[j + 2],
            point[j + 3],
            squared[c]);
      }
    }
    double[] potentials = new double[candidates.length];
    for (int c = 0; c < candidates.length; c++) {
      int candidate = candidates[c];
      float[] own = squared[c];
      closeness(own, tile.alongNorms, (float) along.squaredNorm(candidate), part);
      distances(own, tile.norms, (float) cloud.squaredNorm(candidate));
      for (int i = 0; i < size; i++) {
        if (part[i] < 0) {
          own[i] = (float) cloud.squaredDistance(tile.from + i, candidate);
        }
      }
      least(own, tile.nearest, part);
      potentials[c] = weighted(part, tile.from, size);
    }
    return potentials;
  }

  // --- loops of their own, each of them made of vector instructions ------------------------------

  /** Adds products of four coordinates. */
  private static void addProducts(
      float[] x0,
      float[] x1,
      float[] x2,
      float[] x3,
      float y0,
      float y1,
      float y2,
      float y3,
      float[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += (x0[i] * y0 + x1[i] * y1) + (x2[i] * y2 + x3[i] * y3);
    }
  }

  /** Below 0 where twice the product is nearly all of both norms. */
  private static void closeness(float[] products, float[] norms, float norm, float[] out) {
    for (int i = 0; i < products.length; i++) {
      out[i] = (norms[i] + norm) * (1 - CLOSE) - 2 * products[i];
    }
  }

  /** Products become squared distances. */
  private static void distances(float[] products, float[] norms, float norm) {
    for (int i = 0; i < products.length; i++) {
      products[i] = (norms[i] + norm) - 2 * products[i];
    }
  }

  private static void least(float[] squared, float[] nearest, float[] out) {
    for (int i = 0; i < squared.length; i++) {
      out[i] = Math.min(squared[i], nearest[i]);
    }
  }

  private static void lower(float[] nearest, float[] squared) {
    for (int i = 0; i < nearest.length; i++) {
      nearest[i] = Math.min(nearest[i], squared[i]);
    }
  }

  // -----------------------------------------------------------------------------------------------

  /** Sum of weight times value, by four partial sums. */
  private double weighted(float[] values, int from, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double e = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      a += cloud.weight(from + i) * values[i];
      b += cloud.weight(from + i + 1) * values[i + 1];
      c += cloud.weight(from + i + 2) * values[i + 2];
      e += cloud.weight(from + i + 3) * values[i + 3];
    }
    for (; i < count; i++) {
      a += cloud.weight(from + i) * values[i];
    }
    return (a + b) + (c + e);
  }

  /**
   * The first points of the race, at most {@code most}; their rates are the weights alone as long
   * as nothing is covered. Points of rate 0 never arrive.
   */
  private int[] firstArrivals(int most, double[] uniform) {
    int[] first = new int[most];
    double[] times = new double[most];
    int arrived = 0;
    for (int i = 0; i < size; i++) {
      float nearest = tiles[i / TILE].nearest[i % TILE];
      double rate = cloud.weight(i) * (Float.isInfinite(nearest) ? 1 : nearest);
      double draw = uniform[i];
      // -log(1 - draw) is no less than draw, which spares most logarithms
      if (!(rate > 0) || arrived == most && draw >= times[most - 1] * rate) {
        continue;
      }
      double time = -Math.log(1 - draw) / rate;
      if (arrived == most && time >= times[most - 1]) {
        continue;
      }
      int position = arrived < most ? arrived++ : most - 1;
      for (; position > 0 && time < times[position - 1]; position--) {
        times[position] = times[position - 1];
        first[position] = first[position - 1];
      }
      times[position] = time;
      first[position] = i;
    }
    return Arrays.copyOf(first, arrived);
  }
}
