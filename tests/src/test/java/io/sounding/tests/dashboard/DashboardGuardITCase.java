package io.sounding.tests.dashboard;

import static io.sounding.tests.PublishedEvents.correlation;
import static io.sounding.tests.PublishedEvents.event;
import static io.sounding.tests.PublishedEvents.failed;
import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.MetricEvent;
import io.sounding.tests.PublishedEvents;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** Who is let in, and that nothing that is read from Kafka is ever more than text. */
@Timeout(600)
class DashboardGuardITCase {

  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final String IMAGE = "<img src=x onerror=\"document.title='run'\">";
  private static final String SCRIPT = "<script>document.title='reason'</script>";

  @TempDir private Path work;

  private Browser browser;
  private EmbeddedBroker broker;
  private TrainingTopics topics;

  @BeforeEach
  void start() {
    browser = Browser.start(work);
    broker = EmbeddedBroker.start(work.resolve("kafka"));
    topics = TrainingTopics.make(broker, "sounding");
  }

  @AfterEach
  void close() {
    if (browser != null) {
      browser.close();
      topics.close();
      broker.close();
    }
  }

  @Test
  void aTokenIsAskedForOnce() throws Exception {
    topics.commit(event("a", 100, 1, 30).build());
    Path file = Files.writeString(work.resolve("token"), TOKEN + "\n");
    try (RunningDashboard dashboard =
        RunningDashboard.of(topics, "--token-file", file.toString())) {
      assertThat(dashboard.told()).doesNotContain(TOKEN);
      DashboardPage page = browser.open(dashboard.address()).awaitState("token");
      page.keepScreenshot("token").mustBeAccessible();
      page.type("#token", "another");
      page.press(Keys.ENTER);
      page.awaitText("#token-error", "token");
      assertThat(page.count("#run-rows li")).isZero();
      page.click("#token");
      page.press(Keys.END);
      for (int i = 0; i < "another".length(); i++) {
        page.press(Keys.BACK_SPACE);
      }
      page.type("#token", TOKEN);
      page.press(Keys.ENTER);
      page.awaitState("ready").awaitChart("final-points", 1);
      topics.commit(event("a", 200, 1, 31).build());
      page.awaitChart("final-points", 2);
      assertThat(browser.complaints())
          .allSatisfy(complaint -> assertThat(complaint).contains("status of 401"));

      page = browser.open(dashboard.address()).awaitState("ready"); // it has a cookie
      page.awaitChart("final-points", 2);

      try (Browser other = Browser.start(work)) {
        page = other.open(dashboard.address() + "#token=" + TOKEN + "&metric=anisotropy");
        page.awaitState("ready").awaitChart("metric", "anisotropy");
        assertThat(page.link()).doesNotContain("token");
        assertThat(other.complaints()).isEmpty();
      }
    }
  }

  @Test
  void whatIsReadFromKafkaIsText() {
    String corpus = "<i>dev</i>";
    AlarmEvent alarm =
        AlarmEvent.newBuilder(PublishedEvents.alarm(AlarmState.RAISED, 100))
            .setRunId(IMAGE)
            .setCorpusId(corpus)
            .setReason(SCRIPT)
            .build();
    topics.commit(
        event(IMAGE, 100, 1, 30).setCheckpointId(SCRIPT).setCorpusId(corpus).build(),
        event(IMAGE, 200, 1, 31).setCheckpointId(IMAGE).setCorpusId(corpus).build(),
        MetricEvent.newBuilder(failed(IMAGE, 300, SCRIPT)).setCorpusId(corpus).build(),
        alarm,
        correlation(IMAGE, "rankMe", SCRIPT, 0.5));
    try (RunningDashboard dashboard = RunningDashboard.of(topics)) {
      DashboardPage page =
          browser
              .open(dashboard.address())
              .awaitState("ready")
              .awaitChart("final-points", 2)
              .awaitChart("alarm-marks", 1);
      page.awaitText("#run-rows", IMAGE).awaitText("#alarm-banner", IMAGE);
      assertThat(page.text("#alarm-banner")).contains(SCRIPT);
      assertThat(page.text("#corpus")).contains(corpus);
      assertThat(page.text("#legend-rows")).contains(IMAGE);
      page.tabTo("chart");
      page.press(Keys.HOME);
      page.awaitText(".chart-tip", IMAGE).awaitText(".chart-tip", SCRIPT);
      page.openTab("checkpoints");
      page.awaitText("#checkpoint-rows", SCRIPT).awaitText("#checkpoint-rows", IMAGE);
      page.openTab("alarms");
      page.awaitText("#alarm-list", SCRIPT);
      page.openTab("values");
      page.awaitText("#value-rows", SCRIPT);

      assertThat(page.count("img[src=x], script:not([src]), i")).isZero();
      assertThat(page.title()).isEqualTo("Sounding");
      assertThat(browser.complaints()).isEmpty();
    }
  }
}
