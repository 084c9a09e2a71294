package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.MetricEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveTableTest {

  private final StringWriter told = new StringWriter();
  private final LiveTable plain = new LiveTable(new PrintWriter(told), false, false);
  private final LiveTable coloured = new LiveTable(new PrintWriter(told), false, true);

  private List<String> lines() {
    return told.toString().lines().toList();
  }

  @Test
  void plainLinesHaveNoEscapeCodes() {
    plain.show(Events.finished("a", 400, 11).setRank(Events.rank(33.926)).build());
    plain.show(Events.partial("a", 800, 0).build());
    plain.show(Events.failed("a", 1200, "The file is gone.").build());
    plain.show(Events.alarm(AlarmState.RAISED, "a", 800, 11).build());
    plain.show(Events.alarm(AlarmState.CLEARED, "a", 900, 11).build());

    assertThat(lines())
        .containsExactly(
            "run                step       loss  layer    RankMe       +/-  anisotr.      inertia  Davies-B.",
            "a                   400  0.0149626     11    33.926     0.400    0.7500       51.000      3.500",
            "a                   800 0.00749064      0    58.940     0.400    0.7500   PARTIAL, 49 %",
            "a                  1200          - FAILED: The file is gone.",
            "ALARM: run a, step 800, rankMe: RankMe fell to 2.0.",
            "alarm cleared: run a, step 900, rankMe: RankMe fell to 2.0.");
  }

  @Test
  void anAlarmThatIsDatedBackIsNoSecondAlarm() {
    plain.show(Events.alarm(AlarmState.RAISED, "a", 200, 11).build());
    plain.show(Events.alarm(AlarmState.RAISED, "a", 100, 11).build());
    plain.show(Events.alarm(AlarmState.RAISED, "a", 100, 10).build());
    plain.show(Events.alarm(AlarmState.CLEARED, "a", 400, 11).build());
    plain.show(Events.alarm(AlarmState.RAISED, "a", 800, 11).build());

    assertThat(lines().stream().skip(1).map(line -> line.split(":")[0]))
        .containsExactly("ALARM", "alarm corrected", "ALARM", "alarm cleared", "ALARM");
  }

  @Test
  void alarmsAndFailuresStandOutInColour() {
    coloured.show(Events.finished("a", 400, 0).build());
    coloured.show(Events.failed("a", 1200, "Gone.").build());
    coloured.show(Events.alarm(AlarmState.RAISED, "a", 800, 0).build());
    coloured.show(Events.alarm(AlarmState.CLEARED, "a", 900, 0).build());
    coloured.show(Events.partial("a", 1600, 0).build());

    assertThat(lines().get(0)).startsWith("\u001b[1mrun").endsWith("\u001b[0m");
    assertThat(lines().get(1)).doesNotContain("\u001b");
    assertThat(lines().get(2)).startsWith("\u001b[1;31m").endsWith("Gone.\u001b[0m");
    assertThat(lines().get(3)).startsWith("\u001b[1;31mALARM");
    assertThat(lines().get(4)).startsWith("\u001b[32malarm cleared");
    assertThat(lines().get(5)).startsWith("\u001b[2ma").endsWith("PARTIAL, 49 %\u001b[0m");
  }

  @Test
  void namesAndReasonsDoNotSteerTheTerminal() {
    plain.show(Events.finished("a\u001b[2J\rb", 400, 0).build());
    plain.show(Events.failed("a", 1, "one\ntwo\u0007\u009b31m").build());
    plain.show(
        Events.alarm(AlarmState.RAISED, "a\u001b]0;x\u0007", 1, 0)
            .setReason("\u001b[1mbold")
            .build());

    assertThat(told.toString().replace("\n", ""))
        .doesNotContainPattern("\\p{Cntrl}|[\u0080-\u009f]");
    assertThat(lines()).hasSize(4);
  }

  @Test
  void anEvaluatedCheckpointIsShownByItsLastLayerOrItsFailure() {
    MetricTable table = new MetricTable(new PrintWriter(told), 0, 0);
    MetricEvent last = Events.finished("a", 400, 11).setRank(Events.rank(33.926)).build();
    MetricEvent other = Events.finished("a", 400, 2).build();

    table.row(List.of(other, last, Events.finished("a", 400, 10).build()));
    table.row(List.of(other, Events.failed("a", 400, "The file is gone.").build(), last));
    table.alarm(Events.alarm(AlarmState.RAISED, "a", 400, 11).build());

    assertThat(lines())
        .containsExactly(
            "a                   400  0.0149626     11    33.926     0.400    0.7500       51.000      3.500",
            "a                   400          - FAILED: The file is gone.",
            "ALARM: run a, step 400, rankMe: RankMe fell to 2.0.");
  }

  @Test
  void theHeadIsRepeatedOnLongTables() {
    for (int i = 0; i < 81; i++) {
      plain.show(Events.finished("a", i, 0).build());
    }

    assertThat(lines()).hasSize(81 + 3);
    assertThat(lines().get(0)).isEqualTo(lines().get(41)).isEqualTo(MetricRow.HEADER);
  }
}
