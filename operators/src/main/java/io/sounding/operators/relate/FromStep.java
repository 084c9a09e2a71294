package io.sounding.operators.relate;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * From which checkpoint of a run on correlations are computed: untrained and trained checkpoints
 * must not be mixed.
 *
 * @param step the first step; 0 where {@code share} is set
 * @param share the first step as a share of the last step with metrics and a score, above 0 and
 *     below 1; NaN where {@code step} is set
 */
public record FromStep(long step, double share) implements Serializable {

  /** Refuses values that cannot work, each with a sentence. */
  public FromStep {
    if (step < 0) {
      throw new IllegalArgumentException(
          "The first step is %d; it must not be negative.".formatted(step));
    }
    if (!Double.isNaN(share) && !(share > 0 && share < 1)) {
      throw new IllegalArgumentException(
          "The first step is %s %% of the run; it must be more than 0 %% and less than 100 %%."
              .formatted(100 * share));
    }
  }

  /**
   * Reads {@code 32000}, a step, or {@code 10%}, a share of the run so far.
   *
   * @throws IllegalArgumentException with a sentence, if it is neither
   */
  public static FromStep of(String text) {
    try {
      return text.endsWith("%")
          ? new FromStep(0, share(text.substring(0, text.length() - 1)))
          : new FromStep(Long.parseLong(text), Double.NaN);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "'%s' is neither a step such as 32000 nor a share of the run such as 10%%."
              .formatted(text),
          e);
    }
  }

  private static double share(String percent) {
    return new BigDecimal(percent).movePointLeft(2).doubleValue();
  }

  /**
   * The first step of a run whose last step with metrics and a score is {@code lastStep}. Of a
   * share, the decimal number counts that it was written as: 7 % of 100,000 is 7,000, where the
   * binary number that is nearest to 0.07 gives 7,001.
   */
  long of(long lastStep) {
    return isShare()
        ? BigDecimal.valueOf(share)
            .multiply(BigDecimal.valueOf(lastStep))
            .setScale(0, RoundingMode.CEILING)
            .longValueExact()
        : step;
  }

  boolean isShare() {
    return !Double.isNaN(share);
  }

  @Override
  public String toString() {
    return isShare() ? 100 * share + "%" : Long.toString(step);
  }
}
