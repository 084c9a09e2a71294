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
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever cannot see, point or spend a large screen: axe-core finds nothing that shuts them out.
 */
@Timeout(600)
class DashboardForEverybodyITCase {

  private static final String[] TABS = {
    "checkpoints", "alarms", "correlations", "values", "layers"
  };

  private static final String LONG_NAME =
      "BEST-RQ of 95 million parameters, 16 codebooks, learning rate 5e-4, warm-up of 32,000 steps";

  @TempDir private Path work;

  private Browser browser;
  private EmbeddedBroker broker;
  private TrainingTopics topics;
  private RunningDashboard dashboard;

  @BeforeEach
  void start() {
    browser = Browser.start(work);
    broker = EmbeddedBroker.start(work.resolve("kafka"));
    topics = TrainingTopics.make(broker, "sounding");
    for (int step = 100; step <= 1_600; step *= 2) {
      topics.commit(
          event("a", step, 0, 20 + step / 40.0).build(),
          event("a", step, 1, 30 + step / 40.0).build(),
          event("b", step, 0, 4_000.0 / step).build(),
          event("b", step, 1, 3_000.0 / step).build());
    }
    topics.commit(
        event(LONG_NAME, 100, 1, 33).build(),
        alarm(AlarmState.RAISED, 400),
        failed("b", 3_200, "The file is gone: put it back."),
        event("a", 3_200, 1, 72)
            .setStatus(MetricStatus.PARTIAL)
            .setAudioSeconds(120)
            .setClusters(null)
            .build(),
        correlation("a", "rankMe", "digits", 0.875),
        correlation("a", "anisotropy", "digits", -0.25));
    dashboard = RunningDashboard.of(topics);
  }

  @AfterEach
  void close() {
    if (browser != null) {
      browser.close();
      dashboard.close();
      topics.close();
      broker.close();
    }
  }

  /** High contrast takes backgrounds away, and shows borders that are transparent. */
  @Test
  void whatIsChosenIsSeenInHighContrast() {
    browser.forceColours();
    DashboardPage page = browser.open(dashboard.address()).awaitState("ready");
    page.awaitChart("points", 12).openTab("alarms");
    assertThat(page.style("#tab-alarms", "borderBottomColor"))
        .isNotEqualTo(page.style("#tab-values", "borderBottomColor"));
    assertThat(page.style("#tab-values", "borderBottomColor"))
        .isEqualTo(page.style("body", "backgroundColor"));
    assertThat(page.style("#x-choice input:checked + span", "backgroundColor"))
        .isNotEqualTo(page.style("#x-choice input:not(:checked) + span", "backgroundColor"));
    assertThat(browser.complaints()).isEmpty();
  }

  /** Curves that end side by side at the bottom; the axis lies at 250 pixels. */
  @Test
  void namesOfCurvesDoNotCoverTheSteps() {
    browser.open(dashboard.address()).awaitState("ready");
    Object places =
        browser
            .driver()
            .executeAsyncScript(
                """
                const done = arguments[arguments.length - 1];
                const labels = [246, 247, 248, 249].map((y) => ({ x: 0, y, width: 50 }));
                import('./label-spread.js').then(({ spread }) =>
                  done(spread(labels, 16, 250).map((down, i) => Math.round(labels[i].y + down))));
                """);
    assertThat(places)
        .asInstanceOf(InstanceOfAssertFactories.list(Long.class))
        .isSorted()
        .allSatisfy(place -> assertThat(place).isBetween(250L - 3 * 16, 250L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void everyTabInBothThemesAndOnAPhone(String theme) {
    DashboardPage page =
        browser
            .open(dashboard.address() + "#loss=on&theme=" + theme)
            .awaitState("ready")
            .awaitChart("points", 12)
            .awaitChart("alarm-marks", 1);
    assertThat(page.attribute("html", "data-theme")).isEqualTo(theme);
    page.keepScreenshot(theme);
    for (String tab : TABS) {
      page.openTab(tab);
      page.mustBeAccessible();
    }

    browser.becomePhone(375, 812);
    page = browser.open(dashboard.address() + "#theme=" + theme).awaitState("ready");
    page.awaitChart("points", 12);
    page.keepScreenshot("phone-" + theme).mustBeAccessible();
    assertThat(page.widthInPixels()).as("nothing is wider than the phone").isEqualTo(375);
    assertThat(browser.complaints()).isEmpty();
  }
}
