package io.sounding.tests.dashboard;

import static io.sounding.tests.PublishedEvents.alarm;
import static io.sounding.tests.PublishedEvents.correlation;
import static io.sounding.tests.PublishedEvents.event;
import static io.sounding.tests.PublishedEvents.failed;
import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.MetricStatus;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The dashboard in a browser: what was committed to Kafka is seen, as it comes. */
@Timeout(600)
class DashboardITCase {

  @TempDir private static Path work;

  private static Browser browser;
  private static EmbeddedBroker broker;

  private TrainingTopics topics;
  private RunningDashboard dashboard;

  @BeforeAll
  static void startBrowser() {
    browser = Browser.start(work);
    broker = EmbeddedBroker.start(work.resolve("kafka"));
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
      broker.close();
    }
  }

  @BeforeEach
  void start(TestInfo test) {
    topics = TrainingTopics.make(broker, test.getTestMethod().orElseThrow().getName());
    dashboard = RunningDashboard.of(topics);
  }

  @AfterEach
  void close() {
    browser.leave();
    dashboard.close();
    topics.close();
  }

  /** One run that goes well, one that collapses, as they are when both have ended. */
  private void twoRuns() {
    for (int step = 100; step <= 800; step *= 2) {
      topics.commit(
          event("a", step, 0, 20 + step / 20.0).build(),
          event("a", step, 1, 30 + step / 20.0).build());
      topics.commit(
          event("b", step, 0, 4_000.0 / step).build(), event("b", step, 1, 3_000.0 / step).build());
    }
    topics.commit(
        alarm(AlarmState.RAISED, 400),
        failed("b", 1_600, "The file is gone: put it back."),
        correlation("a", "rankMe", "digits", 0.75),
        correlation("a", "anisotropy", "digits", -0.25));
  }

  private DashboardPage openTwoRuns() {
    twoRuns();
    return browser
        .open(dashboard.address())
        .awaitState("ready")
        .awaitChart("points", 8)
        .awaitChart("alarm-marks", 1);
  }

  private void nothingIsComplainedOf() {
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void whatIsCommittedIsDrawnInTheOpenPage() {
    topics.commit(event("a", 100, 0, 20).build(), event("a", 100, 1, 30).build());
    DashboardPage page =
        browser.open(dashboard.address()).awaitState("ready").awaitChart("final-points", 1);
    page.mark();
    for (int step = 200; step <= 600; step += 100) {
      topics.commit(event("a", step, 0, 21).build(), event("a", step, 1, 31).build());
      long committed = System.nanoTime();
      page.awaitChart("final-points", step / 100);
      System.out.printf(
          "dashboard: drawn %d ms after its commit%n",
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - committed));
    }
    page.mustNotHaveBeenReloaded();
    assertThat(page.text("#feed-words")).isEqualTo("live");
    nothingIsComplainedOf();
  }

  @Test
  void aProvisionalPointBecomesFinal() {
    topics.commit(event("a", 100, 0, 20).build(), event("a", 100, 1, 30).build());
    topics.commit(
        event("a", 200, 1, 40)
            .setStatus(MetricStatus.PARTIAL)
            .setAudioSeconds(294.7 / 4)
            .setClusters(null)
            .build());
    DashboardPage page =
        browser.open(dashboard.address()).awaitState("ready").awaitChart("partial-points", 1);
    assertThat(page.chart("final-points")).isEqualTo("1");
    page.awaitText("#evaluating", "step 200").awaitText("#evaluating", "25 %");
    page.awaitText("#legend-rows", "25 %").keepScreenshot("partial");
    page.mark();

    topics.commit(event("a", 200, 0, 41).build(), event("a", 200, 1, 42).build());

    page.awaitChart("partial-points", 0).awaitChart("final-points", 2);
    page.awaitText("#legend-rows", "42").awaitNothing("#evaluating");
    assertThat(page.text("#legend-rows")).doesNotContain("25 %");
    page.mustNotHaveBeenReloaded();
    nothingIsComplainedOf();
  }

  @Test
  void twoRunsLieOverEachOther() {
    DashboardPage page = openTwoRuns();
    assertThat(page.chart("metric")).isEqualTo("rankMe");
    assertThat(page.chart("series-count")).isEqualTo("2");
    assertThat(page.text("#alarm-banner"))
        .contains("Run b is out of bounds", "b, step 400: RankMe of layer 1 fell.");

    page.chooseLayers("all");
    page.awaitChart("series-count", 4).awaitChart("points", 16);
    page.chooseSteps("log");
    page.awaitChart("x", "log");
    page.chooseSteps("linear");
    page.awaitChart("x", "linear");
    page.awaitChart("loss-curves", 2).toggleLoss();
    page.awaitChart("loss-curves", 0).toggleLoss();
    page.awaitChart("loss-curves", 2);
    page.chooseMetric("daviesBouldin");
    page.awaitChart("metric", "daviesBouldin").awaitChart("points", 16);
    page.toggleRun("b");
    page.awaitChart("series-count", 2).awaitChart("loss-curves", 1);
    nothingIsComplainedOf();
  }

  @Test
  void theChartIsReadWithTheKeyboardValueByValue() {
    DashboardPage page = openTwoRuns();
    page.tabTo("chart");
    page.press(Keys.END);
    page.awaitText(".chart-tip", "Step 800").awaitText(".chart-tip", "69.02 to 70.98");
    page.press(Keys.ARROW_LEFT);
    page.awaitText(".chart-tip", "Step 400")
        .awaitText(".chart-tip", "Alarm, b: RankMe of layer 1 fell.");
    nothingIsComplainedOf();
  }

  @Test
  void everyTabShowsItsPart() {
    DashboardPage page = openTwoRuns();
    page.click("#heat-run option[value='b']");
    page.awaitAttribute(
        "#heat-map",
        "aria-label",
        "RankMe of run b by layer and step: 2 layers, 4 steps, values from 3.75 to 40. Layer 0 from 40 to 5. Layer 1 from 30 to 3.75.");
    assertThat(page.attribute("#heat-map", "data-cells")).isEqualTo("8");

    page.openTab("checkpoints");
    page.awaitText("#checkpoint-rows", "The file is gone: put it back.");
    assertThat(page.count("#checkpoint-rows tr[data-status=FINAL]")).isEqualTo(8);
    assertThat(page.count("#checkpoint-rows tr[data-status=FAILED]")).isEqualTo(1);
    assertThat(page.text("#checkpoint-rows"))
        .contains("step00800.pt", "2 of 2", "cpu", "5.5 s", "4.91 min");
    page.click("#status-choice label:has(input[value='FAILED'])");
    page.awaitText("#checkpoint-paging", "1 to 1 of 1 checkpoints");

    page.openTab("alarms");
    page.awaitText("#alarm-list", "b, step 400: RankMe of layer 1 fell.");

    page.openTab("correlations");
    page.awaitText("#correlation-rows", "along a");
    assertThat(page.text("#correlation-rows")).containsSubsequence("0.75", "\u22120.25");

    page.openTab("values");
    page.awaitText("#value-paging", "1 to 8 of 8 values");
    assertThat(page.text("#value-rows")).contains("69.02 to 70.98", "3.75", "step00100.pt");
    nothingIsComplainedOf();
  }

  @Test
  void manyCorrelationsAreLeafedThroughFromTheStrongest() {
    topics.begin();
    topics.send(event("a", 100, 0, 20).build());
    for (int task = 1; task <= 120; task++) {
      topics.send(correlation("a", "rankMe", "task %03d".formatted(task), task / 200.0));
    }
    topics.commit();
    DashboardPage page = browser.open(dashboard.address()).awaitState("ready");
    page.openTab("correlations");
    page.awaitText("#correlation-paging", "1 to 100 of 120 correlations");
    assertThat(page.text("#correlation-rows tr:first-child")).contains("task 120");
    assertThat(page.count("#correlation-rows tr")).isEqualTo(100);

    page.click("#correlation-paging button:nth-of-type(2)");
    page.awaitText("#correlation-paging", "101 to 120 of 120 correlations");
    assertThat(page.text("#correlation-rows tr:last-child")).contains("task 001");
    assertThat(page.count("#correlation-rows tr")).isEqualTo(20);

    page.click("#correlation-head [data-sort=task]");
    page.awaitText("#correlation-paging", "1 to 100 of 120 correlations");
    assertThat(page.text("#correlation-rows tr:first-child")).contains("task 001");
    nothingIsComplainedOf();
  }

  @Test
  void aHeatMapOfMoreCheckpointsThanThereIsRoomForShowsOneOfSeveralAndTheLast() {
    topics.begin();
    for (int step = 0; step <= 800; step++) {
      for (int layer = 0; layer < 12; layer++) {
        topics.send(event("a", step, layer, step == 800 ? 100 : 1).build());
      }
    }
    topics.commit();
    DashboardPage page = browser.open(dashboard.address()).awaitState("ready");
    page.awaitAttribute("#heat-map", "data-layers", "12");
    // one of 3, which are 0, 3, ..., 798, and the last
    page.awaitAttribute("#heat-map", "data-cells", Integer.toString(12 * 268));
    assertThat(page.attribute("#heat-map", "aria-label"))
        .startsWith(
            "RankMe of run a by layer and step: 12 layers, 801 steps, values from 1 to 100.");
    nothingIsComplainedOf();
  }

  @Test
  void whereNoRunIsChosenNothingOfOneIsShown() {
    DashboardPage page = openTwoRuns();
    page.openTab("checkpoints");
    page.awaitText("#checkpoint-paging", "checkpoints");
    page.click("#runs-none");
    page.awaitChart("series-count", 0).awaitText("#checkpoint-paging", "No checkpoints");
    page.openTab("layers");
    page.awaitText("#heat-title", "No run is chosen.");
    page.toggleRun("a");
    page.awaitChart("series-count", 1).awaitText("#heat-title", "RankMe by layer and step");
    nothingIsComplainedOf();
  }

  @Test
  void aLinkRestoresTheViewAndTheBackButtonTheOneBefore() {
    DashboardPage page = openTwoRuns();
    page.toggleRun("b");
    page.awaitChart("series-count", 1);
    page.chooseLayers("all");
    page.chooseMetric("anisotropy");
    page.chooseSteps("log");
    page.toggleLoss();
    page.openTab("checkpoints");
    page.awaitChart("metric", "anisotropy").awaitChart("series-count", 2).awaitChart("x", "log");
    page.awaitChart("loss-curves", 0).awaitChart("points", 8);
    page.click("#copy-link");
    String link = page.link();
    String view = page.view();
    assertThat(view).contains("runs a;", "tab checkpoints");

    try (Browser other = Browser.start(work)) {
      DashboardPage opened = other.open(link).awaitState("ready").awaitChart("points", 8);
      assertThat(opened.view()).isEqualTo(view);
      assertThat(other.complaints()).isEmpty();
    }

    page.goBack();
    page.goBack();
    page.awaitChart("loss-curves", 1).awaitChart("x", "log");
    page.goBack();
    page.goBack();
    page.awaitChart("metric", "rankMe").awaitChart("series-count", 2);
    nothingIsComplainedOf();
  }

  @Test
  void anotherMetricIsChosenWithTheKeyboardAlone() {
    DashboardPage page = openTwoRuns();
    page.press(Keys.TAB);
    assertThat(page.focused()).isEqualTo("skip");
    page.press(Keys.ENTER);
    assertThat(page.focused()).isEqualTo("chart");
    page.tabTo("metric");
    page.press(Keys.ARROW_DOWN);
    page.awaitChart("metric", page.attribute("#metric option:nth-of-type(2)", "value"));
    page.awaitChart("points", 8);
    page.tabTo("tab-layers");
    page.press(Keys.ARROW_RIGHT);
    page.awaitText("#checkpoint-rows", "step00800.pt");
    nothingIsComplainedOf();
  }

  @Test
  void valuesOfACollapsedRunThatDifferByRoundingAloneAreDrawn() {
    for (int step = 100; step <= 400; step += 100) {
      double value = 1 + step / 100 * Math.ulp(1.0);
      topics.commit(event("a", step, 0, value).build(), event("a", step, 1, value).build());
    }
    browser.open(dashboard.address()).awaitState("ready").awaitChart("points", 4);
    nothingIsComplainedOf();
  }

  @Test
  void aStepThatIsATimeIsDrawnOnItsOwn() {
    long step = 20_261_122_170_512_345L;
    topics.commit(event("a", step, 0, 20).build(), event("a", step, 1, 30).build());
    browser.open(dashboard.address()).awaitState("ready").awaitChart("points", 1);
    nothingIsComplainedOf();
  }
}
