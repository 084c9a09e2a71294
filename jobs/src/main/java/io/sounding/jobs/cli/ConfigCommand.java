package io.sounding.jobs.cli;

import io.sounding.jobs.EvaluationOptions;
import io.sounding.jobs.WireFormatOptions;
import io.sounding.jobs.configuration.Configuration;
import io.sounding.jobs.configuration.Explanation;
import io.sounding.jobs.configuration.Setting;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code sounding config}: what is configured, and what can be. */
@Command(
    name = "config",
    description =
        "Checks the configuration, and shows each value with the place that it comes from; or lists what can be configured.",
    footer = {
      "",
      "Examples:",
      "  sounding config --config sounding.yaml",
      "  sounding config --explain",
      "",
      "A file has sections and keys:",
      "  bootstrap: kafka:9092",
      "  job:",
      "    models-from: [s3://bucket/checkpoints/]",
      "The environment wins over the file: SOUNDING_BOOTSTRAP, SOUNDING_JOB_MODELS_FROM.",
      "",
      "Exit status: 0 it can be used, 2 it cannot."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class ConfigCommand implements Callable<Integer> {

  /** What may be one in a URI; in that of a schema registry, with signs that belong encoded. */
  private static final Pattern PASSWORD = Pattern.compile("(?<=https?:)//.*@|//[^/]*@");

  private enum Format {
    TEXT,
    MARKDOWN,
    JSON
  }

  @Spec private CommandSpec spec;
  @ParentCommand private Sounding sounding;

  @Option(
      names = "--explain",
      description = "List every option with its key, type, default and unit.")
  private boolean explain;

  @Option(
      names = "--format",
      paramLabel = "text|markdown|json",
      description = "How --explain lists them (default: text).")
  private Format format = Format.TEXT;

  @Override
  public Integer call() {
    PrintWriter terminal = spec.commandLine().getOut();
    if (explain) {
      terminal.print(explained());
    } else {
      show(terminal, sounding.configuration());
      terminal.flush();
      return check(sounding.configuration());
    }
    terminal.flush();
    return 0;
  }

  /** Types are right already; whether the job can be started with these values. */
  private int check(Configuration configuration) {
    EvaluationOptions job = new EvaluationOptions();
    configuration.appliedTo(new CommandLine(job)).parseArgs();
    WireFormatOptions wire = new WireFormatOptions();
    configuration.appliedTo(new CommandLine(wire)).parseArgs();
    try {
      job.settings();
      wire.format();
      return 0;
    } catch (IllegalArgumentException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 2;
    }
  }

  private String explained() {
    Explanation explanation = new Explanation(Components.options());
    return switch (format) {
      case TEXT -> explanation.text();
      case MARKDOWN -> explanation.markdown() + TopicTable.markdown();
      case JSON -> explanation.json();
    };
  }

  private static void show(PrintWriter terminal, Configuration configuration) {
    Map<String, Setting> settings = new TreeMap<>(configuration.settings());
    settings.forEach(
        (key, setting) ->
            terminal.printf(
                "%s: %s    (%s)%n",
                key,
                PASSWORD.matcher(setting.shown()).replaceAll("//...@"), // this is no place for it
                setting.source()));
    if (settings.isEmpty()) {
      terminal.println("Nothing is configured; defaults hold. --explain lists what can be.");
    }
  }
}
