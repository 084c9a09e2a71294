package io.sounding.tests.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the scenarios came to, as the table that is printed in the end. */
final class FaultTable {

  private static final String ROW = "| %-44s | %-52s | %9s | %6d | %7.1e | %8.1e |%n";

  private final List<String> rows = new ArrayList<>();

  /**
   * Adds a scenario.
   *
   * @param scenario its name
   * @param fault what was done to what, and when
   * @param recoverySeconds from the fault, or from its end where it lasts, to the next Flink
   *     checkpoint that completed; negative: there is nothing to recover from
   * @param difference from the undisturbed run
   */
  void add(
      String scenario, String fault, double recoverySeconds, FinalEvents.Difference difference) {
    String row =
        ROW.formatted(
            scenario,
            fault,
            recoverySeconds < 0 ? "-" : "%.1f".formatted(recoverySeconds),
            difference.events(),
            difference.rank(),
            difference.clusters());
    rows.add(row);
  }

  @Override
  public String toString() {
    return String.format(
            Locale.ROOT,
            "%n| %-44s | %-52s | %9s | %6s | %7s | %8s |%n| --- | --- | ---: | ---: | ---: | ---: |%n",
            "scenario",
            "fault",
            "recovery",
            "FINAL",
            "rank",
            "clusters")
        + String.join("", rows);
  }
}
