package io.sounding.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import io.sounding.jobs.watch.MetricField;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.RankFamily;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private static final String HOSTILE = "<script>alert(\"run\")</script>";

  @TempDir private Path folder;

  private static List<MetricEvent> run(String name, int layers, long... steps) {
    List<MetricEvent> events = new ArrayList<>();
    for (long step : steps) {
      for (int layer = 0; layer < layers; layer++) {
        events.add(Events.finished(name, step, layer).setLayers(layers).build());
      }
    }
    return events;
  }

  private Report.Written write(List<MetricEvent> events, AlarmEvent... alarms) throws Exception {
    return report(events, alarms).write("A <b>title</b>", (drawn, all) -> {});
  }

  private Report report(List<MetricEvent> events, AlarmEvent... alarms) throws Exception {
    return Report.of(
        Events.recorded(events, List.of(alarms)),
        run -> true,
        folder,
        List.of(MetricField.named("rankMe")));
  }

  private String page() throws Exception {
    return Files.readString(folder.resolve(Report.PAGE));
  }

  private String pageWithoutImages() throws Exception {
    return page().replaceAll("data:image/png;base64,[A-Za-z0-9+/=]+", "data:image");
  }

  @Test
  void plotsAreSharpPicturesOfSomething() throws Exception {
    List<MetricEvent> events = run("a", 2, 0, 100, 1000);
    events.addAll(run("b", 2, 0, 50, 100));

    Report.Written written =
        Report.of(
                Events.recorded(
                    events, List.of(Events.alarm(AlarmState.RAISED, "b", 50, 1).build())),
                run -> true,
                folder,
                List.of(MetricField.named("rankMe"), MetricField.named("deadClusters")))
            .write("Two runs", (drawn, all) -> {});

    // overview, and of every metric by layer and by run; each over logarithmic and linear steps
    assertThat(written).isEqualTo(new Report.Written(2, 6, 2 + 4 * 2, null));
    List<Path> plots;
    try (var files = Files.list(folder)) {
      plots = files.filter(file -> file.toString().endsWith(".png")).sorted().toList();
    }
    assertThat(plots).hasSize(written.plots());
    assertThat(plots.stream().map(plot -> plot.getFileName().toString()))
        .contains(
            "overview.png",
            "overview-linear.png",
            "rankMe.png",
            "rankMe-linear.png",
            "rankMe-layers.png",
            "rankMe-layers-linear.png",
            "deadClusters.png");
    for (Path plot : plots) {
      BufferedImage image = ImageIO.read(plot.toFile());
      assertThat(image.getWidth()).as(plot.toString()).isBetween(1200, 2600);
      assertThat(image.getHeight()).as(plot.toString()).isBetween(500, 2600);
      assertThat(colours(image)).as(plot.toString()).isGreaterThan(50);
    }
  }

  private static long colours(BufferedImage image) {
    int[] pixels =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    return Arrays.stream(pixels).distinct().count();
  }

  @Test
  void thePageHoldsTheVeryFilesAndNothingElse() throws Exception {
    write(run("a", 1, 0, 100));

    String page = page();
    Matcher images =
        Pattern.compile("src=\"data:image/png;base64,([A-Za-z0-9+/=]+)\"").matcher(page);
    List<byte[]> inPage = new ArrayList<>();
    while (images.find()) {
      inPage.add(Base64.getDecoder().decode(images.group(1)));
    }
    assertThat(inPage).hasSize(4);
    assertThat(inPage.get(0)).isEqualTo(Files.readAllBytes(folder.resolve("overview.png")));
    assertThat(pageWithoutImages())
        .contains(
            "Content-Security-Policy\" content=\"default-src &#39;none&#39;; img-src data:; style-src &#39;unsafe-inline&#39;\"")
        .doesNotContain("http:", "https:", "<script", "javascript:", "url(", "@import");
  }

  @Test
  void plotsOfAnEarlierReportAreDeletedAndFilesOfOthersAreNot() throws Exception {
    Files.writeString(folder.resolve("anisotropy.png"), "of another, where no report was");
    write(run("a", 2, 0, 100));
    assertThat(folder.toFile().list()).contains("anisotropy.png", "rankMe-layers-linear.png");

    Files.writeString(folder.resolve("rankMe-mine.png"), "of another");
    Files.writeString(folder.resolve("stableRank-linear.png"), "of an earlier report");
    write(run("a", 1, 0, 100));

    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder(
            Report.PAGE,
            "overview.png",
            "overview-linear.png",
            "rankMe.png",
            "rankMe-linear.png",
            "rankMe-mine.png");
  }

  @Test
  void namesAndReasonsOfOthersAreHarmless() throws Exception {
    List<MetricEvent> events = run(HOSTILE, 1, 0, 100);
    events.add(
        Events.failed(HOSTILE, 200, "<img src=x onerror=alert(1)>")
            .setCheckpointId("\"><iframe src=//evil>")
            .build());

    write(
        events,
        Events.alarm(AlarmState.RAISED, HOSTILE, 100, 0)
            .setReason("<a href=\"javascript:alert(1)\">see</a>")
            .build());

    assertThat(pageWithoutImages())
        .doesNotContain("<script", "<img src=x", "<iframe", "<a href=\"javascript", "<b>title")
        .contains(
            "&lt;script&gt;alert(&quot;run&quot;)&lt;/script&gt;",
            "&lt;img src=x onerror=alert(1)&gt;",
            "&quot;&gt;&lt;iframe src=//evil&gt;",
            "<title>A &lt;b&gt;title&lt;/b&gt;</title>");
  }

  @Test
  void halfOfACharacterIsAQuestionMark() throws Exception {
    write(run("half\ud83d", 1, 0));

    assertThat(pageWithoutImages()).contains("half?");
  }

  @Test
  void whatIsPartialIsToldButNeverPlotted() throws Exception {
    List<MetricEvent> events = run("a", 2, 0, 100);
    write(events);
    byte[] plot = Files.readAllBytes(folder.resolve("rankMe.png"));
    events.add(
        Events.partial("a", 100_000, 0).setTrainingLoss(null).setRank(Events.rank(1e6)).build());

    write(events);

    assertThat(Files.readAllBytes(folder.resolve("rankMe.png"))).isEqualTo(plot);
    assertThat(pageWithoutImages()).contains("PARTIAL, 49 %").contains("2 FINAL, 1 under way");
  }

  @Test
  void theTableOfCheckpointsTellsHowEachEnded() throws Exception {
    List<MetricEvent> events = run("a", 2, 0, 100);
    events.add(Events.finished("a", 200, 0).build());
    events.add(Events.failed("a", 300, "The model file is gone: put it back.").build());

    write(events);

    assertThat(pageWithoutImages())
        .contains("<td class=\"failed\">FAILED</td>")
        .contains("The model file is gone: put it back.")
        .contains("1 of 2 layers FINAL")
        .contains("2 FINAL, 1 FAILED, 1 under way")
        .contains("294.7");
  }

  @Test
  void theTableOfCheckpointsIsAboutTheLastLayerOfTheRun() throws Exception {
    List<MetricEvent> events = run("a", 2, 0);
    events.add(Events.finished("a", 200, 0).setRank(Events.rank(12.34)).build());

    write(events);

    // layer 0 alone came to an end at step 200: its value is not the last layer's
    assertThat(pageWithoutImages())
        .contains("<td class=\"number\">51.00</td>")
        .doesNotContain("12.34");
  }

  @Test
  void aFailureWithoutAReasonIsAFailure() throws Exception {
    List<MetricEvent> events = run("a", 1, 0);
    events.add(Events.failed("a", 300, null).build());

    write(events);

    assertThat(pageWithoutImages())
        .contains("<td class=\"failed\">FAILED</td>", "No reason was told.")
        .contains("1 FINAL, 1 FAILED");
  }

  @Test
  void theSummaryTellsFirstLastAndPeak() throws Exception {
    List<MetricEvent> events = new ArrayList<>();
    double[] rankMe = {84.46, 39, 96.2, 48.1};
    for (int i = 0; i < rankMe.length; i++) {
      events.add(
          Events.finished("a", 100L * i, 0)
              .setLayers(1)
              .setTrainingLoss(i == 3 ? Double.NaN : 4.0 - i)
              .setRank(Events.rank(rankMe[i]))
              .build());
    }
    Collections.shuffle(events, new Random(1));

    write(
        events,
        Events.alarm(AlarmState.RAISED, "a", 100, 0).build(),
        Events.alarm(AlarmState.CLEARED, "a", 200, 0).build(),
        Events.alarm(AlarmState.RAISED, "a", 300, null).setMetric("trainingLoss").build());

    assertThat(pageWithoutImages())
        .contains("<td>4 FINAL</td>")
        .contains("<td>0 to 300</td>")
        .contains("<td>4.000 \u2192 NaN</td>")
        .contains("<td>84.5 \u2192 48.1</td>")
        .contains("<td>96.2 at step 200 (now 50 % below)</td>")
        .contains("<td>1 raised, 1 cleared</td>");
  }

  @Test
  void numbersThatAreNotComparableAreSaidToBe() throws Exception {
    List<MetricEvent> events = run("a", 1, 0, 100);
    events.add(Events.finished("b", 0, 0).setK(128).setCorpusDigest("c".repeat(64)).build());

    write(events);

    assertThat(pageWithoutImages())
        .contains("Corpus dev is not the same audio in all checkpoints")
        .contains("different numbers of clusters (k): 64, 128.")
        .doesNotContain("seeds");
  }

  @Test
  void seedsThatDifferAreNotCounted() throws Exception {
    List<MetricEvent> events = run("a", 1, 0, 100);
    events.add(Events.finished("b", 0, 0).setSeed(7).build());

    write(events);

    assertThat(pageWithoutImages()).contains("different seeds of the clustering: 0, 7.");
  }

  @Test
  void sketchesThatDifferAreSaidSinceTheyEstimateRanks() throws Exception {
    List<MetricEvent> events = run("a", 1, 0, 100);
    RankFamily rank = Events.rank(40);
    rank.setSketch("frequent-directions-8");
    events.add(Events.finished("b", 0, 0).setRank(rank).build());

    write(events);

    assertThat(pageWithoutImages())
        .contains("different sketches of the spectrum: frequent-directions-8, second-moments")
        .contains("RankMe and the other metrics of the spectrum are comparable only where");
  }

  @Test
  void corporaAreKeptApartByName() throws Exception {
    List<MetricEvent> events = run("a", 1, 0, 100);
    events.add(Events.finished("a", 0, 0).setCorpusId("test").build());

    assertThat(write(events).runs()).isEqualTo(2);
    assertThat(pageWithoutImages()).contains("a on dev", "a on test");
  }

  @Test
  void onlyRunsThatAreWantedAreReported() throws Exception {
    List<MetricEvent> events = run("a", 1, 0, 100);
    events.addAll(run("b", 1, 0, 100));

    Report.of(Events.recorded(events, List.of()), "a"::equals, folder, List.of())
        .write("t", (drawn, all) -> {});

    assertThat(pageWithoutImages()).contains(">a<").doesNotContain(">b<");
    assertThat(Report.of(Events.recorded(events, List.of()), "c"::equals, folder).isEmpty())
        .isTrue();
  }

  @Test
  void aRunOfWhichNothingIsFinalHasAPageWithoutPlots() throws Exception {
    Report.Written written = write(List.of(Events.failed("a", 0, "Gone.").build()));

    assertThat(written.plots()).isZero();
    assertThat(pageWithoutImages()).contains("there is nothing to plot", "Gone.");
  }

  @Test
  void sheetsOfEachRunAreLeftOutWhereThereAreTooManyRuns() throws Exception {
    List<MetricEvent> events = new ArrayList<>();
    for (int r = 0; r < 24; r++) {
      events.addAll(run("run" + r, 2, 0, 100));
    }
    assertThat(write(events).plots()).isEqualTo(6);
    assertThat(pageWithoutImages()).doesNotContain("left out");

    events.addAll(run("run24", 2, 0, 100));
    assertThat(write(events).plots()).isEqualTo(4);
    assertThat(pageWithoutImages()).contains("the plots of the layers of each are left out");
  }

  @Test
  void runsOfOneColourDifferInTheirMarkers() {
    List<PlotLine.Style> styles = Palette.runs(49); // seven colours by seven markers

    assertThat(styles.stream().map(s -> List.of(s.color(), DataLayer.marker(s))))
        .doesNotHaveDuplicates();
  }

  @Test
  void theOverviewHasRunsOfFewerLayers() throws Exception {
    List<MetricEvent> events = run("deep", 3, 0, 100);
    events.addAll(run("flat", 1, 0, 100));

    History history = History.read(Events.recorded(events, List.of()), run -> true);
    Sheet overview = new Plots(history, false).overview();

    assertThat(overview.title()).isEqualTo("Training loss and metrics of each run's last layer");
    assertThat(overview.panels())
        .allSatisfy(
            panel ->
                assertThat(panel.lines()).hasSize(2).allMatch(line -> !line.points().isEmpty()));
  }

  @Test
  void manyRunsLayersAndPointsFit() throws Exception {
    List<MetricEvent> events = new ArrayList<>();
    for (int r = 0; r < 9; r++) {
      events.addAll(
          run(
              "a-run-with-a-name-as-long-as-people-make-them-" + "x".repeat(150) + r,
              1,
              0,
              1,
              150));
    }
    History history = History.read(Events.recorded(events, List.of()), run -> true);
    PlotFont font = PlotFont.load();

    BufferedImage image = new Plots(history, true).overview().draw(font);

    assertThat(image.getWidth()).isLessThan(2000);
    assertThat(colours(image)).isGreaterThan(500);
  }
}
