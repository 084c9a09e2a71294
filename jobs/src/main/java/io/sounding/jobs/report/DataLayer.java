package io.sounding.jobs.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The lines of a panel, drawn by XChart, which fills the given rectangle with nothing else. Its
 * axes stay hidden: they have no place for step 0 on a logarithmic scale, and label every mark of a
 * decade on top of the next.
 */
final class DataLayer {

  private static final float LINE_WIDTH = 1.4f;
  private static final float FONT_SIZE = 10;
  private static final int MARKER_SIZE = 5;
  private static final int SMALL_MARKER_SIZE = 3;
  private static final int SMALL_MARKERS_FROM_POINTS = 25;
  private static final int NO_MARKERS_FROM_POINTS = 101;
  private static final int BAND_ALPHA = 46;
  private static final Color INVISIBLE = new Color(0, 0, 0, 0);
  private static final List<Marker> MARKERS =
      List.of(
          SeriesMarkers.CIRCLE,
          SeriesMarkers.SQUARE,
          SeriesMarkers.DIAMOND,
          SeriesMarkers.TRIANGLE_UP,
          SeriesMarkers.TRIANGLE_DOWN,
          SeriesMarkers.CROSS,
          SeriesMarkers.PLUS);

  private final StepAxis steps;
  private final ValueAxis values;
  private final XYChart chart;

  private DataLayer(StepAxis steps, ValueAxis values, int width, int height, PlotFont font) {
    this.steps = steps;
    this.values = values;
    chart = new XYChart(width, height);
    style(chart.getStyler(), font);
  }

  /** Draws the lines, with their bands, into {@code (0, 0, width, height)}. */
  static void draw(
      Graphics2D graphics,
      List<PlotLine> lines,
      StepAxis steps,
      ValueAxis values,
      int width,
      int height,
      PlotFont font) {
    DataLayer layer = new DataLayer(steps, values, width, height, font);
    int points = lines.stream().mapToInt(line -> line.points().size()).max().orElse(0);
    layer
        .chart
        .getStyler()
        .setMarkerSize(points < SMALL_MARKERS_FROM_POINTS ? MARKER_SIZE : SMALL_MARKER_SIZE);
    for (int i = 0; i < lines.size(); i++) {
      layer.addBand("band " + i, lines.get(i));
    }
    for (int i = 0; i < lines.size(); i++) {
      layer.addLine("line " + i, lines.get(i));
    }
    if (!layer.chart.getSeriesMap().isEmpty()) {
      layer.chart.paint(graphics, width, height);
    }
  }

  /** The shape of a line's points. */
  static Marker marker(PlotLine.Style style) {
    return MARKERS.get(style.marker() % MARKERS.size());
  }

  private void style(XYStyler style, PlotFont font) {
    style.setBaseFont(font.size(FONT_SIZE)); // hidden axes are measured all the same
    style.setAxisTickLabelsFont(font.size(FONT_SIZE));
    style.setAxisTitleFont(font.size(FONT_SIZE));
    style.setChartTitleFont(font.size(FONT_SIZE));
    style.setLegendFont(font.size(FONT_SIZE));
    style.setChartBackgroundColor(INVISIBLE);
    style.setPlotBackgroundColor(INVISIBLE);
    style.setPlotBorderVisible(false);
    style.setPlotGridLinesVisible(false);
    style.setLegendVisible(false);
    style.setChartTitleVisible(false);
    style.setAxisTitlesVisible(false);
    style.setAxisTicksVisible(false);
    style.setChartPadding(0);
    style.setPlotMargin(0);
    style.setPlotContentSize(1);
    style.setXAxisMin(steps.from());
    style.setXAxisMax(steps.to());
    style.setYAxisMin(values.from());
    style.setYAxisMax(values.to());
    style.setAntiAlias(true);
  }

  private void addLine(String id, PlotLine line) {
    double[] x = line.points().stream().mapToDouble(p -> steps.position(p.step())).toArray();
    double[] y = line.points().stream().mapToDouble(p -> values.position(p.value())).toArray();
    if (Arrays.stream(y).anyMatch(Double::isFinite)) {
      XYSeries series = chart.addSeries(id, x, y);
      series.setLineWidth(LINE_WIDTH);
      series.setLineColor(line.style().color());
      series.setMarkerColor(line.style().color());
      boolean single = Arrays.stream(y).filter(Double::isFinite).count() == 1;
      series.setMarker(
          single || y.length < NO_MARKERS_FROM_POINTS ? marker(line.style()) : SeriesMarkers.NONE);
    }
  }

  /** A polygon for each stretch of points whose error is known. */
  private void addBand(String id, PlotLine line) {
    List<double[]> stretch = new ArrayList<>();
    for (PlotLine.Point point : line.points()) {
      if (Double.isFinite(point.low()) && Double.isFinite(point.high())) {
        stretch.add(
            new double[] {
              steps.position(point.step()),
              values.positionWithin(point.low()),
              values.positionWithin(point.high())
            });
      } else {
        addStretch(id + " before " + point.step(), stretch, line.style().color());
        stretch.clear();
      }
    }
    addStretch(id, stretch, line.style().color());
  }

  private void addStretch(String id, List<double[]> stretch, Color color) {
    int n = stretch.size();
    if (n < 2) {
      return;
    }
    double[] x = new double[2 * n];
    double[] y = new double[2 * n];
    for (int i = 0; i < n; i++) {
      int back = 2 * n - 1 - i;
      x[i] = stretch.get(i)[0];
      x[back] = x[i];
      y[i] = stretch.get(i)[1];
      y[back] = stretch.get(i)[2];
    }
    XYSeries band = chart.addSeries(id, x, y);
    band.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
    band.setFillColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), BAND_ALPHA));
    band.setLineColor(INVISIBLE);
    band.setMarker(SeriesMarkers.NONE);
  }
}
