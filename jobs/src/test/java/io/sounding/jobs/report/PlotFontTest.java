package io.sounding.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import io.sounding.jobs.watch.MetricField;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotFontTest {

  @TempDir private Path folder;

  /** A report, in a process of its own: whether there are fonts is found out once per process. */
  static final class WriteReport {

    private WriteReport() {}

    public static void main(String[] arguments) throws Exception {
      var events = List.of(Events.finished("\u5b9f\u9a13", 1, 0).build());
      Report.Written written =
          Report.of(Events.recorded(events, List.of()), run -> true, Path.of(arguments[0]))
              .write("t", (drawn, all) -> {});
      System.out.println(written.plots() + " plots, " + written.missing());
    }
  }

  @Test
  void plotsAreDrawnWhereNoFontIsInstalled() throws Exception {
    Path noFonts =
        Files.writeString(
            folder.resolve("fonts.conf"),
            "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig><cachedir>%s</cachedir></fontconfig>"
                .formatted(folder.resolve("cache")));
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Duser.home=" + folder, // Java remembers fonts there
            "-cp",
            System.getProperty("java.class.path"),
            WriteReport.class.getName(),
            folder.resolve("report").toString());
    java.environment().put("FONTCONFIG_FILE", noFonts.toString());
    Process process = java.redirectErrorStream(true).start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(told).isZero();
    assertThat(told).contains((2 * (MetricField.ALL.size() + 1)) + " plots, null");
    assertThat(folder.resolve("report").resolve("overview.png")).isNotEmptyFile();
  }

  @Test
  void longTextIsCutInTheMiddle() throws Exception {
    var graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    var metrics = graphics.getFontMetrics(PlotFont.load().size(12));

    assertThat(PlotFont.fitted("short", metrics, 300)).isEqualTo("short");
    String fitted = PlotFont.fitted("a".repeat(100) + "-seed7", metrics, 100);
    assertThat(fitted).startsWith("aaaa").contains("\u2026").endsWith("seed7");
    assertThat(metrics.stringWidth(fitted)).isLessThanOrEqualTo(100);
    graphics.dispose();
  }
}
