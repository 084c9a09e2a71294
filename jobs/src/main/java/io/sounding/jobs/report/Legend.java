package io.sounding.jobs.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.List;

/** What the lines and marks of a sheet are, in as many rows as it takes, outside of the panels. */
final class Legend {

  private static final int ROW_HEIGHT = 20;
  private static final int SAMPLE = 26;
  private static final int BEFORE_LABEL = 6;
  private static final int BETWEEN = 18;
  private static final float FONT_SIZE = 11;
  private static final Color BAND = new Color(0xD4D4D4);

  private enum Symbol {
    LINE,
    BAND,
    RAISED,
    CLEARED,
    CROSS
  }

  private record Entry(String label, PlotLine.Style style, Symbol symbol) {}

  private final List<List<Entry>> rows = new ArrayList<>();
  private final PlotFont font;
  private final Graphics2D graphics;

  /** Of these lines, and of what else the panels show. */
  Legend(List<PlotLine> lines, List<Panel> panels, int width, Graphics2D graphics, PlotFont font) {
    this.font = font;
    this.graphics = graphics;
    double used = Double.POSITIVE_INFINITY;
    for (Entry entry : entries(lines, panels, width / 2 - SAMPLE - BEFORE_LABEL - BETWEEN)) {
      double needed = width(entry);
      if (used + needed > width + BETWEEN) {
        rows.add(new ArrayList<>());
        used = 0;
      }
      rows.get(rows.size() - 1).add(entry);
      used += needed;
    }
  }

  private List<Entry> entries(List<PlotLine> lines, List<Panel> panels, int longest) {
    List<Entry> entries = new ArrayList<>();
    lines.forEach(
        line -> {
          var metrics = graphics.getFontMetrics(font.size(FONT_SIZE, line.label()));
          String label = PlotFont.fitted(line.label(), metrics, longest);
          entries.add(new Entry(label, line.style(), Symbol.LINE));
        });
    List<PlotLine> shown = panels.stream().flatMap(panel -> panel.lines().stream()).toList();
    List<Panel.Mark> marks = panels.stream().flatMap(panel -> panel.marks().stream()).toList();
    if (shown.stream().anyMatch(PlotLine::hasErrors)) {
      entries.add(new Entry("band: \u00b1 1.96 standard errors", null, Symbol.BAND));
    }
    if (marks.stream().anyMatch(Panel.Mark::raised)) {
      entries.add(new Entry("alarm raised", null, Symbol.RAISED));
    }
    if (marks.stream().anyMatch(mark -> !mark.raised())) {
      entries.add(new Entry("alarm cleared", null, Symbol.CLEARED));
    }
    if (shown.stream().anyMatch(PlotLine::hasUndrawable)) {
      entries.add(new Entry("not a finite number", null, Symbol.CROSS));
    }
    return entries;
  }

  private double width(Entry entry) {
    int label =
        graphics.getFontMetrics(font.size(FONT_SIZE, entry.label())).stringWidth(entry.label());
    return SAMPLE + BEFORE_LABEL + label + BETWEEN;
  }

  int height() {
    return rows.size() * ROW_HEIGHT;
  }

  /** Draws it with its upper left corner there. */
  void draw(int left, int top) {
    for (int row = 0; row < rows.size(); row++) {
      double x = left;
      int y = top + row * ROW_HEIGHT + ROW_HEIGHT / 2;
      for (Entry entry : rows.get(row)) {
        drawSymbol(entry, x, y);
        graphics.setFont(font.size(FONT_SIZE, entry.label()));
        graphics.setColor(Palette.TEXT);
        graphics.drawString(entry.label(), (float) x + SAMPLE + BEFORE_LABEL, y + 4f);
        x += width(entry);
      }
    }
  }

  private void drawSymbol(Entry entry, double x, double y) {
    double centre = x + SAMPLE / 2.0;
    switch (entry.symbol()) {
      case LINE -> {
        graphics.setColor(entry.style().color());
        graphics.setStroke(new BasicStroke(1.6f));
        graphics.draw(new Line2D.Double(x, y, x + SAMPLE, y));
        DataLayer.marker(entry.style()).paint(graphics, centre, y, 6);
      }
      case BAND -> {
        graphics.setColor(BAND);
        graphics.fillRect((int) x, (int) y - 4, SAMPLE, 8);
      }
      case RAISED -> Panel.drawRing(graphics, centre, y, true);
      case CLEARED -> Panel.drawRing(graphics, centre, y, false);
      case CROSS -> Panel.drawCross(graphics, centre, y, Palette.FAINT_TEXT);
      default -> throw new IllegalStateException(entry.symbol().name());
    }
  }
}
