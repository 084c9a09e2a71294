package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sounding.jobs.watch.Events;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.RankFamily;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeriesAnswerTest {

  private final Board board = new Board(100_000);

  private SeriesAnswer answer(String metric, String layer, String... runs) throws RefusedException {
    return SeriesAnswer.of(
        board,
        new Question(
            Map.of(
                "run", List.of(runs),
                "corpus", List.of("dev"),
                "layer", List.of(layer),
                "metric", List.of(metric)),
            SeriesAnswer.PARAMETERS));
  }

  private static MetricEvent.Builder ranked(long step, double value, double low, Double error) {
    RankFamily rank = Events.rank(value);
    rank.setRankMeLow(low);
    rank.setRankMeHigh(value);
    rank.setRankMeStdErr(error);
    return Events.finished("a", step, 0).setRank(rank);
  }

  @Test
  void intervalsAreOf1Point96StandardErrorsAndNotWithinTheOneThatTheSketchGuarantees()
      throws Exception {
    board.add(ranked(0, 50, 50, 0.4).build());
    board.add(ranked(1, 50, 49, 0.4).build());
    board.add(ranked(2, 50, 49, null).build());
    board.add(ranked(3, 50, 50, null).build());

    SeriesAnswer.Series series = answer("rankMe", "last", "a").series().get(0);

    assertThat(series.steps()).containsExactly(0, 1, 2, 3);
    assertThat(series.low())
        .containsExactly(new double[] {49.216, 49, 49, Double.NaN}, within(1e-9));
    assertThat(series.high())
        .containsExactly(new double[] {50.784, 50.784, 50, Double.NaN}, within(1e-9));
  }

  @Test
  void partialPointsAreToldFromFinalOnesByTheirProgress() throws Exception {
    board.add(Events.finished("a", 100, 1).build());
    board.add(Events.partial("a", 200, 1).build());

    SeriesAnswer answer = answer("rankMe", "1", "a");

    assertThat(answer.series().get(0).isFinal()).containsExactly(true, false);
    assertThat(answer.series().get(0).progress())
        .containsExactly(new double[] {1, 147.0 / 294.7}, within(1e-12));
    assertThat(answer.losses().get(0).values())
        .containsExactly(new double[] {6.0 / 101, 6.0 / 201}, within(1e-12));
    assertThat(answer("silhouette", "1", "a").series().get(0).values())
        .containsExactly(-0.0125, Double.NaN);
  }

  @Test
  void ofTwoCheckpointsAtOneStepTheOneEmittedLaterIsShown() throws Exception {
    board.add(
        Events.finished("a", 100, 0)
            .setCheckpointId("later")
            .setEmittedAt(Events.NOON.plusSeconds(1))
            .build());
    board.add(Events.finished("a", 100, 0).setCheckpointId("earlier").build());

    assertThat(answer("rankMe", "0", "a").series().get(0).checkpoints()).containsExactly("later");
  }

  @Test
  void curvesComeInTheOrderAskedForAndThoseWithoutAValueNotAtAll() throws Exception {
    board.add(Events.finished("a", 100, 0).build());
    board.add(Events.finished("b", 100, 2).build());
    board.add(Events.finished("b", 100, 11).build());

    assertThat(answer("rankMe", "all", "b", "none", "a").series())
        .extracting(series -> series.run() + series.layer())
        .containsExactly("b2", "b11", "a0");
    assertThat(answer("rankMe", "last", "a", "b").series())
        .extracting(series -> series.run() + series.layer())
        .containsExactly("a0", "b11");
  }

  @Test
  void numbersThatAreNotToBeComparedComeWithANote() throws Exception {
    board.add(Events.finished("a", 100, 0).build());
    assertThat(answer("rankMe", "last", "a").notes()).isEmpty();

    board.add(Events.finished("b", 100, 0).setK(32).build());

    assertThat(answer("rankMe", "last", "a", "b").notes())
        .singleElement()
        .asString()
        .contains("different numbers of clusters (k)")
        .contains("32, 64");
  }

  @Test
  void ranksFromSketchesThatDifferComeWithANote() throws Exception {
    RankFamily rank = Events.rank(40);
    rank.setSketch("frequent-directions-1024");
    board.add(Events.finished("a", 100, 0).build());
    board.add(Events.finished("b", 100, 0).setRank(rank).build());

    assertThat(answer("rankMe", "last", "a", "b").notes())
        .containsExactly(
            "On corpus dev, checkpoints were evaluated with different sketches of the spectrum: frequent-directions-1024, second-moments-float64. RankMe and the other metrics of the spectrum are comparable only where these are equal.");
  }

  @Test
  void moreCurvesThanTheLimitAreRefused() {
    for (int layer = 0; layer < 1_001; layer++) {
      board.add(Events.finished("a", 0, layer).build());
    }

    assertThatThrownBy(() -> answer("rankMe", "all", "a"))
        .hasMessageStartingWith("At most 1,000 curves of 400,000 values");
  }

  @Test
  void moreNamesThanTheLimitsAreRefused() {
    String[] runs = IntStream.range(0, 65).mapToObj(i -> "r" + i).toArray(String[]::new);

    assertThatThrownBy(() -> answer("rankMe", "all", runs)).hasMessageContaining("At most 64 runs");
    assertThatThrownBy(() -> answer("rankMe", "all", Arrays.copyOf(runs, 0)))
        .hasMessage("Parameter run is missing.");
    assertThatThrownBy(() -> answer("rankMe", "all", "a".repeat(201)))
        .hasMessage("Parameter run is longer than 200 characters.");
    for (String layer : List.of("", "-1", "10000", "1e3", "\u0661", "first")) {
      assertThatThrownBy(() -> answer("rankMe", layer, "a"))
          .as(layer)
          .hasMessageStartingWith("Parameter layer must be");
    }
  }
}
