package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.publish.Counted;
import io.sounding.jobs.report.Report;
import io.sounding.jobs.watch.RecordedEvents;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sounding report}: plots, and a page to hand on. */
@Command(
    name = "report",
    description =
        "Writes report.html, a page that needs no network and no script, and PNG plots of every metric over training steps.",
    footer = {
      "",
      "Examples:",
      "  sounding report --bootstrap kafka:9092 --run run1 run2 --out report/",
      "  sounding report --from run1.jsonl run2.jsonl --title \"Two rates\" --out report/",
      "",
      "overview.png has the loss and five metrics of the last layer, METRIC.png a",
      "panel per layer with a line per run, METRIC-layers.png a panel per run with a",
      "line per layer (of up to 24 runs); -linear.png are the same over linear steps.",
      "Plots show FINAL events only.",
      "",
      "Exit status: 0 written, 1 written without plots, 2 unusable arguments or",
      "nothing to report, 3 Kafka out of reach or disk full."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "The folder to write to; it is made if it is not there. Plots that an earlier report left there are replaced or deleted.")
  private Path out;

  @Option(
      names = "--title",
      defaultValue = "Representations over training",
      paramLabel = "TEXT",
      description = "Title of the page (default: ${DEFAULT-VALUE}).")
  private String title;

  @Mixin private RunOptions runs;
  @Mixin private InputOptions input;

  @Override
  public Integer call() throws IOException {
    Report.checkFolder(out);
    PrintWriter terminal = spec.commandLine().getOut();
    ProgressLine progress = new ProgressLine(terminal);
    RecordedEvents events = input.events(progress);
    Report report = Report.of(events, runs, out);
    events.passedOver().forEach(unread -> spec.commandLine().getErr().println(unread.sentence()));
    runs.requireSeen();
    if (report.isEmpty()) {
      throw unusable(spec, "There is no metric event to report.");
    }
    Report.Written written = write(report, progress);
    progress.erase();
    terminal.printf(
        "Wrote %s and %s of %s, %s.%n",
        out.resolve(Report.PAGE),
        Counted.of(written.plots(), "plot"),
        Counted.of(written.runs(), "run"),
        Counted.of(written.checkpoints(), "checkpoint"));
    if (written.missing() != null) {
      spec.commandLine().getErr().println(written.missing());
      return 1;
    }
    return 0;
  }

  private Report.Written write(Report report, ProgressLine progress) throws IOException {
    try {
      return report.write(
          title,
          (drawn, all) -> {
            synchronized (progress) {
              progress.show(() -> "  drew %d of %d plots".formatted(drawn, all));
            }
          });
    } catch (IOException e) {
      throw new IOException("The report cannot be written to %s (%s).".formatted(out, e), e);
    }
  }
}
