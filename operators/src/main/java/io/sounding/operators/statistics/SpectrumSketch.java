package io.sounding.operators.statistics;

import java.nio.ByteBuffer;

/**
 * What is kept of rows x (n of them, of dimension d) in order to know the spectrum of their matrix,
 * centred and not. Immutable; grown by {@link #accumulator()}, merged by {@link
 * SpectrumAccumulator#add}, of which the empty sketch is the identity.
 *
 * <p>In bytes: int kind (1: exact second moments, 2: Frequent Directions, 3: the rows themselves),
 * then what the kind says.
 */
sealed interface SpectrumSketch permits SecondMoments, KeptRows, FrequentDirections {

  /** The sketch of no rows that the settings ask for. */
  static SpectrumSketch empty(int dimension, StatisticsSettings settings) {
    return settings.sketch().exactFor(dimension)
        ? KeptRows.empty(dimension)
        : FrequentDirections.empty(dimension, SketchChoice.rows(settings.sketchRows(), dimension));
  }

  /** d. */
  int dimension();

  /** n. */
  long count();

  /** What metric events call it. */
  String name();

  /** Spectrum of sum x xᵀ, with the interval that holds RankMe. */
  SpectrumEstimate uncentredSpectrum();

  /** Spectrum of sum (x - mean)(x - mean)ᵀ. */
  Spectrum centredSpectrum();

  /** (tr C)^2 / ||C||_F^2, C the centred second moments; 0 when they are. */
  double participationRatio();

  /** Whether spectra are exact up to rounding rather than estimates. */
  boolean isExact();

  /** Continues from this sketch, which does not change. */
  SpectrumAccumulator accumulator();

  /** Bytes that {@link #write} takes. */
  int byteSize();

  /** Writes the kind and the sketch. */
  void write(ByteBuffer target);

  /** Reads what {@link #write} wrote. */
  static SpectrumSketch read(ByteBuffer source, int dimension) {
    int kind = source.getInt();
    return switch (kind) {
      case SecondMoments.KIND -> SecondMoments.readFrom(source, dimension);
      case KeptRows.KIND -> KeptRows.readFrom(source, dimension);
      case FrequentDirections.KIND -> FrequentDirections.readFrom(source, dimension);
      default ->
          throw new IllegalArgumentException(
              "Unusable layer summary: its spectrum is of unknown kind " + kind + ".");
    };
  }
}
