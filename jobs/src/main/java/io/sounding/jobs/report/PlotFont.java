package io.sounding.jobs.report;

import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.FontMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The font of the plots. It comes with us, so that plots look the same on every machine, and on one
 * without any font they can be drawn at all. Text that it lacks glyphs for (Chinese run names) is
 * drawn in the system's font, if there is one.
 */
final class PlotFont {

  /** DejaVu Sans 2.37, unmodified; its licence lies beside it. */
  private static final String FILE = "DejaVuSans.ttf";

  private static PlotFont loaded;

  private final Font font;
  private final boolean alone;

  private PlotFont(Font font, boolean alone) {
    this.font = font;
    this.alone = alone;
  }

  /**
   * Loads it, once per process.
   *
   * @throws PlotsUnavailableException with a sentence, if this Java cannot draw text
   */
  static synchronized PlotFont load() throws PlotsUnavailableException {
    if (loaded == null) {
      System.setProperty("java.awt.headless", "true");
      try {
        loaded = new PlotFont(read(), false);
      } catch (IOException | FontFormatException | RuntimeException | LinkageError first) {
        loaded = withoutSystemFonts();
      }
    }
    return loaded;
  }

  /**
   * A Java that finds no font on the machine refuses to load one from a file too, unless it is told
   * that there are none to look for.
   */
  private static PlotFont withoutSystemFonts() throws PlotsUnavailableException {
    try {
      Path none = Files.createTempFile("sounding-no-fonts-", ".properties");
      Files.writeString(none, "version=1\nsequence.allfonts=default\n");
      System.setProperty("sun.awt.fontconfig", none.toString());
      try {
        return new PlotFont(read(), true);
      } finally {
        Files.deleteIfExists(none);
      }
    } catch (IOException | FontFormatException | RuntimeException | LinkageError e) {
      throw new PlotsUnavailableException(
          "This Java cannot draw text (%s), so there are no plots. Install its font libraries (Debian, Ubuntu: apt-get install libfreetype6 libfontconfig1)."
              .formatted(e),
          e);
    }
  }

  private static Font read() throws IOException, FontFormatException {
    try (InputStream file = PlotFont.class.getResourceAsStream(FILE)) {
      return Font.createFont(Font.TRUETYPE_FONT, file);
    }
  }

  /** In this size, in points of the plot. */
  Font size(float points) {
    return font.deriveFont(points);
  }

  /** In this size, and able to show this text if any font here is. */
  Font size(float points, String text) {
    return alone || font.canDisplayUpTo(text) < 0
        ? size(points)
        : new Font(Font.SANS_SERIF, Font.PLAIN, 1).deriveFont(points);
  }

  /** The text, or its beginning and end if it is wider than that. */
  static String fitted(String text, FontMetrics metrics, int width) {
    String fitting = text;
    for (int kept = text.length() - 1; kept > 2 && metrics.stringWidth(fitting) > width; kept--) {
      fitting =
          text.substring(0, (kept + 1) / 2) + "\u2026" + text.substring(text.length() - kept / 2);
    }
    return fitting;
  }
}
