package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.relate.CorrelationGroup;
import io.sounding.jobs.watch.Events;
import io.sounding.jobs.watch.MetricField;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.CorrelationScope;
import io.sounding.schemas.MetricEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs that read, on files: as users without a Kafka at hand call them. */
class ReadersTest {

  private static final long[] STEPS = {0, 100, 200, 400, 800, 1600, 3200};

  @TempDir private Path folder;

  private final StringWriter told = new StringWriter();
  private final StringWriter errors = new StringWriter();
  private Path events;

  @BeforeEach
  void writeEvents() throws Exception {
    List<MetricEvent> all = new ArrayList<>();
    for (long step : STEPS) {
      all.add(Events.finished("a", step, 0).build());
      all.add(Events.finished("a", step, 1).build());
    }
    events = Events.jsonLines(folder.resolve("a.jsonl"), all);
  }

  /** Runs a command, in which FOLDER stands for the folder of the test. */
  private int sounding(String... arguments) {
    return Sounding.execute(
        new PrintWriter(told),
        new PrintWriter(errors),
        Arrays.stream(arguments)
            .map(argument -> argument.replace("FOLDER", folder.toString()))
            .toArray(String[]::new));
  }

  private Path scores() throws Exception {
    StringBuilder csv = new StringBuilder("step,task,value\n");
    double[] values = {0.1, 0.5, 0.3, 0.4, 0.6, 0.2, 0.7};
    for (int i = 0; i < STEPS.length; i++) {
      csv.append(STEPS[i]).append(",digits,").append(values[i]).append('\n');
    }
    return Files.writeString(folder.resolve("scores.csv"), csv);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tail", "export", "report", "correlate"})
  void helpShowsAnExampleAndTheExitStatus(String verb) {
    assertThat(sounding(verb, "--help")).isZero();

    assertThat(told.toString())
        .contains("Example", "  sounding " + verb + " --bootstrap kafka:9092")
        .contains("Exit status: 0")
        .doesNotContain("%%")
        .satisfies(
            help ->
                assertThat(help.lines())
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "export --out FOLDER/x.csv|Say where metric events are: --bootstrap HOST:PORT for Kafka, or --from FILE.jsonl",
        "export --from FOLDER/a.jsonl --bootstrap k:1 --out FOLDER/x.csv|Say where metric events are",
        "export --from FOLDER/none.jsonl --out FOLDER/x.csv|none.jsonl cannot be read",
        "export --from FOLDER/a.jsonl --out FOLDER/x.xls|does not end in .csv, .jsonl or .parquet; say --format.",
        "export --from FOLDER/a.jsonl --out FOLDER/x --format xls|--format is 'xls'; say csv, jsonl or parquet.",
        "export --from FOLDER/a.jsonl --out FOLDER/x.csv --status some|--status is 'some'; say FINAL or all.",
        "export --from FOLDER/a.jsonl --out FOLDER/no/x.csv|cannot be written; name a file in an existing folder",
        "export --from FOLDER/a.jsonl --out FOLDER|does not end in",
        "export --from FOLDER/a.jsonl --out FOLDER/x.csv --run b c|There is no metric event of run b, c; there are runs a.",
        "report --from FOLDER/a.jsonl --out FOLDER/a.jsonl|is no folder that can be written, nor can it be made",
        "report --from FOLDER/a.jsonl --out FOLDER/r --run b|There is no metric event of run b; there are runs a.",
        "report --out FOLDER/r|Say where metric events are",
        "correlate --from FOLDER/a.jsonl|With --from, say where scores are: --scores scores.csv.",
        "correlate --from FOLDER/a.jsonl --scores=|--scores is empty; is a variable unset?",
        "correlate --from FOLDER/a.jsonl --scores FOLDER/no.csv|no.csv: does not exist; check the path.",
        "watch --run=a --corpus=c --bootstrap=k:1 --loss=|the path is empty; is a variable unset?",
        "correlate --from FOLDER/a.jsonl --scores FOLDER/no.csv --from-step x|'x' is neither a step such as 32000 nor a share",
        "tail|Missing required option: '--bootstrap=HOST:PORT'",
        "tail --bootstrap k:1 --from-start --since 2h|mutually exclusive",
        "tail --bootstrap k:1 --since yesterday|'yesterday' is neither a moment such as 2026-11-22T17:05:00Z nor a duration",
        "tail --bootstrap k:1 --layer last|'last' is not an int",
        "dashboard --bootstrap k:1 --port 0 --host=|--host is empty; is a variable unset?",
        "replay --run=a --corpus=c --bootstrap=k:1 --from=|--from is empty; is a variable unset?",
        "watch FOLDER --run=a --corpus=c --bootstrap=k:1 --done-marker=|--done-marker is empty;",
        "watch FOLDER --run=a --corpus=c --bootstrap=k:1 --uri-prefix=|--uri-prefix is empty;",
        "watch FOLDER --run=a --corpus=c --bootstrap=k:1 --graph-uri=|--graph-uri is empty;",
        "publish checkpoint / --run=a --corpus=c --bootstrap=k:1|/: is a folder; name a file in it.",
        "export --from FOLDER/a.jsonl --out /|--out / does not end in .csv, .jsonl or .parquet",
        "export --from FOLDER/a.jsonl --out / --format csv|--out / cannot be written; name a file",
        "tail --bootstrap k:1 --layer 0,-1|--layer is -1; it must lie in 0 to "
      })
  void unusableArgumentsGiveStatusTwoAndASentence(String command, String sentence) {
    assertThat(sounding(command.split(" "))).isEqualTo(2);
    assertThat(errors.toString()).contains(sentence);
    assertThat(folder.toFile().list()).containsExactly("a.jsonl");
  }

  @Test
  void filesThatAreNamedAreReadThoughAKafkaIsConfigured() {
    Map<String, String> environment = Map.of("SOUNDING_BOOTSTRAP", "127.0.0.1:1");
    Path out = folder.resolve("x.csv");
    assertThat(
            Sounding.execute(
                new PrintWriter(told),
                new PrintWriter(errors),
                environment,
                "export",
                "--from=" + events,
                "--out=" + out))
        .as(errors.toString())
        .isZero();
    assertThat(out).exists();
  }

  @Test
  void aFileThatHoldsSomethingElseGivesStatusTwo() throws Exception {
    Files.writeString(events, "{\"loss\": 3}\n");

    assertThat(sounding("export", "--from", "FOLDER/a.jsonl", "--out", "FOLDER/x.csv"))
        .isEqualTo(2);
    assertThat(errors.toString()).contains("a.jsonl: is not a metric event at line 1");
    assertThat(folder.resolve("x.csv")).doesNotExist();
  }

  @Test
  void exportsWhatWasEvaluated() throws Exception {
    assertThat(sounding("export", "--from", "FOLDER/a.jsonl", "--out", "FOLDER/x.jsonl")).isZero();

    assertThat(told.toString()).endsWith("Wrote 14 events to " + folder.resolve("x.jsonl") + ".\n");
    assertThat(folder.resolve("x.jsonl")).hasSameTextualContentAs(events);
  }

  @Test
  void exportsFinalEventsAloneUnlessAllAreAskedFor() throws Exception {
    Events.jsonLines(
        events,
        List.of(
            Events.finished("a", 1, 0).build(),
            Events.partial("a", 2, 0).build(),
            Events.failed("b", 3, "Gone.").build()));

    assertThat(sounding("export", "--from", "FOLDER/a.jsonl", "--out", "FOLDER/x.csv")).isZero();
    assertThat(folder.resolve("x.csv")).content().hasLineCount(2);
    assertThat(
            sounding(
                "export", "--from", "FOLDER/a.jsonl", "--out", "FOLDER/x.csv", "--status", "ALL"))
        .isZero();
    assertThat(folder.resolve("x.csv")).content().hasLineCount(4);
    assertThat(
            sounding("export", "--from", "FOLDER/a.jsonl", "--out", "FOLDER/y.csv", "--run", "b"))
        .isEqualTo(2);
    assertThat(errors.toString())
        .contains("There is no FINAL metric event to export. --status all takes the others too.");
    assertThat(folder.resolve("y.csv")).doesNotExist();
  }

  @Test
  void writesAReportIntoANewFolder() {
    assertThat(sounding("report", "--from", "FOLDER/a.jsonl", "--out", "FOLDER/new/report"))
        .isZero();

    Path report = folder.resolve("new").resolve("report");
    assertThat(told.toString())
        .endsWith(
            "Wrote %s and %d plots of 1 run, 7 checkpoints.%n"
                .formatted(report.resolve("report.html"), 2 * (2 * MetricField.ALL.size() + 1)));
    assertThat(report.resolve("overview.png")).isNotEmptyFile();
  }

  @Test
  void correlatesOffline() throws Exception {
    scores();

    assertThat(
            sounding(
                "correlate",
                "--from",
                "FOLDER/a.jsonl",
                "--scores",
                "FOLDER/scores.csv",
                "--from-step",
                "0"))
        .as(errors.toString())
        .isZero();

    String golden =
        new String(
            ReadersTest.class.getResourceAsStream("correlate.txt").readAllBytes(),
            StandardCharsets.UTF_8);
    assertThat(told.toString()).isEqualTo(golden.replace("OTHERS", others()));
  }

  @ParameterizedTest
  @CsvSource({"2, ... and 2 more; --all shows them.", "4,"})
  void ofManyMetricsTheFirstAreShown(int most, String others) {
    List<CorrelationEvent> rows = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      rows.add(
          CorrelationEvent.newBuilder()
              .setScope(CorrelationScope.ALONG_RUN)
              .setRunId("a")
              .setCorpusId("dev")
              .setLayer(0)
              .setMetric("metric" + i)
              .setTask("digits")
              .setPairs(9)
              .setSpearman(i == 4 ? null : 0.1 * i)
              .setEmittedAt(Events.NOON)
              .build());
    }

    new CorrelationPrinter(new PrintWriter(told), most).print(CorrelationGroup.of(rows).get(0));

    assertThat(
            told.toString()
                .lines()
                .filter(line -> line.startsWith("  metric") && line.contains("0.")))
        .hasSize(most);
    assertThat(told.toString()).contains("  1 more have no correlation: constant,");
    if (others == null) {
      assertThat(told.toString()).doesNotContain("--all");
    } else {
      assertThat(told.toString()).contains(others);
    }
  }

