package io.sounding.jobs.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.MetricEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEventsTest {

  @TempDir private Path folder;

  private static List<MetricEvent> read(Path... files) throws UnusableInputException {
    List<MetricEvent> events = new ArrayList<>();
    new FileEvents(List.of(files)).metrics(events::add);
    return events;
  }

  @Test
  void readsOneFileAfterTheOther() throws Exception {
    MetricEvent one = Events.finished("a", 1, 0).build();
    MetricEvent two = Events.failed("b", 2, "Gone.").build();
    Path first = Events.jsonLines(folder.resolve("a.jsonl"), List.of(one));
    Path second = Events.jsonLines(folder.resolve("b.jsonl"), List.of(two, one));
    Files.writeString(first, "\n\n", StandardOpenOption.APPEND);

    assertThat(read(first, second)).containsExactly(one, two, one);
  }

  @Test
  void aPipeMayBeReadAgain() throws Exception {
    MetricEvent event = Events.finished("a", 1, 0).build();
    Path file = Events.jsonLines(folder.resolve("a.jsonl"), List.of(event));
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Process writer =
        new ProcessBuilder(
                "sh", "-c", "cat \"$1\" > \"$2\"", "sh", file.toString(), pipe.toString())
            .start();
    FileEvents events = new FileEvents(List.of(pipe));
    List<MetricEvent> found = new ArrayList<>();
    try {
      events.metrics(found::add);
      events.metrics(found::add);
    } finally {
      writer.destroy();
    }
    assertThat(found).containsExactly(event, event);
  }

  @Test
  void aLineThatIsNoMetricEventIsNamed() throws Exception {
    Path file =
        Events.jsonLines(folder.resolve("a.jsonl"), List.of(Events.finished("a", 1, 0).build()));
    Files.writeString(file, "{\"run\": 1}\n", StandardOpenOption.APPEND);

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(UnusableInputException.class)
        .hasMessage(
            file
                + ": is not a metric event at line 2 (MetricEvent.status is missing); name a file that evaluate --out or export --format jsonl wrote.");
  }

  @Test
  void aFinalEventWithoutMetricsIsNone() throws Exception {
    for (MetricEvent.Builder lacking :
        List.of(
            Events.finished("a", 1, 0).setClusters(null),
            Events.finished("a", 1, 0).setRank(null))) {
      Path file = Events.jsonLines(folder.resolve("a.jsonl"), List.of(lacking.build()));
      assertThatThrownBy(() -> read(file))
          .hasMessageContaining("at line 1 (a FINAL event has rank and clusters)");
    }
  }

  @Test
  void whatIsNoJsonNoTextOrNotThereIsToldInASentence() throws Exception {
    Path csv = Files.writeString(folder.resolve("a.csv"), "step,loss\n1,2\n");
    Path bytes = Files.write(folder.resolve("model.pt"), new byte[] {(byte) 0xff, 0, 1, 2});
    Path cut = Files.writeString(folder.resolve("cut.jsonl"), "{\"status\": \"FINAL\", \"ru");
    Path two = Files.writeString(folder.resolve("two.jsonl"), "{} {\"status\": \"FINAL\"}\n");
    Path missing = folder.resolve("missing.jsonl");

    assertThatThrownBy(() -> read(csv)).hasMessageContaining("is not JSON at line 1");
    assertThatThrownBy(() -> read(bytes)).hasMessageContaining("is not text in UTF-8");
    assertThatThrownBy(() -> read(cut)).hasMessageContaining("is not JSON at line 1");
    assertThatThrownBy(() -> read(two)).hasMessageContaining("is not JSON at line 1");
    assertThatThrownBy(() -> read(missing))
        .hasMessage(missing + ": does not exist; check the path.");
  }

  @Test
  void alarmsAreJudgedAsTheJobWouldJudgeThem() throws Exception {
    List<MetricEvent> events = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      events.add(
          Events.finished("b", 100L * i, 0)
              .setLayers(1)
              .setRank(Events.rank(i < 2 ? 60 : 2))
              .setTrainingLoss(i == 4 ? Double.NaN : 1.0)
              .build());
    }
    Path file = Events.jsonLines(folder.resolve("b.jsonl"), events);

    RecordedEvents.Alarms alarms = new FileEvents(List.of(file)).alarms();

    // two checkpoints in a row confirm the fall of rank; a loss that is no number needs none
    assertThat(alarms.events())
        .extracting(AlarmEvent::getMetric, AlarmEvent::getStep, AlarmEvent::getState)
        .containsExactly(
            tuple("rankMe", 300L, AlarmState.RAISED),
            tuple("trainingLoss", 400L, AlarmState.RAISED));
    assertThat(alarms.note())
        .isEqualTo(
            "Alarms were judged with the default thresholds, since files hold metric events only.");
  }

  @Test
  void linesMayBeLong() throws Exception {
    MetricEvent event = Events.failed("a", 1, "x".repeat(200_000)).build();
    Path file = Events.jsonLines(folder.resolve("long.jsonl"), List.of(event));

    assertThat(read(file)).containsExactly(event);
    assertThat(Files.readString(file, StandardCharsets.UTF_8)).hasSizeGreaterThan(200_000);
  }
}
