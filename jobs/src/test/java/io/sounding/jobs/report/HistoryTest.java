package io.sounding.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.MetricEvent;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {

  private static RunHistory run(String corpus, MetricEvent.Builder... events) {
    return new RunHistory(
        "a",
        corpus,
        Arrays.stream(events)
            .map(
                event -> {
                  CheckpointResult result = new CheckpointResult(event.build());
                  result.add(event.build());
                  return result;
                })
            .toList(),
        List.of());
  }

  /** A loss is drawn as soon as it is known. */
  @Test
  void stepsAreThoseWithSomethingToDraw() {
    RunHistory run =
        run(
            "dev",
            Events.finished("a", 100, 0).setTrainingLoss((Double) null),
            Events.partial("a", 200, 0).setTrainingLoss(2.5),
            Events.partial("a", 300, 0).setTrainingLoss((Double) null),
            Events.failed("a", 400, "Gone."));
    assertThat(new History(List.of(run), null).steps()).containsExactly(100, 200);
  }

  /** Checkpoints of earlier steps were evaluated after it: the job tells of it again. */
  @Test
  void ofAnAlarmThatIsCorrectedTheFormerIsNoMore() throws Exception {
    List<AlarmEvent> told =
        List.of(
            Events.alarm(AlarmState.RAISED, "a", 400, 0).build(),
            Events.alarm(AlarmState.RAISED, "a", 300, 1).build(),
            Events.alarm(AlarmState.RAISED, "a", 200, 0).setMetric("anisotropy").build(),
            Events.alarm(AlarmState.RAISED, "a", 50, 0).build(),
            Events.alarm(AlarmState.CLEARED, "a", 500, 0).build(),
            Events.alarm(AlarmState.RAISED, "a", 600, 0).build());
    List<MetricEvent> metrics = List.of(Events.finished("a", 400, 0).build());
    assertThat(
            History.read(Events.recorded(metrics, told), run -> true)
                .runs()
                .get(0)
                .alarms()
                .stream()
                .map(AlarmEvent::getStep))
        .containsExactly(300L, 200L, 50L, 500L, 600L);
  }

  @Test
  void runsAreNamedWithTheirCorpusWhereThereAreSeveral() {
    RunHistory dev = run("dev", Events.finished("a", 100, 0));
    RunHistory test = run("test", Events.finished("a", 100, 1));
    assertThat(new History(List.of(dev), null).label(dev)).isEqualTo("a");
    History both = new History(List.of(dev, test), null);
    assertThat(both.label(dev)).isEqualTo("a on dev");
    assertThat(both.label(test)).isEqualTo("a on test");
    assertThat(both.layers()).containsExactly(0, 1);
  }
}
