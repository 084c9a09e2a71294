package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkNotEmpty;
import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.publish.ScoreTable;
import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.jobs.relate.CorrelationGroup;
import io.sounding.jobs.relate.Correlations;
import io.sounding.jobs.watch.PassedOver;
import io.sounding.jobs.watch.RecordedEvents;
import io.sounding.operators.relate.FromStep;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.DownstreamScore;
import io.sounding.schemas.MetricEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sounding correlate}: how metrics go with downstream scores. */
@Command(
    name = "correlate",
    description =
        "Shows how every metric, the training loss and the step itself go with downstream scores, and what that supports.",
    footer = {
      "",
      "Examples:",
      "  sounding correlate --bootstrap kafka:9092 --run run1 --task asr-wer",
      "  sounding correlate --from run1.jsonl --scores scores.csv",
      "  sounding correlate --from a.jsonl b.jsonl c.jsonl --scores a=a.csv \\",
      "      --scores b=b.csv --scores c=c.csv --across 50000",
      "",
      "Without --from-step, the first tenth of each run is left out. Metrics are",
      "ranked by the size of their correlation given the step; across runs, by",
      "Spearman's. Scores are published with sounding score.",
      "",
      "Exit status: 0 shown, 1 nothing to show yet, 2 unusable arguments, 3 Kafka",
      "out of reach."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class CorrelateCommand implements Callable<Integer> {

  private static final int SHOWN = 15;

  @Spec private CommandSpec spec;

  @Option(
      names = "--task",
      arity = "1..*",
      paramLabel = "NAME",
      description = "Only these tasks (default: all).")
  private List<String> tasks = List.of();

  @Option(
      names = "--from-step",
      paramLabel = "N|P%",
      description =
          "Along a run: leave out checkpoints before this step, or before this share of the run; 0: none (default: 10%%).")
  private String fromStep;

  @Option(
      names = "--across",
      paramLabel = "STEP",
      description = "Across runs instead: their metrics at this step.")
  private Long across;

  @Option(
      names = "--scores",
      paramLabel = "[RUN=]CSV",
      description =
          "Scores from a file with the columns step, task and value instead of Kafka; RUN may be left out if there is one.")
  private List<String> scoreFiles = List.of();

  @Option(names = "--all", description = "Show all metrics and layers (default: the first 15).")
  private boolean all;

  @Mixin private RunOptions runs;
  @Mixin private InputOptions input;

  @Override
  public Integer call() throws UnusableInputException {
    scoreFiles.forEach(given -> checkNotEmpty(spec, "--scores", given));
    List<CorrelationGroup> groups = groups();
    List<CorrelationGroup> shown = new ArrayList<>();
    for (CorrelationGroup group : groups) {
      boolean wanted = across == null ? group.isAlongRun() : across.equals(group.step());
      if (wanted && (fromStep != null || isPreferred(group, groups))) {
        shown.add(group);
      }
    }
    CorrelationPrinter printer =
        new CorrelationPrinter(spec.commandLine().getOut(), all ? Integer.MAX_VALUE : SHOWN);
    shown.forEach(printer::print);
    if (!shown.isEmpty()) {
      printer.printSigns();
    }
    tellOthers(groups, shown);
    return shown.isEmpty() ? 1 : 0;
  }

  private List<CorrelationGroup> groups() throws UnusableInputException {
    return CorrelationGroup.of(correlations()).stream()
        .filter(group -> group.runId() == null || runs.test(group.runId()))
        .filter(group -> tasks.isEmpty() || tasks.contains(group.task()))
        .toList();
  }

  /** As published where that answers the question, else computed here from what was published. */
  private Collection<CorrelationEvent> correlations() throws UnusableInputException {
    List<FromStep> from = fromStep == null ? List.of() : List.of(parseFromStep());
    boolean amongSome = across != null && !runs.named().isEmpty();
    if (input.isKafka() && scoreFiles.isEmpty() && fromStep == null && !amongSome) {
      return Correlations.published(input.clients(), this::tell);
    }
    RecordedEvents events = input.events(new ProgressLine(spec.commandLine().getOut()));
    if (!input.isKafka() && scoreFiles.isEmpty()) {
      throw unusable(spec, "With --from, say where scores are: --scores scores.csv.");
    }
    List<DownstreamScore> scores =
        scoreFiles.isEmpty()
            ? new ArrayList<>(Correlations.scores(input.clients(), this::tell))
            : readScores(events);
    scores.removeIf(score -> !runs.test(score.getRunId()));
    if (amongSome) {
      runs.requireSeen("score");
    }
    if (!scoreFiles.isEmpty()) {
      requireMeasured(scores, events);
    }
    Collection<CorrelationEvent> computed = Correlations.computed(events, scores, from);
    events.passedOver().forEach(this::tell);
    return computed;
  }

  private void tell(PassedOver unread) {
    spec.commandLine().getErr().println(unread.sentence());
  }

  private FromStep parseFromStep() {
    try {
      return FromStep.of(fromStep);
    } catch (IllegalArgumentException e) {
      throw unusable(spec, "--from-step: " + e.getMessage());
    }
  }

  private List<DownstreamScore> readScores(RecordedEvents events) throws UnusableInputException {
    List<DownstreamScore> scores = new ArrayList<>();
    for (String given : scoreFiles) {
      int equals = endOfRun(given);
      String run = equals > 0 ? given.substring(0, equals) : onlyRun(given, events);
      for (ScoreTable.Score score : ScoreTable.read(Path.of(given.substring(equals + 1)))) {
        scores.add(
            new DownstreamScore(run, score.step(), score.task(), score.value(), Instant.EPOCH));
      }
    }
    return scores;
  }

  private void requireMeasured(List<DownstreamScore> scores, RecordedEvents events)
      throws UnusableInputException {
    TreeSet<String> missing = new TreeSet<>();
    scores.forEach(score -> missing.add(score.getRunId()));
    Set<String> there = runsOf(events);
    missing.removeAll(there);
    if (!missing.isEmpty()) {
      throw unusable(
          spec,
          "There is no metric event of run %s, which --scores names; %s."
              .formatted(String.join(", ", missing), RunOptions.there(there)));
    }
  }

  private static Set<String> runsOf(RecordedEvents events) throws UnusableInputException {
    Set<String> runs = new TreeSet<>();
    events.metrics((MetricEvent event) -> runs.add(event.getRunId()));
    return runs;
  }

  /** Where RUN of RUN=FILE ends; -1: it is a file. Both may hold signs of equality. */
  private static int endOfRun(String given) {
    if (Files.exists(Path.of(given))) {
      return -1;
    }
    int equals = given.indexOf('=');
    for (int i = equals; i >= 0; i = given.indexOf('=', i + 1)) {
      if (Files.exists(Path.of(given.substring(i + 1)))) {
        return i;
      }
    }
    return equals;
  }

  private String onlyRun(String given, RecordedEvents events) throws UnusableInputException {
    if (runs.named().size() == 1) {
      return runs.named().get(0);
    }
    Set<String> there = runsOf(events);
    if (there.size() == 1) {
      return there.iterator().next();
    }
    throw unusable(
        spec,
        "Say whose scores these are: --scores RUN=%s, with the name of a run that has metric events; %s."
            .formatted(given, RunOptions.there(there)));
  }

  /** Without --from-step: of groups that differ in that alone, the one that follows the run. */
  private static boolean isPreferred(CorrelationGroup group, List<CorrelationGroup> groups) {
    return !group.isAlongRun()
        || group.fromShare() != null
        || groups.stream()
            .noneMatch(other -> other.fromShare() != null && other.differsInFirstStepOnly(group));
  }

  private void tellOthers(List<CorrelationGroup> groups, List<CorrelationGroup> shown) {
    var terminal = spec.commandLine().getOut();
    if (shown.isEmpty()) {
      terminal.printf(
          "There is nothing to show%s: it takes 3 %s with FINAL metrics and a score of the same task.%n",
          across == null ? "" : " at step " + across, across == null ? "checkpoints" : "runs");
    }
    String steps =
        groups.stream()
            .filter(group -> !group.isAlongRun() && !shown.contains(group))
            .map(group -> group.step().toString())
            .distinct()
            .collect(Collectors.joining(", "));
    if (!steps.isEmpty()) {
      terminal.printf("%nAcross runs there are correlations at steps %s: --across STEP.%n", steps);
    }
    terminal.flush();
  }
}
