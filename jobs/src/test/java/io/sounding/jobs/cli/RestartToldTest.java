package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RestartToldTest {

  private static final long RUNS = RestartTold.RUNS.toNanos();

  @Test
  void aJobThatFailsAgainAndAgainIsToldOnceAndOnceWhenItRunsAgain() {
    StringWriter terminal = new StringWriter();
    RestartTold told = new RestartTold(new PrintWriter(terminal), Path.of("sounding.log"));

    told.look(Optional.empty(), 0);
    told.look(Optional.of("IOException: no more room"), 1);
    told.look(Optional.empty(), 2);
    told.look(Optional.of("IOException: no more room"), RUNS);
    told.look(Optional.empty(), 2 * RUNS - 1);
    assertThat(terminal)
        .hasToString(
            "The job failed, and is started again until it runs (IOException: no more room). The log sounding.log tells more.\n");

    terminal.getBuffer().setLength(0);
    told.look(Optional.empty(), 2 * RUNS);
    told.look(Optional.empty(), 3 * RUNS);
    assertThat(terminal).hasToString("The job runs again.\n");
  }
}
