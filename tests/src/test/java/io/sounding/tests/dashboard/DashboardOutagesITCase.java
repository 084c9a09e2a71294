package io.sounding.tests.dashboard;

import static io.sounding.tests.PublishedEvents.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedBroker;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the open page says when Kafka or the dashboard's server is away, and that it goes on. */
@Timeout(600)
class DashboardOutagesITCase {

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

  private DashboardPage openWithOneRun() {
    topics.commit(event("a", 100, 1, 30).build());
    DashboardPage page =
        browser.open(dashboard.address()).awaitState("ready").awaitChart("final-points", 1);
    page.mark();
    return page;
  }

  @Test
  void kafkaIsStoppedAndStartedAgain() {
    DashboardPage page = openWithOneRun();
    int port = Integer.parseInt(topics.bootstrapServers().split(":")[1]);

    broker.close();
    page.awaitState("kafka-unreachable").awaitText("#kafka-banner", "does not answer any more");
    assertThat(page.text("#kafka-banner")).contains("reading goes on by itself");
    assertThat(page.text("#feed-words")).isEqualTo("Kafka unreachable");
    assertThat(page.chart("final-points")).isEqualTo("1");
    page.keepScreenshot("unreachable").mustBeAccessible();

    broker = EmbeddedBroker.start(work.resolve("kafka"), port);
    page.awaitState("ready");
    topics.commit(event("a", 200, 1, 31).build());
    page.awaitChart("final-points", 2).awaitNothing("#kafka-banner");
    page.mustNotHaveBeenReloaded();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void theServerIsStoppedAndStartedAgain() {
    DashboardPage page = openWithOneRun();

    dashboard.close();
    page.awaitState("server-unreachable").awaitText("#server-banner", "does not answer");
    assertThat(page.text("#feed-words")).isEqualTo("disconnected");
    assertThat(page.chart("final-points")).isEqualTo("1");
    page.keepScreenshot("disconnected").mustBeAccessible();
    topics.commit(event("a", 200, 1, 31).build());

    dashboard = RunningDashboard.inPlaceOf(dashboard, topics);
    page.click("#server-now");
    page.awaitState("ready").awaitChart("final-points", 2).awaitNothing("#server-banner");
    page.mustNotHaveBeenReloaded();
    assertThat(browser.complaints())
        .allSatisfy(complaint -> assertThat(complaint).contains("net::ERR_"));
  }

  @Test
  void nothingWasEvaluatedYet() {
    DashboardPage page = browser.open(dashboard.address()).awaitState("empty");
    assertThat(page.text("#empty-panel"))
        .contains("No run has been evaluated yet", "./sounding publish audio", "./sounding demo");
    page.keepScreenshot("empty").mustBeAccessible();
    page.mark();
    topics.commit(event("a", 100, 1, 30).build());
    page.awaitState("ready").awaitChart("final-points", 1).mustNotHaveBeenReloaded();
    assertThat(browser.complaints()).isEmpty();
  }
}
