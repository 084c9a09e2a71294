package io.sounding.operators.statistics;

/** Gathers points into blocks of {@value #SIZE}, each of which is then handled by one product. */
final class PointBlocks {
  /** Measured: 256 to 1,024 differ by less than the noise. */
  static final int SIZE = 512;

  /** What is done with a block: the first {@code count} of {@code points}. */
  interface Handler {
    void handle(int[] points, int count);
  }

  private final Handler handler;
  private final int[] points = new int[SIZE];
  private int count;

  PointBlocks(Handler handler) {
    this.handler = handler;
  }

  void add(int point) {
    points[count++] = point;
    if (count == SIZE) {
      flush();
    }
  }

  /** Handles the points that did not fill a block. */
  void flush() {
    if (count > 0) {
      int full = count;
      count = 0;
      handler.handle(points, full);
    }
  }
}
