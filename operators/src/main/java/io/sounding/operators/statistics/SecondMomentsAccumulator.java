package io.sounding.operators.statistics;

/**
 * Grows {@link SecondMoments} by blocks of rows, by single rows, or by other moments. Mutable, one
 * thread. Keeps the upper triangle inside a full {@code double[d * d]}, where BLAS wants it.
 */
final class SecondMomentsAccumulator implements SpectrumAccumulator {
  private final int dimension;
  private final double[] mean;
  private final double[] upper;
  private long count;
  private double[] residuals = new double[0];

  SecondMomentsAccumulator(SecondMoments start) {
    dimension = start.dimension();
    count = start.count();
    mean = start.mean().clone();
    upper = new double[Math.multiplyExact(dimension, dimension)];
    addPacked(start.centred());
  }

  /** Adds rows; {@code rows[count * d]} or longer. */
  @Override
  public void addBlock(float[] rows, int added) {
    if (added == 0) {
      return;
    }
    if (residuals.length < (added + 1) * dimension) {
      residuals = new double[(added + 1) * dimension];
    }
    double[] blockMean = BlockMean.of(rows, added, dimension);
    for (int i = 0; i < added * dimension; i += dimension) {
      for (int j = 0; j < dimension; j++) {
        residuals[i + j] = rows[i + j] - blockMean[j];
      }
    }
    double weight = (double) count * added / (count + added);
    moveMean(blockMean, added, Math.sqrt(weight), added * dimension);
    // the move of the mean is one row more of the product
    Products.addGram(residuals, added + 1, dimension, upper);
  }

  /** Adds one row {@code row[d]}. */
  @Override
  public void addRow(double[] row) {
    if (residuals.length < dimension) {
      residuals = new double[dimension];
    }
    double weight = (double) count / (count + 1);
    moveMean(row, 1, 1, 0);
    addOuter(weight);
  }

  @Override
  public void add(SpectrumSketch sketch) {
    if (!(sketch instanceof SecondMoments other) || other.dimension() != dimension) {
      throw new IllegalArgumentException(
          "Second moments of dimension %d cannot take up a sketch %s of dimension %d."
              .formatted(dimension, sketch.name(), sketch.dimension()));
    }
    if (other.count() == 0) {
      return;
    }
    if (residuals.length < dimension) {
      residuals = new double[dimension];
    }
    double weight = (double) count / (count + other.count()) * other.count();
    moveMean(other.mean(), other.count(), 1, 0);
    addOuter(weight);
    addPacked(other.centred());
  }

  @Override
  public SecondMoments snapshot() {
    double[] packed = new double[SecondMoments.packedLength(dimension)];
    int position = 0;
    for (int i = 0; i < dimension; i++) {
      System.arraycopy(upper, i * dimension + i, packed, position, dimension - i);
      position += dimension - i;
    }
    return new SecondMoments(dimension, count, mean.clone(), packed);
  }

  /**
   * Moves the mean towards that of added rows and leaves scale * (their difference) as residual.
   */
  private void moveMean(double[] addedMean, long added, double scale, int offset) {
    double share = count == 0 ? 1 : (double) added / (count + added);
    for (int j = 0; j < dimension; j++) {
      double difference = addedMean[j] - mean[j];
      residuals[offset + j] = scale * difference;
      mean[j] = count == 0 ? addedMean[j] : mean[j] + share * difference;
    }
    count += added;
  }

  private void addOuter(double weight) {
    for (int i = 0; i < dimension; i++) {
      double factor = weight * residuals[i];
      int row = i * dimension;
      for (int j = i; j < dimension; j++) {
        upper[row + j] += factor * residuals[j];
      }
    }
  }

  private void addPacked(double[] packed) {
    int position = 0;
    for (int i = 0; i < dimension; i++) {
      for (int j = i; j < dimension; j++) {
        upper[i * dimension + j] += packed[position++];
      }
    }
  }
}
