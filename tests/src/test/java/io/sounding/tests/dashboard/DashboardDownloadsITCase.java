package io.sounding.tests.dashboard;

import static io.sounding.tests.PublishedEvents.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.schemas.MetricStatus;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is seen can be taken along. */
@Timeout(600)
class DashboardDownloadsITCase {

  private static final String TWO = "\"b, \"\"two\"\"\"";

  @TempDir private Path work;

  @Test
  void curvesAreSavedAsTableAndAsPicture() throws Exception {
    try (Browser browser = Browser.start(work);
        EmbeddedBroker broker = EmbeddedBroker.start(work.resolve("kafka"));
        TrainingTopics topics = TrainingTopics.make(broker, "sounding");
        RunningDashboard dashboard = RunningDashboard.of(topics)) {
      topics.commit(
          event("a", 100, 1, 1 / 3.0).setTrainingLoss(0.5).build(),
          event("a", 200, 1, 1e-7).setTrainingLoss(Double.NaN).build(),
          event("b, \"two\"", 100, 1, 4e9).setTrainingLoss(null).build(),
          event("b, \"two\"", 200, 1, 41)
              .setStatus(MetricStatus.PARTIAL)
              .setTrainingLoss(null)
              .setAudioSeconds(294.7 / 4)
              .setClusters(null)
              .build());
      DashboardPage page =
          browser.open(dashboard.address()).awaitState("ready").awaitChart("points", 4);

      page.click("#save-csv");
      assertThat(Files.readAllLines(browser.saved(".csv")))
          .hasSize(5)
          .startsWith(
              "run,corpus,layer,metric,step,checkpoint,value,low,high,status,progress,training_loss")
          .satisfies(
              lines -> {
                valueIs(lines.get(1), "a,dev,1,rankMe,100,step00100.pt", 1 / 3.0, "FINAL,1,0.5");
                valueIs(lines.get(2), "a,dev,1,rankMe,200,step00200.pt", 1e-7, "FINAL,1,");
                valueIs(lines.get(3), TWO + ",dev,1,rankMe,100,step00100.pt", 4e9, "FINAL,1,");
                valueIs(lines.get(4), TWO + ",dev,1,rankMe,200,step00200.pt", 41, "PARTIAL,0.25,");
              });

      page.click("#save-png");
      BufferedImage picture = ImageIO.read(browser.saved(".png").toFile());
      assertThat(picture.getWidth()).isEqualTo(2_400);
      assertThat(colours(picture)).as("colours of a drawing").hasSizeGreaterThan(10);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  /** Fails unless the line says so, with the value that was published and its interval. */
  private static void valueIs(String line, String before, double value, String after) {
    assertThat(line).startsWith(before + ",").endsWith("," + after);
    String[] numbers = line.substring(before.length() + 1).split(",");
    assertThat(Double.parseDouble(numbers[0])).isEqualTo(value);
    // 1.96 standard errors of 0.5
    assertThat(Double.parseDouble(numbers[1])).isCloseTo(value - 0.98, within(1e-6));
    assertThat(Double.parseDouble(numbers[2])).isCloseTo(value + 0.98, within(1e-6));
  }

  private static List<Integer> colours(BufferedImage picture) {
    int[] pixels =
        picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
    return Arrays.stream(pixels).distinct().boxed().toList();
  }
}