  /** In two layers all metrics but RankMe are constant. */
  private static String others() {
    return Integer.toString(2 * (MetricField.ALL.size() - 1));
  }

  @Test
  void withoutAFirstStepTheBeginningIsLeftOut() throws Exception {
    scores();

    assertThat(sounding("correlate", "--from", "FOLDER/a.jsonl", "--scores", "a=FOLDER/scores.csv"))
        .isZero();

    assertThat(told.toString())
        .contains(
            "Task digits along run a on corpus dev: 4 checkpoints from step 320 on (the first 10 % of the run is\nleft out).")
        .contains("With 4 pairs nothing can be told from luck")
        .contains(others() + " more have no correlation: constant, or not known of 3 pairs.")
        .doesNotContain("7 checkpoints");
  }

  @Test
  void scoresOfSeveralRunsAreGivenByName() throws Exception {
    List<MetricEvent> all = new ArrayList<>();
    for (String run : List.of("a", "b", "c")) {
      all.add(Events.finished(run, 100, 0).setRank(Events.rank(50 + run.charAt(0))).build());
      Files.writeString(
          folder.resolve(run + ".csv"),
          "step,task,value\n100,digits," + (int) run.charAt(0) + "\n");
    }
    Events.jsonLines(events, all);

    assertThat(sounding("correlate", "--from", "FOLDER/a.jsonl", "--scores", "FOLDER/a.csv"))
        .isEqualTo(2);
    assertThat(errors.toString())
        .contains("Say whose scores these are: --scores RUN=", "; there are runs a, b, c.");
    assertThat(sounding("correlate", "--from", "FOLDER/a.jsonl", "--scores", "d=FOLDER/a.csv"))
        .isEqualTo(2);
    assertThat(errors.toString())
        .contains(
            "There is no metric event of run d, which --scores names; there are runs a, b, c.");

    String[] scores = {
      "--scores", "a=FOLDER/a.csv", "--scores", "b=FOLDER/b.csv", "--scores", "c=FOLDER/c.csv"
    };
    List<String> command = new ArrayList<>(List.of("correlate", "--from", "FOLDER/a.jsonl"));
    command.addAll(List.of(scores));
    assertThat(sounding(command.toArray(new String[0]))).isEqualTo(1);
    assertThat(told.toString())
        .contains("There is nothing to show: it takes 3 checkpoints with FINAL metrics and a score")
        .contains("Across runs there are correlations at steps 100: --across STEP.");

    command.addAll(List.of("--across", "100"));
    assertThat(sounding(command.toArray(new String[0]))).isZero();
    assertThat(told.toString())
        .contains(
            "Task digits across 3 runs on corpus dev: metrics at step 100 against scores at step 100.")
        .containsPattern("rankMe +0 +3 +1.000 ");

    command.addAll(List.of("--run", "a", "b"));
    assertThat(sounding(command.toArray(new String[0]))).isEqualTo(1);
    assertThat(told.toString()).contains("There is nothing to show at step 100: it takes 3 runs");
    command.add("d");
    assertThat(sounding(command.toArray(new String[0]))).isEqualTo(2);
    assertThat(errors.toString()).contains("There is no score of run d; there are runs a, b, c.");
  }

