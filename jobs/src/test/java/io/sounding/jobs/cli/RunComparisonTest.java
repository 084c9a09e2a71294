package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.RankFamily;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunComparisonTest {

  private static MetricEvent event(
      String run, long step, Double loss, double rankMe, double anisotropy) {
    RankFamily rank = Events.rank(rankMe);
    rank.setAnisotropy(anisotropy);
    return Events.finished(run, step, 1).setTrainingLoss(loss).setRank(rank).build();
  }

  private static List<String> printed(MetricEvent... events) {
    StringWriter terminal = new StringWriter();
    new RunComparison(List.of(events)).print(new PrintWriter(terminal), List.of("a", "b"));
    return terminal.toString().lines().toList();
  }

  @Test
  void runsStandSideBySideByStepWithBarsAsLongAsTheirRank() {
    assertThat(
            printed(
                event("b", 25, null, 1.24, 0.95),
                event("a", 800, 4.25, 20, 0.25),
                event("a", 0, 6.5, 40, 0.5),
                Events.partial("a", 900, 1).build(),
                Events.failed("b", 50, "Gone.").build(),
                event("another", 0, 6.5, 30, 0.5)))
        .containsExactly(
            "",
            "%-56s%-56s".formatted("run a", "run b"),
            "%-56s%-56s".formatted("  step       loss  RankMe", "  step       loss  RankMe"),
            "%-56s%s"
                .formatted(
                    "     0    6.50000   40.00 ####################",
                    "    25          -    1.24 #"),
            "   800    4.25000   20.00 ##########",
            "",
            "a: from step 0 to 800 the loss went from 6.500 to 4.250, RankMe from 40.0 to 20.0, anisotropy from 0.500 to 0.250.",
            "b: from step 25 to 25 the loss went from - to -, RankMe from 1.2 to 1.2, anisotropy from 0.950 to 0.950.",
            "  Collapsed: its frames span 1.2 directions out of 128 and point the same way (anisotropy near 1).");
  }

  @ParameterizedTest
  @CsvSource({
    "1.99, 0.91, true",
    "2, 0.91, false",
    "1.99, 0.9, false",
  })
  void onlyFewDirectionsThatAreOneAreACollapse(double rankMe, double anisotropy, boolean told) {
    assertThat(
            printed(event("a", 0, 2.5, 1.1, 0.99), event("a", 10, 2.0, rankMe, anisotropy)).stream()
                .anyMatch(line -> line.startsWith("  Collapsed: ")))
        .isEqualTo(told);
  }

  @Test
  void aRunOfWhichNothingIsFinalIsLeftEmpty() {
    assertThat(printed(Events.failed("a", 50, "Gone.").build()))
        .hasSize(4)
        .noneMatch(line -> line.contains("from step"));
  }
}
