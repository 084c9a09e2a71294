package io.sounding.operators.statistics;

/** Grows a {@link SpectrumSketch}. Mutable, one thread. */
sealed interface SpectrumAccumulator
    permits SecondMomentsAccumulator, FrequentDirectionsAccumulator {

  /** Adds the rows of a block, with the products made by {@code products}. */
  void addBlock(FrameBlock block, FoldProducts products);

  /** Adds one row {@code row[d]}. */
  void addRow(double[] row);

  /**
   * Adds the rows behind another sketch.
   *
   * @throws IllegalArgumentException when it is of another kind or size
   */
  void add(SpectrumSketch other);

  /** The sketch of all rows so far; changes nothing. */
  SpectrumSketch snapshot();

  /** The sketch of all rows, which may take the accumulator's own arrays: it is used no more. */
  SpectrumSketch finish();
}
