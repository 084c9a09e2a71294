package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.cli.Sounding;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the README tells, with the commands as users give them: a corpus is published, two training
 * runs are watched while their checkpoints are written, scores come in, one run collapses, and the
 * runs are replayed and reported. Leaves a transcript in {@code target/story.txt}.
 */
class StoryITCase {

  private static final Pattern BOOTSTRAP = Pattern.compile("Kafka at (\\S+), Flink at http");
  private static final String CORPUS = "voices";

  /** In the order in which they are written; the fourth is written in two halves. */
  private static final int[] HEALTHY = {0, 100, 400, 800, 1_600, 3_200};

  private static final int[] COLLAPSE = {0, 12, 25, 50, 100};

  @TempDir private Path folder;
  private Path runs;
  private KafkaClients kafka;
  private final StringBuilder transcript = new StringBuilder();

  @Test
  void twoRunsAreWatchedFromTheirFirstCheckpointToTheReport() throws Exception {
    runs = Files.createDirectories(folder.resolve("runs"));
    try (JavaProcess serving = serve()) {
      kafka = KafkaClients.of(serving.awaitPrinted(BOOTSTRAP), Topics.withPrefix("sounding"));
      sounding(0, "publish", "audio", oneUtteranceOfEachVoice().toString(), "--corpus", CORPUS);
      try (JavaProcess healthy = watch("healthy");
          JavaProcess collapse = watch("collapse")) {
        writeHealthyRun();
        writeCollapsingRun();
        assertThat(healthy.terminate()).as(healthy.printed()).isZero();
        assertThat(collapse.terminate()).as(collapse.printed()).isZero();
        tell("watch runs/healthy --run healthy --corpus voices", healthy.printed());
        tell("watch runs/collapse --run collapse --corpus voices", collapse.printed());
      }
      everyCheckpointWasEvaluatedOnce();
      oneRunRaisedItsAlarmWithinTwoCheckpointsOfItsCollapse();
      scoresBecomeCorrelations();
      aReplayEvaluatesNothingAgain("healthy");
      aReplayEvaluatesNothingAgain("collapse");
      whatIsThereCanBeReadAsTableFileAndPage();
    } finally {
      Files.writeString(Path.of("target", "story.txt"), transcript);
    }
  }

  private void writeHealthyRun() throws Exception {
    write("healthy", HEALTHY[0]);
    write("healthy", HEALTHY[1]);
    write("healthy", HEALTHY[2]);
    awaitFinals("healthy", 3);

    byte[] halved = Files.readAllBytes(DemoData.checkpoint("healthy", HEALTHY[3]));
    Path file = runs.resolve("healthy").resolve("step%05d.onnx".formatted(HEALTHY[3]));
    try (OutputStream slowly = Files.newOutputStream(file)) {
      slowly.write(halved, 0, halved.length / 2);
      slowly.flush();
      write("healthy", HEALTHY[4]);
      awaitFinals("healthy", 4);
      assertThat(published("healthy")).doesNotContain(file.getFileName().toString());
      slowly.write(halved, halved.length / 2, halved.length - halved.length / 2);
    }
    write("healthy", HEALTHY[5]);
    awaitFinals("healthy", HEALTHY.length);
  }

  private void writeCollapsingRun() throws Exception {
    for (int i = 0; i < COLLAPSE.length; i++) {
      write("collapse", COLLAPSE[i]);
      awaitFinals("collapse", i + 1);
    }
  }

  private void everyCheckpointWasEvaluatedOnce() {
    assertThat(published("healthy")).containsExactlyInAnyOrder(names(HEALTHY));
    assertThat(published("collapse")).containsExactlyInAnyOrder(names(COLLAPSE));
    Map<String, Long> finals =
        read(kafka.topics().metrics(), MetricEvent.class).stream()
            .filter(event -> event.getStatus() != MetricStatus.PARTIAL)
            .peek(event -> assertThat(event.getStatus()).isEqualTo(MetricStatus.FINAL))
            .collect(
                Collectors.groupingBy(
                    event -> event.getRunId() + event.getCheckpointId(), Collectors.counting()));
    assertThat(finals).hasSize(HEALTHY.length + COLLAPSE.length);
    assertThat(finals.values()).containsOnly(1L);
  }

  /** RankMe is at a fifth of its peak at step 25; the second checkpoint after that is step 100. */
  private void oneRunRaisedItsAlarmWithinTwoCheckpointsOfItsCollapse() {
    List<AlarmEvent> alarms = read(kafka.topics().alarms(), AlarmEvent.class);
    assertThat(alarms).isNotEmpty();
    assertThat(alarms)
        .allSatisfy(
            alarm -> {
              assertThat(alarm.getRunId()).isEqualTo("collapse");
              assertThat(alarm.getState()).isEqualTo(AlarmState.RAISED);
            });
    assertThat(alarms).extracting(AlarmEvent::getMetric).contains("rankMe").doesNotHaveDuplicates();
    assertThat(alarms).anySatisfy(alarm -> assertThat(alarm.getStep()).isBetween(25L, 100L));
  }

  private void scoresBecomeCorrelations() {
    Path scores = DemoData.folder().resolve("runs/healthy/scores.csv");
    sounding(0, "score", "--run", "healthy", "--from", scores.toString());
    Await.until(
        "RankMe and the step are correlated over the checkpoints from a tenth of the run on",
        () -> isCorrelated("rankMe") && isCorrelated("logStep"));
    String table = sounding(0, "correlate", "--run", "healthy", "--task", "voice-accuracy");
    assertThat(table).contains("rankMe", "training loss", "the step itself", "nothing can be told");
  }

