package io.sounding.jobs.publish;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Numbers as training loops write them: decimal, nan, inf or infinity, in any case. */
public final class WrittenNumber {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Map<String, Double> WORDS =
      Map.of(
          "nan", Double.NaN, "inf", Double.POSITIVE_INFINITY, "infinity", Double.POSITIVE_INFINITY);

  private WrittenNumber() {}

  static boolean isDecimal(String text) {
    return DECIMAL.matcher(text).matches();
  }

  /** The number; null if the text is none. */
  public static Double of(String text) {
    if (isDecimal(text)) {
      return Double.valueOf(text);
    }
    boolean negative = text.startsWith("-");
    boolean signed = negative || text.startsWith("+");
    Double value = WORDS.get(text.substring(signed ? 1 : 0).toLowerCase(Locale.ROOT));
    return value == null || !negative ? value : Double.valueOf(-value);
  }
}