  @Test
  void whoseScoresAreMeantIsAskedOfTheFileThatDoesNotSay() throws Exception {
    Events.jsonLines(
        events,
        List.of(Events.finished("a", 100, 0).build(), Events.finished("b", 100, 0).build()));
    Path scores = Files.move(scores(), folder.resolve("b.csv"));
    String[] command = {
      "correlate",
      "--from",
      "FOLDER/a.jsonl",
      "--scores",
      "a=FOLDER/b.csv",
      "--scores",
      "FOLDER/b.csv"
    };

    assertThat(sounding(command)).isEqualTo(2);
    assertThat(errors.toString())
        .contains("--scores RUN=" + scores + ", with the name of a run that has metric events;")
        .contains("; there are runs a, b.");
    Files.writeString(events, "");
    assertThat(sounding(command)).isEqualTo(2);
    assertThat(errors.toString()).contains("; there is none at all.");
  }

  @Test
  void namesOfRunsAndFilesMayHoldSignsOfEquality() throws Exception {
    Events.jsonLines(
        events,
        Arrays.stream(STEPS).mapToObj(s -> Events.finished("lr=0.1", s, 0).build()).toList());
    Path scores = Files.move(scores(), folder.resolve("lr=0.1.csv"));

    for (String given : List.of("FOLDER/lr=0.1.csv", "lr=0.1=FOLDER/lr=0.1.csv")) {
      assertThat(sounding("correlate", "--from", "FOLDER/a.jsonl", "--scores", given))
          .as(given + errors)
          .isZero();
    }
    assertThat(scores).exists();
    assertThat(told.toString()).contains("Task digits along run lr=0.1");
  }
}
