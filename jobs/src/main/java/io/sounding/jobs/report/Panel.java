package io.sounding.jobs.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.util.List;

/**
 * One small plot of a sheet: a title, axes, and lines over training steps.
 *
 * @param title what is shown
 * @param steps horizontal axis
 * @param values vertical axis
 * @param lines what is drawn
 * @param marks points with a ring around them
 */
record Panel(
    String title, StepAxis steps, ValueAxis values, List<PlotLine> lines, List<Mark> marks) {

  /**
   * A point with a ring.
   *
   * @param raised whether an alarm begins there, or ends
   */
  record Mark(double step, double value, boolean raised) {}

  private static final int TITLE_HEIGHT = 22;
  private static final int LABELS_HEIGHT = 22;
  private static final int LABELS_WIDTH = 46;
  private static final int RIGHT = 10;
  private static final int ROOM_PER_STEP = 38;
  private static final int ROOM_PER_VALUE = 30;
  private static final double CROSS_HALF = 3.5;
  private static final float SMALL = 10;
  private static final BasicStroke THIN = new BasicStroke(0.8f);

  /** Draws it into {@code (0, 0, width, height)}. */
  void draw(Graphics2D graphics, int width, int height, PlotFont font) {
    Graphics2D inner = (Graphics2D) graphics.create();
    int w = width - LABELS_WIDTH - RIGHT;
    int h = height - TITLE_HEIGHT - LABELS_HEIGHT;
    inner.setFont(font.size(12, title));
    inner.setColor(Palette.TEXT);
    inner.drawString(
        PlotFont.fitted(title, inner.getFontMetrics(), width - LABELS_WIDTH), LABELS_WIDTH, 14);
    inner.translate(LABELS_WIDTH, TITLE_HEIGHT);
    inner.setFont(font.size(SMALL));
    inner.setStroke(THIN);
    drawValueAxis(inner, w, h);
    drawStepAxis(inner, w, h);
    DataLayer.draw(inner, lines, steps, values, w, h, font);
    drawMarks(inner, w, h);
    inner.dispose();
  }

  private double x(double position, int w) {
    return (position - steps.from()) / (steps.to() - steps.from()) * w;
  }

  private double y(double position, int h) {
    return h - (position - values.from()) / (values.to() - values.from()) * h;
  }

  private void drawValueAxis(Graphics2D graphics, int w, int h) {
    FontMetrics metrics = graphics.getFontMetrics();
    for (Tick tick : values.ticks(Math.max(2, h / ROOM_PER_VALUE))) {
      double y = y(tick.position(), h);
      graphics.setColor(Palette.AXIS);
      graphics.draw(new Line2D.Double(tick.isLabelled() ? -4 : -2.5, y, 0, y));
      if (tick.isLabelled()) {
        graphics.setColor(Palette.GRID);
        graphics.draw(new Line2D.Double(0, y, w, y));
        graphics.setColor(Palette.TEXT);
        graphics.drawString(
            tick.label(),
            (float) (-7 - metrics.stringWidth(tick.label())),
            (float) (y + metrics.getAscent() / 2.0 - 1.5));
      }
    }
    graphics.setColor(Palette.AXIS);
    graphics.draw(new Line2D.Double(0, 0, 0, h));
  }

  private void drawStepAxis(Graphics2D graphics, int w, int h) {
    graphics.setColor(Palette.AXIS);
    graphics.draw(new Line2D.Double(0, h, w, h));
    FontMetrics metrics = graphics.getFontMetrics();
    for (Tick tick : steps.ticks(w / ROOM_PER_STEP)) {
      double x = x(tick.position(), w);
      graphics.setColor(Palette.AXIS);
      graphics.draw(new Line2D.Double(x, h, x, h + (tick.isLabelled() ? 4 : 2.5)));
      graphics.setColor(Palette.TEXT);
      graphics.drawString(
          tick.label(), (float) (x - metrics.stringWidth(tick.label()) / 2.0), h + 15f);
    }
    if (!Double.isNaN(steps.gapCentre())) {
      double x = x(steps.gapCentre(), w);
      graphics.setColor(Color.WHITE);
      graphics.setStroke(new BasicStroke(3));
      graphics.draw(new Line2D.Double(x - 2, h, x + 2, h));
      graphics.setStroke(THIN);
      graphics.setColor(Palette.AXIS);
      graphics.draw(new Line2D.Double(x - 4, h + 3, x, h - 3));
      graphics.draw(new Line2D.Double(x, h + 3, x + 4, h - 3));
    }
  }

  private void drawMarks(Graphics2D graphics, int w, int h) {
    for (PlotLine line : lines) {
      line.points().stream()
          .filter(point -> !Double.isFinite(point.value()))
          .forEach(
              point ->
                  drawCross(
                      graphics,
                      x(steps.position(point.step()), w),
                      CROSS_HALF,
                      line.style().color()));
    }
    for (Mark mark : marks) {
      double position = values.position(mark.value());
      double y = Double.isNaN(position) ? 0 : y(position, h);
      drawRing(graphics, x(steps.position(mark.step()), w), y, mark.raised());
    }
  }

  /** On the upper edge: there is a value, but not a finite one. */
  static void drawCross(Graphics2D graphics, double x, double y, Color color) {
    graphics.setColor(color);
    graphics.setStroke(new BasicStroke(1.6f));
    double half = CROSS_HALF;
    graphics.draw(new Line2D.Double(x - half, y - half, x + half, y + half));
    graphics.draw(new Line2D.Double(x - half, y + half, x + half, y - half));
  }

  static void drawRing(Graphics2D graphics, double x, double y, boolean raised) {
    graphics.setColor(raised ? Palette.ALARM : Palette.FAINT_TEXT);
    graphics.setStroke(
        raised ? new BasicStroke(2) : new BasicStroke(1, 0, 0, 1, new float[] {2, 2}, 0));
    graphics.draw(new Ellipse2D.Double(x - 6.5, y - 6.5, 13, 13));
  }
}