  /** Over the last four of the six checkpoints. */
  private boolean isCorrelated(String metric) {
    return read(kafka.topics().correlations(), CorrelationEvent.class).stream()
        .anyMatch(
            event ->
                event.getMetric().equals(metric)
                    && event.getFromStep() > 0
                    && event.getPairs() == HEALTHY.length - 2);
  }

  private void aReplayEvaluatesNothingAgain(String run) {
    List<MetricEvent> before = read(kafka.topics().metrics(), MetricEvent.class);

    String told = sounding(0, with(run, "replay", "--run", run, "--from"));

    assertThat(told).contains("0 published now, 0 under way, ");
    assertThat(published(run)).hasSize(run.equals("healthy") ? HEALTHY.length : COLLAPSE.length);
    assertThat(read(kafka.topics().metrics(), MetricEvent.class)).hasSameSizeAs(before);
  }

  private void whatIsThereCanBeReadAsTableFileAndPage() throws Exception {
    String live = sounding(0, "tail", "--from-start", "--until-idle", "10s");
    assertThat(live)
        .contains("healthy            3200")
        .contains("ALARM: run collapse, step 50, rankMe");
    Path csv = folder.resolve("metrics.csv");
    sounding(0, "export", "--format", "csv", "--out", csv.toString());
    assertThat(Files.readAllLines(csv)).hasSize(1 + HEALTHY.length + COLLAPSE.length);
    Path report = folder.resolve("report");
    sounding(0, "report", "--out", report.toString());
    assertThat(Files.readString(report.resolve("report.html"))).contains("collapse");
  }

  // --- the actors --------------------------------------------------------------------------------

  private JavaProcess serve() {
    return process(
        "serve",
        "1g",
        List.of(
            "serve",
            "--port",
            "0",
            "--work",
            folder.resolve("sounding-data").toString(),
            "--models-from",
            runs.toUri().toString(),
            "--shards",
            "4",
            "--k",
            "16",
            "--sample",
            "2000",
            "--parallelism",
            "2"));
  }

  private JavaProcess watch(String run) {
    List<String> arguments = new ArrayList<>(List.of(with(run, "watch")));
    arguments.addAll(List.of("--run", run, "--settle", "1s", "--poll", "200ms"));
    arguments.addAll(List.of("--bootstrap", kafka.bootstrapServers()));
    return process("watch-" + run, "256m", arguments);
  }

  private JavaProcess process(String name, String heap, List<String> arguments) {
    return JavaProcess.start(
        name,
        folder.resolve(name),
        List.of(
            "-Xmx" + heap,
            "-XX:TieredStopAtLevel=1",
            "--add-opens=java.base/java.util=ALL-UNNAMED"),
        Sounding.class,
        arguments);
  }

  /** The arguments, then the run's folder and what holds for its checkpoints. */
  private String[] with(String run, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(runs.resolve(run).toString());
    all.addAll(List.of("--corpus", CORPUS, "--layers", "-1"));
    all.addAll(
        List.of("--loss", DemoData.folder().resolve("runs/" + run + "/loss.csv").toString()));
    return all.toArray(new String[0]);
  }

  /** Gives a command, in this process; what it printed. */
  private String sounding(int status, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap", kafka.bootstrapServers()));
    Verb verb = Verb.run(all);
    tell(String.join(" ", arguments), verb.told());
    assertThat(verb.status()).as(verb.told()).isEqualTo(status);
    return verb.told();
  }

  private void tell(String command, String printed) {
    transcript.append("$ ./sounding ").append(command).append('\n').append(printed).append('\n');
  }

  private Path oneUtteranceOfEachVoice() throws Exception {
    Path audio = Files.createDirectories(folder.resolve("audio"));
    try (var files = Files.list(DemoData.audio())) {
      for (Path file : files.filter(f -> f.toString().endsWith("_000.flac")).toList()) {
        Files.copy(file, audio.resolve(file.getFileName()));
      }
    }
    return audio;
  }

  private void write(String run, int step) throws Exception {
    Path target = Files.createDirectories(runs.resolve(run));
    Files.copy(DemoData.checkpoint(run, step), target.resolve("step%05d.onnx".formatted(step)));
  }

  // --- what Kafka holds --------------------------------------------------------------------------

  private <T extends SpecificRecordBase> List<T> read(String topic, Class<T> kind) {
    return PublishedRecords.of(kafka, topic, kind);
  }

  private List<String> published(String run) {
    return read(kafka.topics().checkpoints(), CheckpointEvent.class).stream()
        .filter(event -> event.getRunId().equals(run))
        .map(CheckpointEvent::getCheckpointId)
        .toList();
  }

  private void awaitFinals(String run, int expected) {
    TreeMap<Long, Double> rankMe = new TreeMap<>();
    try (CommittedRecords<MetricEvent> metrics =
        new CommittedRecords<>(kafka, kafka.topics().metrics(), MetricEvent.class)) {
      Await.until(
          expected + " checkpoints of run " + run + " are FINAL",
          () -> {
            for (MetricEvent event : metrics.poll(Duration.ofMillis(200))) {
              if (event.getRunId().equals(run) && event.getStatus() == MetricStatus.FINAL) {
                rankMe.put(event.getStep(), event.getRank().getRankMe());
              }
            }
            return rankMe.size() >= expected;
          },
          () -> rankMe);
    }
  }

  private static String[] names(int... steps) {
    return Arrays.stream(steps).mapToObj("step%05d.onnx"::formatted).toArray(String[]::new);
  }
}
