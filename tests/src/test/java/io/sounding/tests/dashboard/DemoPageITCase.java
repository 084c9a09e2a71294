package io.sounding.tests.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.tests.Await;
import io.sounding.tests.DemoData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo on a terminal, as a newcomer sees it: the page is there until they have seen enough. */
@Timeout(600)
class DemoPageITCase {

  /** Of util-linux: runs a command on a terminal of its own. */
  private static final Path SCRIPT = Path.of("/usr/bin/script");

  private static final Pattern STAYS =
      Pattern.compile("The dashboard stays at (\\S+) until you press Enter");

  @TempDir private Path work;

  @Test
  void showsTheCollapseOfOneRunAgainstTheHealthOfTheOther() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(SCRIPT), "There is no " + SCRIPT + " to run the demo on a terminal.");
    Path terminal = work.resolve("terminal.txt");
    Process demo = null;
    try (Browser browser = Browser.start(work)) {
      demo = startOnTerminal(terminal);
      DashboardPage page = browser.open(awaitTold(demo, terminal, RunningDashboard.ADDRESS));
      page.awaitState("ready");
      awaitTold(demo, terminal, STAYS);

      page.awaitChart("final-points", 18).awaitChart("partial-points", 0);
      page.awaitText("#alarm-banner", "Run collapse is out of bounds");
      assertThat(page.chart("series-count")).isEqualTo("2");
      page.awaitText("#run-rows", "healthy").awaitText("#run-rows", "collapse");
      page.keepScreenshot("demo-light");
      page.click("#theme-toggle");
      page.awaitAttribute("html", "data-theme", "dark").keepScreenshot("demo-dark");
      assertThat(browser.complaints()).isEmpty();

      demo.outputWriter().append('\n').flush();
      assertThat(demo.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(demo.exitValue()).as(Files.readString(terminal)).isZero();
    } finally {
      if (demo != null) {
        demo.destroyForcibly(); // its terminal goes with it, and so the demo
      }
    }
  }

  private Process startOnTerminal(Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                SCRIPT.toString(),
                "--quiet",
                "--return",
                "--command",
                "exec \"$JAVA\" -Xmx1g io.sounding.jobs.cli.Sounding demo --data \"$DATA\" --work \"$WORK\" --dashboard-port 0",
                "/dev/null")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "CLASSPATH", System.getProperty("java.class.path"),
                "DATA", DemoData.folder().toString(),
                "WORK", work.toString(),
                // as ./sounding does: several threads a task take more than they give
                "OMP_NUM_THREADS", "1",
                "OMP_WAIT_POLICY", "passive"));
    return builder.start();
  }

  private static String awaitTold(Process demo, Path terminal, Pattern pattern) throws IOException {
    Await.until(
        "the demo tells " + pattern,
        () -> pattern.matcher(Files.readString(terminal)).find() || !demo.isAlive(),
        () -> terminal);
    String told = Files.readString(terminal);
    Matcher found = pattern.matcher(told);
    assertThat(found.find()).as(told).isTrue();
    return found.group(1);
  }
}
