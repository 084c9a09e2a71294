package io.sounding.jobs.relate;

import io.sounding.schemas.CorrelationEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * What a group of correlations can and cannot support, in sentences.
 *
 * <p>Chance is told by the normal approximation of Spearman's rho of unrelated series, standard
 * deviation {@code 1 / sqrt(n - 1)}, and of the partial one, {@code 1 / sqrt(n - 2)} (Kendall and
 * Gibbons, Rank Correlation Methods, 1990, chapters 4 and 8). Error: for n = 7 it says 0.80 where
 * enumeration says 0.79, for n = 12 0.59 for 0.59.
 */
public final class CorrelationWords {

  /** How to read the signs of all groups. */
  public static final String SIGNS =
      "Signs: with a score that is better when it is lower, such as an error rate, a metric that rises with quality has a negative correlation.";

  private static final double TWO_SIDED_5_PERCENT = 1.959964;
  private static final int LEAST_FOR_CHANCE = 5;
  private static final int LEAST_FOR_CHANCE_GIVEN_STEP = 6;
  private static final int LEAST_GIVEN_STEP = 4;
  private static final double STEP_TELLS_ALL = 0.7;
  private static final double WIDE = 0.3;
  private static final int MANY = 20;

  private final CorrelationGroup group;
  private final List<CorrelationEvent> metrics;
  private final int pairs;
  private final List<String> sentences = new ArrayList<>();

  private CorrelationWords(CorrelationGroup group) {
    this.group = group;
    metrics = group.ranked().stream().filter(row -> row.getSpearman() != null).toList();
    pairs = metrics.stream().mapToInt(CorrelationEvent::getPairs).min().orElse(group.mostPairs());
  }

  /** Sentences, the most important first. */
  public static List<String> of(CorrelationGroup group) {
    CorrelationWords words = new CorrelationWords(group);
    words.mixture();
    words.number();
    words.step();
    words.intervals();
    words.comparisons();
    return List.copyOf(words.sentences);
  }

  /** How large a correlation of unrelated series is, by chance, in 1 of 20 cases. */
  static double chance(int pairs, int given) {
    return TWO_SIDED_5_PERCENT / Math.sqrt(pairs - 1 - given);
  }

  private void mixture() {
    if (group.isAlongRun() && group.fromStep() == 0) {
      say(
          "Every checkpoint is in, untrained ones too if there are any: rank of an untrained model is high, and falls and rises while training begins, so that these numbers tell trained from untrained and not better from worse. Leave the beginning out with --from-step.");
    }
  }

  private void number() {
    int n = pairs;
    String whose =
        metrics.stream().anyMatch(row -> row.getPairs() > n)
            ? ", as the metric that is known of the fewest has,"
            : "";
    if (n < LEAST_FOR_CHANCE) {
      say(
          "With %d pairs%s nothing can be told from luck: %d pairs stand in perfect order, up or down, in 1 of %d cases.",
          n, whose, n, factorial(n) / 2);
      return;
    }
    say(
        "With %d pairs%s unrelated series have a Spearman correlation beyond \u00b1%.2f in 1 of 20 cases: for a metric chosen beforehand, what is smaller supports nothing.",
        n, whose.isEmpty() ? "," : whose, chance(n, 0));
  }

  private void step() {
    CorrelationEvent step = group.logStep();
    if (!group.isAlongRun() || step == null || step.getSpearman() == null) {
      return;
    }
    boolean all = Math.abs(step.getSpearman()) >= STEP_TELLS_ALL;
    say(
        "The step alone has %.2f with the score%s. %d of %d metrics have more%s.",
        step.getSpearman(),
        all ? ": along one run whatever moves with time looks good" : "",
        exceeding(step),
        metrics.size(),
        group.trainingLoss() == null || group.trainingLoss().getSpearman() == null
            ? ""
            : text(
                ", %d have more than the training loss (%.2f)",
                exceeding(group.trainingLoss()), group.trainingLoss().getSpearman()));
    givenStep();
  }

  private void givenStep() {
    if (metrics.stream().allMatch(row -> row.getSpearmanGivenStep() == null)) {
      say(
          "The column 'given step', which would take that out, is empty: %s.",
          metrics.stream().allMatch(row -> row.getPairs() < LEAST_GIVEN_STEP)
              ? text("it takes %d pairs", LEAST_GIVEN_STEP)
              : "the step orders metric or score completely, and nothing is left to compare");
    } else if (pairs < LEAST_FOR_CHANCE_GIVEN_STEP) {
      say(
          "The column 'given step' takes that out; with %d pairs nothing in it can be told from luck.",
          pairs);
    } else {
      say(
          "The column 'given step' takes that out; there luck alone goes beyond \u00b1%.2f in 1 of 20 cases, and neighbouring checkpoints are not independent, so in more.",
          chance(pairs, 1));
    }
  }

  private long exceeding(CorrelationEvent baseline) {
    return metrics.stream()
        .filter(row -> Math.abs(row.getSpearman()) > Math.abs(baseline.getSpearman()))
        .count();
  }

  private void intervals() {
    double[] halfWidths =
        metrics.stream()
            .filter(row -> row.getSpearmanLow() != null && row.getSpearmanHigh() != null)
            .mapToDouble(row -> (row.getSpearmanHigh() - row.getSpearmanLow()) / 2)
            .sorted()
            .toArray();
    if (halfWidths.length == 0) {
      return;
    }
    double median = halfWidths[halfWidths.length / 2];
    long leavingOutZero =
        metrics.stream()
            .filter(row -> row.getSpearmanLow() != null && row.getSpearmanHigh() != null)
            .filter(row -> row.getSpearmanLow() > 0 || row.getSpearmanHigh() < 0)
            .count();
    if (metrics.stream().anyMatch(CorrelationWords::isPoint)) {
      say(
          "An interval of [1.00, 1.00] or [-1.00, -1.00] is no certainty: of pairs in perfect order every resample is in perfect order.");
    }
    say(
        "Half of the intervals are \u00b1%.2f or wider%s; %d of %d leave out zero. They tell how far other pairs of the same kind would move the number, not what another run would give.",
        median,
        median >= WIDE ? ", which does not tell one metric from the other" : "",
        leavingOutZero,
        halfWidths.length);
  }

  private static boolean isPoint(CorrelationEvent row) {
    return row.getSpearmanLow() != null && row.getSpearmanLow().equals(row.getSpearmanHigh());
  }

  private void comparisons() {
    int n = metrics.size();
    if (n > 1) {
      say(
          "%d correlations stand side by side, and the best of so many is flattered by being picked: of %d independent unrelated ones %s. Choose on one task or run, and check on another.",
          n,
          n,
          n < MANY
              ? text(
                  "the best is beyond chance in %.0f of 100 cases", 100 * (1 - Math.pow(0.95, n)))
              : text("about %d would be beyond chance", Math.round(n / 20.0)));
    }
  }

  private static long factorial(int n) {
    return Math.max(2, LongStream.rangeClosed(1, n).reduce(1, (a, b) -> a * b));
  }

  private void say(String sentence, Object... arguments) {
    sentences.add(arguments.length == 0 ? sentence : text(sentence, arguments));
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
