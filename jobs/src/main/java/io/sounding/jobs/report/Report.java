package io.sounding.jobs.report;

import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.jobs.watch.MetricField;
import io.sounding.jobs.watch.RecordedEvents;
import io.sounding.jobs.watch.ReplacedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import javax.imageio.ImageIO;

/**
 * Writes a folder that can be handed on: a page that needs nothing else, and its plots as PNG files
 * for slides. Files of those names are replaced, each as a whole; others are left alone.
 */
public final class Report {

  /** The name of the page. */
  public static final String PAGE = "report.html";

  private final History history;
  private final Path folder;
  private int plots;

  private Report(History history, Path folder) {
    this.history = history;
    this.folder = folder;
  }

  /**
   * What was written.
   *
   * @param runs runs on a corpus
   * @param checkpoints of all runs
   * @param plots PNG files
   * @param missing a sentence that says why there are no plots; null: there are
   */
  public record Written(int runs, int checkpoints, int plots, String missing) {}

  /**
   * Reads what is reported.
   *
   * @param wanted the runs, by their ids
   * @param folder where it will go; it is made when it is written
   */
  public static Report of(RecordedEvents events, Predicate<String> wanted, Path folder)
      throws UnusableInputException {
    return new Report(History.read(events, wanted), folder);
  }

  /** Whether there is nothing to report. */
  public boolean isEmpty() {
    return history.runs().isEmpty();
  }

  /** Writes it under this title. */
  public Written write(String title) throws IOException {
    Files.createDirectories(folder);
    ReportPage page = new ReportPage(history, title);
    String missing = null;
    page.begin();
    try {
      draw(page, PlotFont.load());
    } catch (PlotsUnavailableException e) {
      missing = e.getMessage();
      page.note(missing);
    }
    page.end();
    ReplacedFile.write(folder.resolve(PAGE), page.toString().getBytes(StandardCharsets.UTF_8));
    int checkpoints = history.runs().stream().mapToInt(run -> run.checkpoints().size()).sum();
    return new Written(history.runs().size(), checkpoints, plots, missing);
  }

  private void draw(ReportPage page, PlotFont font) throws IOException {
    if (history.layers().isEmpty()) {
      page.note("No checkpoint has FINAL metrics yet: there is nothing to plot.");
      return;
    }
    Plots logarithmic = new Plots(history, true);
    Plots linear = new Plots(history, false);
    page.beginOverview();
    picture(page, "overview", logarithmic.overview(), linear.overview(), font);
    page.endSection();
    for (MetricField field : MetricField.ALL) {
      page.beginMetric(field);
      picture(page, field.name(), logarithmic.byLayer(field), linear.byLayer(field), font);
      if (history.layers().size() > 1) {
        page.beginLayers();
        String name = field.name() + "-layers";
        picture(page, name, logarithmic.byRun(field), linear.byRun(field), font);
        page.endLayers();
      }
      page.endSection();
    }
  }

  private void picture(ReportPage page, String name, Sheet logarithmic, Sheet linear, PlotFont font)
      throws IOException {
    page.picture(write(name, logarithmic, font), logarithmic, "logarithmic");
    page.picture(write(name + "-linear", linear, font), linear, "linear");
  }

  private byte[] write(String name, Sheet sheet, PlotFont font) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(sheet.draw(font), "png", png);
    ReplacedFile.write(folder.resolve(name + ".png"), png.toByteArray());
    plots++;
    return png.toByteArray();
  }

  /** Refuses a folder that cannot be written, before anything is read. */
  public static void checkFolder(Path folder) throws UnusableInputException {
    Path existing = folder.toAbsolutePath().normalize();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
      throw new UnusableInputException(
          folder,
          "is no folder that can be written, nor can it be made",
          "name another with --out");
    }
  }
}
