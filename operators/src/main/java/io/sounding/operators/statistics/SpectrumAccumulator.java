package io.sounding.operators.statistics;

/** Grows a {@link SpectrumSketch}. Mutable, one thread. */
sealed interface SpectrumAccumulator
    permits SecondMomentsAccumulator, FrequentDirectionsAccumulator {

  /** Adds rows, {@code rows[added * d]} or longer, with the products made by {@code products}. */
  void addBlock(float[] rows, int added, FoldProducts products);

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
}
