package io.sounding.jobs.report;

import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.jobs.watch.MetricField;
import io.sounding.jobs.watch.RecordedEvents;
import io.sounding.jobs.watch.ReplacedFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/**
 * Writes a folder that can be handed on: a page that needs nothing else, and its plots as PNG files
 * for slides. Files of those names are replaced, each as a whole, and plots of an earlier report
 * that this one does not have are deleted; others are left alone.
 */
public final class Report {

  /** The name of the page. */
  public static final String PAGE = "report.html";

  /**
   * Beyond so many runs the sheets with a panel per run are left out: each takes 2.6 MB per run
   * while it is drawn, and nobody looks through them.
   */
  private static final int MOST_RUNS_BY_LAYERS = 24;

  private static final String OVERVIEW = "overview";
  private static final String LAYERS = "-layers";
  private static final String LINEAR = "-linear";

  /** A plot: a file, and a place on the page. Its points are gathered when it is drawn. */
  private record Picture(String name, Supplier<Sheet> sheet, String axis) {

    /** Writes it, too: all of a large report would not fit into memory. */
    private Drawing draw(PlotFont font, Path folder) {
      Sheet shown = sheet.get();
      Path file = folder.resolve(name + ".png");
      try {
        ReplacedFile.write(file, png(shown.draw(font)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new Drawing(file, shown.width(), shown.title(), axis);
    }
  }

  private record Drawing(Path file, int width, String title, String axis) {}

  private final History history;
  private final Path folder;
  private final List<MetricField> fields;

  private Report(History history, Path folder, List<MetricField> fields) {
    this.history = history;
    this.folder = folder;
    this.fields = fields;
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
    return of(events, wanted, folder, MetricField.ALL);
  }

  /** The same with plots of these metrics only. */
  static Report of(
      RecordedEvents events, Predicate<String> wanted, Path folder, List<MetricField> fields)
      throws UnusableInputException {
    return new Report(History.read(events, wanted), folder, fields);
  }

  /** Whether there is nothing to report. */
  public boolean isEmpty() {
    return history.runs().isEmpty();
  }

  /**
   * Writes it.
   *
   * @param title of the page
   * @param drawn is told how many plots are drawn, and of how many; by several threads
   */
  public Written write(String title, BiConsumer<Integer, Integer> drawn) throws IOException {
    Files.createDirectories(folder);
    boolean again = Files.exists(folder.resolve(PAGE));
    List<Drawing> plots = List.of();
    String missing = null;
    try {
      plots = draw(PlotFont.load(), drawn);
    } catch (PlotsUnavailableException e) {
      missing = e.getMessage();
    }
    writePage(title, plots, missing);
    if (again) {
      deleteOthers(plots);
    }
    int checkpoints = history.runs().stream().mapToInt(run -> run.checkpoints().size()).sum();
    return new Written(history.runs().size(), checkpoints, plots.size(), missing);
  }

  /** Draws and writes the plots. */
  private List<Drawing> draw(PlotFont font, BiConsumer<Integer, Integer> told) throws IOException {
    List<Picture> pictures = history.layers().isEmpty() ? List.of() : pictures();
    AtomicInteger done = new AtomicInteger();
    try {
      // one picture has nothing to do with the other, and each takes a tenth of a second
      return pictures.parallelStream()
          .map(
              picture -> {
                Drawing drawing = picture.draw(font, folder);
                told.accept(done.incrementAndGet(), pictures.size());
                return drawing;
              })
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void writePage(String title, List<Drawing> plots, String missing) throws IOException {
    try (ReplacedFile file = new ReplacedFile(folder.resolve(PAGE))) {
      try (Writer writer = // which has a question mark for half of a surrogate pair
          new OutputStreamWriter(Files.newOutputStream(file.partial()), StandardCharsets.UTF_8)) {
        ReportPage page = new ReportPage(writer, history, title, fields);
        page.begin();
        if (missing != null) {
          page.note(missing);
        } else if (plots.isEmpty()) {
          page.note("No checkpoint has FINAL metrics yet: there is nothing to plot.");
        } else {
          put(page, plots);
        }
        page.end();
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      file.complete();
    }
  }

  private void put(ReportPage page, List<Drawing> plots) throws IOException {
    if (history.layers().size() > 1 && !byLayers()) {
      page.note(
          "There are more than %d runs, so the plots of the layers of each are left out: choose runs with --run."
              .formatted(MOST_RUNS_BY_LAYERS));
    }
    Iterator<Drawing> next = plots.iterator();
    page.beginOverview();
    putPair(page, next);
    page.endSection();
    for (MetricField field : fields) {
      page.beginMetric(field);
      putPair(page, next);
      if (byLayers()) {
        page.beginLayers();
        putPair(page, next);
        page.endLayers();
      }
      page.endSection();
    }
  }

  /** Plots of an earlier report beside this page would be taken for its own. */
  private void deleteOthers(List<Drawing> plots) throws IOException {
    Set<Path> own = plots.stream().map(Drawing::file).collect(Collectors.toSet());
    List<String> names = new ArrayList<>(List.of(OVERVIEW));
    for (MetricField field : MetricField.ALL) {
      names.add(field.name());
      names.add(field.name() + LAYERS);
    }
    for (String name : names) {
      for (String plot : List.of(name, name + LINEAR)) {
        Path file = folder.resolve(plot + ".png");
        if (!own.contains(file)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Whether each metric has sheets with a panel per run. */
  private boolean byLayers() {
    return history.layers().size() > 1 && history.runs().size() <= MOST_RUNS_BY_LAYERS;
  }

  /** A picture over logarithmic steps, and the same over linear ones. */
  private static void putPair(ReportPage page, Iterator<Drawing> plots) throws IOException {
    for (int i = 0; i < 2; i++) {
      Drawing plot = plots.next();
      page.picture(Files.readAllBytes(plot.file()), plot.width(), plot.title(), plot.axis());
    }
  }

  private List<Picture> pictures() {
    Plots logarithmic = new Plots(history, true);
    Plots linear = new Plots(history, false);
    List<Picture> pictures = new ArrayList<>();
    add(pictures, OVERVIEW, logarithmic::overview, linear::overview);
    for (MetricField field : fields) {
      add(pictures, field.name(), () -> logarithmic.byLayer(field), () -> linear.byLayer(field));
      if (byLayers()) {
        add(
            pictures,
            field.name() + LAYERS,
            () -> logarithmic.byRun(field),
            () -> linear.byRun(field));
      }
    }
    return pictures;
  }

  private static void add(
      List<Picture> pictures, String name, Supplier<Sheet> logarithmic, Supplier<Sheet> linear) {
    pictures.add(new Picture(name, logarithmic, "logarithmic"));
    pictures.add(new Picture(name + LINEAR, linear, "linear"));
  }

  private static byte[] png(BufferedImage image) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
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
