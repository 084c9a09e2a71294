package io.sounding.tests.accuracy;

import io.sounding.operators.statistics.StatisticsSettings;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Measures how often the band of 1.96 standard errors holds the mean, which it is to do in 95 % of
 * corpora: of corpora that are drawn from a model ({@link SimulatedCorpus}), each is evaluated as
 * the job does it ({@link CorpusEstimates}), and the mean is that of all draws of so many
 * utterances: what corpora of this size show on average, their bias included. It is itself off by
 * {@code 1 / sqrt(draws)} of the spread of values.
 *
 * <p>Arguments: corpora of each kind and number of utterances; the seed of all that is drawn.
 * Prints the report, which is the same for a seed whatever the number of processors.
 */
public final class MeasureCoverage {
  private static final int[] UTTERANCES = {12, 32, 96};
  private static final int[] SHARDS = {4, 12, 16, 32};
  private static final StatisticsSettings SETTINGS = settings();

  private MeasureCoverage() {}

  public static void main(String[] arguments) {
    System.out.print(report(Integer.parseInt(arguments[0]), Long.parseLong(arguments[1])));
  }

  private static String report(int draws, long seed) {
    StringBuilder report =
        new StringBuilder(
            """
            # Coverage

            Made by `tests/accuracy/coverage`; do not edit.

            How often the band of %s standard errors to either side of a value held the mean of all draws, percent, with
            the 95 %% interval of that (Wilson): %d simulated corpora to each row, seed %d. Corpora are evaluated as the
            job does it, with k = %d (lowered to a 39th of the frames) and silhouettes of %d frames.

            Utterances have %d to %d frames of d = %d, x = g (c + b + e): c one of %d sounds, b common to the frames of
            the utterance, e noise. Coordinate j of each is normal with standard deviation 1 / sqrt(j), of b %s times that;
            g = 1. What differs:

            """
                .formatted(
                    Coverage.BAND,
                    draws,
                    seed,
                    SETTINGS.clusters(),
                    SETTINGS.silhouetteFrames(),
                    SimulatedCorpus.FEWEST_FRAMES,
                    SimulatedCorpus.MOST_FRAMES,
                    SimulatedCorpus.DIMENSION,
                    SimulatedCorpus.SOUNDS,
                    SimulatedCorpus.COMMON));
    for (SimulatedCorpus.Kind kind : SimulatedCorpus.Kind.values()) {
      report.append("* %s: %s\n".formatted(kind.title(), kind.difference()));
    }
    report.append("\n| corpora | utterances |");
    for (int shards : SHARDS) {
      report.append(" `rankMe`, %d shards |".formatted(shards));
    }
    report.append(" `inertiaPerFrame` | `silhouette` |\n");
    report.append("| --- | ---: |").append(" ---: |".repeat(SHARDS.length + 2)).append('\n');
    SimulatedCorpus corpus = new SimulatedCorpus(seed);
    for (SimulatedCorpus.Kind kind : SimulatedCorpus.Kind.values()) {
      for (int utterances : UTTERANCES) {
        report.append("| %s | %d |".formatted(kind.title(), utterances));
        Random random = new Random(31 * (31 * seed + kind.ordinal()) + utterances);
        CorpusEstimates[] estimates = estimates(corpus, kind, utterances, draws, random);
        report.append(cells(estimates)).append('\n');
      }
    }
    return report.toString();
  }

  private static CorpusEstimates[] estimates(
      SimulatedCorpus corpus, SimulatedCorpus.Kind kind, int utterances, int draws, Random random) {
    int[] shards = Arrays.stream(SHARDS).filter(number -> number <= utterances).toArray();
    long[] seeds = LongStream.generate(random::nextLong).limit(draws).toArray();
    CorpusEstimates[] estimates = new CorpusEstimates[draws];
    IntStream.range(0, draws)
        .parallel()
        .forEach(
            draw -> {
              float[][] drawn = corpus.draw(kind, utterances, new Random(seeds[draw]));
              estimates[draw] =
                  CorpusEstimates.of(drawn, SimulatedCorpus.DIMENSION, SETTINGS, shards);
            });
    return estimates;
  }

  private static String cells(CorpusEstimates[] estimates) {
    StringBuilder cells = new StringBuilder();
    for (int i = 0; i < SHARDS.length; i++) {
      int position = i;
      cells.append(
          i < estimates[0].rankMeErrors().length
              ? cell(estimates, CorpusEstimates::rankMe, each -> each.rankMeErrors()[position])
              : " |");
    }
    cells.append(
        cell(
            estimates,
            each -> each.clusters().inertiaPerFrame(),
            each -> each.clusters().inertiaStdErr()));
    cells.append(
        cell(
            estimates,
            each -> each.clusters().silhouette(),
            each -> each.clusters().silhouetteStdErr()));
    return cells.toString();
  }

  private static String cell(
      CorpusEstimates[] estimates,
      ToDoubleFunction<CorpusEstimates> value,
      ToDoubleFunction<CorpusEstimates> error) {
    Coverage coverage =
        Coverage.ofMean(
            Arrays.stream(estimates).mapToDouble(value).toArray(),
            Arrays.stream(estimates).mapToDouble(error).toArray());
    return String.format(
        Locale.ROOT,
        " %.1f (%.1f to %.1f) |",
        100 * coverage.share(),
        100 * coverage.low(),
        100 * coverage.high());
  }

  /** The defaults, but for what would take most of the time. */
  private static StatisticsSettings settings() {
    StatisticsSettings defaults = StatisticsSettings.defaults();
    return new StatisticsSettings(
        SimulatedCorpus.SOUNDS,
        defaults.sampleFrames(),
        defaults.microCentroids(),
        2_000,
        defaults.restarts(),
        defaults.seed());
  }
}
