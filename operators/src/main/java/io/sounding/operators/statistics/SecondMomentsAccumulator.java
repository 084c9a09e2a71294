package io.sounding.operators.statistics;

import java.util.Arrays;

/**
 * Grows {@link SecondMoments} by blocks of rows, by single rows, or by other moments. Mutable, one
 * thread. Keeps the upper triangle packed: {@code 4 d^2} bytes.
 *
 * <p>Single rows are {@link KeptRows} as long as they take less room. Of those after them the outer
 * products wait until there are {@value #MOST_WAITING}, because each alone would read and write the
 * whole triangle. Every element takes them up in their order, so sums are the same to the bit
 * whenever they are taken up.
 */
final class SecondMomentsAccumulator implements SpectrumAccumulator {
  private static final int MOST_WAITING = 48;

  /** Kept rows of merged sketches that are taken up by one product. */
  private static final int MOST_MERGED = 2048;

  private final int dimension;
  private final double[] mean;
  private double[] packed; // null: as long as rows are kept
  private double[] kept = new double[0];
  private int keptCount;
  private final double[][] waiting = new double[MOST_WAITING][];
  private final double[] waitingWeights = new double[MOST_WAITING];
  private int waitingCount;
  private long count;

  SecondMomentsAccumulator(SecondMoments start) {
    dimension = start.dimension();
    count = start.count();
    mean = start.mean().clone();
    packed = start.centred().clone();
  }

  SecondMomentsAccumulator(KeptRows start) {
    dimension = start.dimension();
    keptCount = (int) start.count();
    mean = new double[dimension];
    kept = start.rows().clone();
  }

  @Override
  public void addBlock(FrameBlock block, FoldProducts products) {
    int added = block.count();
    if (added == 0) {
      return;
    }
    takeUpKept();
    addWaiting();
    double weight = (double) count * added / (count + added);
    // the move of the mean is one row more of the product
    double[] shift = moveMean(block.mean(), added);
    for (int j = 0; j < dimension; j++) {
      shift[j] *= Math.sqrt(weight);
    }
    products.addCentredGram(block.rows(), added, block.mean(), shift, packed);
  }

  @Override
  public void addRow(double[] row) {
    if (packed == null && keptCount < KeptRows.most(dimension)) {
      keep(row);
      return;
    }
    takeUpKept();
    double weight = (double) count / (count + 1);
    addOuter(moveMean(row, 1), weight);
  }

  private void keep(double[] rows) {
    int length = keptCount * dimension;
    if (kept.length < length + rows.length) {
      int doubled = Math.min(KeptRows.most(dimension) * dimension, 2 * length);
      kept = Arrays.copyOf(kept, Math.max(length + rows.length, doubled));
    }
    System.arraycopy(rows, 0, kept, length, rows.length);
    keptCount += rows.length / dimension;
  }

  /** From here on there are moments. */
  private void takeUpKept() {
    if (packed == null) {
      packed = new double[SecondMoments.packedLength(dimension)];
      addRows(Arrays.copyOf(kept, keptCount * dimension));
      kept = null;
      keptCount = 0;
    }
  }

  @Override
  public void add(SpectrumSketch sketch) {
    if (!sketch.isExact() || sketch.dimension() != dimension) {
      throw new IllegalArgumentException(
          "Second moments of dimension %d cannot take up a sketch %s of dimension %d."
              .formatted(dimension, sketch.name(), sketch.dimension()));
    }
    if (sketch instanceof KeptRows few) {
      if (packed == null && keptCount + few.count() <= MOST_MERGED) {
        keep(few.rows());
      } else {
        takeUpKept();
        addRows(few.rows().clone());
      }
    } else if (sketch instanceof SecondMoments moments) {
      takeUpKept();
      addMoments(moments);
    }
  }

  /** Adds rows by one product; changes them. */
  private void addRows(double[] rows) {
    int added = rows.length / dimension;
    if (added > 0) {
      double[] addedMean = KeptRows.mean(rows, dimension);
      KeptRows.subtract(rows, addedMean);
      addMoments(new SecondMoments(dimension, added, addedMean, Products.gram(rows, dimension)));
    }
  }

  private void addMoments(SecondMoments other) {
    if (other.count() == 0) {
      return;
    }
    double weight = (double) count / (count + other.count()) * other.count();
    addOuter(moveMean(other.mean(), other.count()), weight);
    addWaiting();
    double[] added = other.centred();
    for (int i = 0; i < packed.length; i++) {
      packed[i] += added[i];
    }
  }

  @Override
  public SpectrumSketch snapshot() {
    if (packed == null && keptCount <= KeptRows.most(dimension)) {
      return new KeptRows(dimension, Arrays.copyOf(kept, keptCount * dimension));
    }
    takeUpKept();
    addWaiting();
    return new SecondMoments(dimension, count, mean.clone(), packed.clone());
  }

  @Override
  public SpectrumSketch finish() {
    if (packed == null) {
      return snapshot();
    }
    addWaiting();
    return new SecondMoments(dimension, count, mean, packed);
  }

  /** Moves the mean towards that of added rows and returns their difference. */
  private double[] moveMean(double[] addedMean, long added) {
    double share = count == 0 ? 1 : (double) added / (count + added);
    double[] difference = new double[dimension];
    for (int j = 0; j < dimension; j++) {
      difference[j] = addedMean[j] - mean[j];
      mean[j] = count == 0 ? addedMean[j] : mean[j] + share * difference[j];
    }
    count += added;
    return difference;
  }

  /** Adds weight * vector vectorᵀ, by and by; takes ownership of the vector. */
  private void addOuter(double[] vector, double weight) {
    waiting[waitingCount] = vector;
    waitingWeights[waitingCount++] = weight;
    if (waitingCount == MOST_WAITING) {
      addWaiting();
    }
  }

  private void addWaiting() {
    if (waitingCount == 0) {
      return;
    }
    // a row of the triangle is copied to where its columns have their own indexes: loops over
    // arrays that are shifted against each other are not made of vector instructions
    double[] row = new double[dimension];
    int position = 0;
    for (int i = 0; i < dimension; i++) {
      System.arraycopy(packed, position, row, i, dimension - i);
      for (int w = 0; w < waitingCount; w++) {
        addMultiple(waitingWeights[w] * waiting[w][i], waiting[w], i, row);
      }
      System.arraycopy(row, i, packed, position, dimension - i);
      position += dimension - i;
    }
    Arrays.fill(waiting, 0, waitingCount, null);
    waitingCount = 0;
  }

  /** Adds factor * vector, from its element {@code from} on. */
  private static void addMultiple(double factor, double[] vector, int from, double[] row) {
    for (int j = from; j < row.length; j++) {
      row[j] += factor * vector[j];
    }
  }
}
