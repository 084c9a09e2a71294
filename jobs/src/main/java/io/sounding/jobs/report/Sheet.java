package io.sounding.jobs.report;

import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Objects;

/**
 * A picture of small panels in rows, under a title and one legend for all.
 *
 * @param title what it shows
 * @param subtitle of what
 * @param columns panels beside each other
 * @param panels row by row; null leaves a place empty
 * @param legend lines as they are named in the legend
 * @param footer what the horizontal axes are
 */
record Sheet(
    String title,
    String subtitle,
    int columns,
    List<Panel> panels,
    List<PlotLine> legend,
    String footer) {

  /** Pixels to a point of the drawing, so that it stays sharp on a slide. */
  static final int SCALE = 2;

  private static final int PANEL_WIDTH = 300;
  private static final int PANEL_HEIGHT = 215;
  private static final int MARGIN = 16;
  private static final int TITLE = 22;
  private static final int SUBTITLE = 20;
  private static final int FOOTER = 24;
  private static final int GAP = 10;
  private static final float TITLE_SIZE = 17;
  private static final float TEXT_SIZE = 11;

  /** Width in points of the drawing. */
  int width() {
    return Math.max(2, columns) * PANEL_WIDTH + 2 * MARGIN;
  }

  /** Draws it. */
  BufferedImage draw(PlotFont font) {
    List<Panel> shown = panels.stream().filter(Objects::nonNull).toList();
    int inner = width() - 2 * MARGIN;
    Graphics2D probe = prepared(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
    int legendHeight = new Legend(legend, shown, inner, probe, font).height();
    probe.dispose();
    int top = MARGIN + TITLE + SUBTITLE + legendHeight + GAP;
    int rows = (panels.size() + columns - 1) / columns;
    int height = top + rows * PANEL_HEIGHT + FOOTER;

    BufferedImage image =
        new BufferedImage(width() * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = prepared(image);
    text(graphics, title, TITLE_SIZE, Palette.TEXT, MARGIN + 15, font);
    text(graphics, subtitle, TEXT_SIZE, Palette.FAINT_TEXT, MARGIN + TITLE + 12, font);
    new Legend(legend, shown, inner, graphics, font).draw(MARGIN, MARGIN + TITLE + SUBTITLE);
    for (int i = 0; i < panels.size(); i++) {
      if (panels.get(i) != null) {
        Graphics2D cell = (Graphics2D) graphics.create();
        cell.translate(MARGIN + i % columns * PANEL_WIDTH, top + i / columns * PANEL_HEIGHT);
        panels.get(i).draw(cell, PANEL_WIDTH, PANEL_HEIGHT, font);
        cell.dispose();
      }
    }
    graphics.setFont(font.size(TEXT_SIZE));
    graphics.setColor(Palette.FAINT_TEXT);
    int textWidth = graphics.getFontMetrics().stringWidth(footer);
    graphics.drawString(footer, (width() - textWidth) / 2, height - 10);
    graphics.dispose();
    return image;
  }

  private void text(
      Graphics2D graphics, String text, float size, Color color, int y, PlotFont font) {
    graphics.setFont(font.size(size, text));
    graphics.setColor(color);
    FontMetrics metrics = graphics.getFontMetrics();
    graphics.drawString(PlotFont.fitted(text, metrics, width() - 2 * MARGIN), MARGIN, y);
  }

  private static Graphics2D prepared(BufferedImage image) {
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.scale(SCALE, SCALE);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    return graphics;
  }
}
