package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkFile;
import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.export.Export;
import io.sounding.jobs.publish.Counted;
import io.sounding.jobs.watch.LatestEvents;
import io.sounding.jobs.watch.RecordedEvents;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sounding export}: metric events as a table. */
@Command(
    name = "export",
    description =
        "Writes the latest metric event of each run, checkpoint, corpus and layer to a file, which appears once it is complete.",
    footer = {
      "",
      "Examples:",
      "  sounding export --bootstrap kafka:9092 --out metrics.parquet",
      "  sounding export --from run1.jsonl run2.jsonl --format csv --out both.csv",
      "",
      "CSV and Parquet have a column per field, those of a family as in rank_rankMe,",
      "clusters_silhouette, cost_embedSeconds. What is not there is empty in CSV and",
      "null in JSON and Parquet. A loss that is not a number is NaN in CSV and",
      "Parquet, \"NaN\" in JSON. Of several attempts at a checkpoint the latest counts.",
      "Spreadsheets take texts of a CSV that begin with = + - or @ for formulas: if ids",
      "may, import these columns as text.",
      "",
      "Exit status: 0 written, 2 unusable arguments or nothing to write, 3 Kafka out",
      "of reach or disk full."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {

  private enum Selection {
    FINAL,
    ALL
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Where the table goes.")
  private Path out;

  @Option(
      names = "--format",
      paramLabel = "csv|jsonl|parquet",
      description = "The format (default: as the file's name ends).")
  private String format;

  @Option(
      names = "--status",
      defaultValue = "FINAL",
      paramLabel = "FINAL|all",
      description =
          "FINAL events only, or also FAILED ones and PARTIAL ones that nothing followed (default: ${DEFAULT-VALUE}).")
  private String status;

  @Mixin private RunOptions runs;
  @Mixin private InputOptions input;

  @Override
  public Integer call() throws IOException {
    Export.Format chosen = chosenFormat();
    Selection selection = chosenStatus();
    checkFile(spec, "--out", out);
    PrintWriter terminal = spec.commandLine().getOut();
    ProgressLine progress = new ProgressLine(terminal);
    RecordedEvents events = input.events(progress);
    try (LatestEvents latest =
        selection == Selection.FINAL ? LatestEvents.finals() : LatestEvents.all()) {
      events.metrics(
          event -> {
            if (runs.test(event.getRunId())) {
              latest.add(event);
            }
          });
      events.passedOver().forEach(unread -> spec.commandLine().getErr().println(unread.sentence()));
      runs.requireSeen();
      if (latest.size() == 0) {
        throw unusable(
            spec,
            "There is no %s to export.%s"
                .formatted(
                    selection == Selection.FINAL ? "FINAL metric event" : "metric event",
                    selection == Selection.FINAL ? " --status all takes the others too." : ""));
      }
      write(latest, chosen, progress);
      progress.erase();
      terminal.printf("Wrote %s to %s.%n", Counted.of(latest.size(), "event"), out);
    }
    return 0;
  }

  private void write(LatestEvents latest, Export.Format chosen, ProgressLine progress)
      throws IOException {
    try {
      Export.write(
          latest,
          chosen,
          out,
          written ->
              progress.show(() -> "  wrote %d of %d events".formatted(written, latest.size())));
    } catch (IOException e) {
      throw new IOException("%s cannot be written (%s).".formatted(out, e), e);
    }
  }

  private Export.Format chosenFormat() {
    if (format == null) {
      Export.Format ofName = Export.Format.of(out);
      if (ofName == null) {
        throw unusable(
            spec,
            "--out %s does not end in .csv, .jsonl or .parquet; say --format.".formatted(out));
      }
      return ofName;
    }
    try {
      return Export.Format.valueOf(format.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw unusable(spec, "--format is '%s'; say csv, jsonl or parquet.".formatted(format));
    }
  }

  private Selection chosenStatus() {
    try {
      return Selection.valueOf(status.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw unusable(spec, "--status is '%s'; say FINAL or all.".formatted(status));
    }
  }
}
