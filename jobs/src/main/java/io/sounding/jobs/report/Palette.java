package io.sounding.jobs.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;

/**
 * Colours that people with any kind of colour vision can tell apart: for runs, those of Okabe and
 * Ito (2008) without the yellow, which is faint on white, and the vermilion, which marks alarms;
 * for layers, which have an order, the scale viridis up to its green. Markers tell runs apart in
 * grey.
 */
final class Palette {

  static final Color ALARM = new Color(0xC23B00);
  static final Color TEXT = new Color(0x222222);
  static final Color FAINT_TEXT = new Color(0x666666);
  static final Color AXIS = new Color(0x888888);
  static final Color GRID = new Color(0xE6E6E6);

  private static final int[] RUNS = {
    0x0072B2, 0xE69F00, 0x009E73, 0xCC79A7, 0x56B4E9, 0x333333, 0x8C6D31
  };
  private static final int[] VIRIDIS = {
    0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0x95CF3F
  };

  private Palette() {}

  /** Styles for so many runs. */
  static List<PlotLine.Style> runs(int count) {
    List<PlotLine.Style> styles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // once all colours were used, each comes with the next marker
      int marker = i + i / RUNS.length;
      styles.add(new PlotLine.Style(new Color(RUNS[i % RUNS.length]), marker));
    }
    return styles;
  }

  /** Styles for so many layers, from the first to the last. */
  static List<PlotLine.Style> layers(int count) {
    List<PlotLine.Style> styles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double at = count == 1 ? 0 : (double) i / (count - 1) * (VIRIDIS.length - 1);
      int below = (int) Math.min(at, VIRIDIS.length - 2);
      styles.add(new PlotLine.Style(mix(VIRIDIS[below], VIRIDIS[below + 1], at - below), 0));
    }
    return styles;
  }

  private static Color mix(int from, int to, double share) {
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int a = from >> shift & 0xFF;
      int b = to >> shift & 0xFF;
      mixed |= (int) Math.round(a + share * (b - a)) << shift;
    }
    return new Color(mixed);
  }
}
