package io.sounding.operators.statistics;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The bytes of a {@link LayerSummary}.
 *
 * <p>Version 4, little-endian from after the version on, as processors are: int magic "SNDG", int
 * version, int dimension, settings (int clusters, sampleFrames, microCentroids, silhouetteFrames,
 * restarts, long seed, int code of the sketch choice, int sketchRows), long utterances, spectrum
 * sketch of frames (int kind; 1, exact second moments: long count, mean, packed triangle; 2,
 * Frequent Directions: int rows l, int rows used, long count, double trace, shrinkage, rounding,
 * mean, used rows; 3, kept rows: int rows, rows), spectrum sketch of utterance sums, direction
 * moments (long frames, long directed, double normSum, mean, squares), frame sample (long
 * threshold, int size, keys, utterances, rows), micro-centroids (int size, double cost of one more,
 * counts, means, squares), int pending rows, pending rows (-1, and no rows: those of the sample, in
 * its order), int CRC-32C of all before it.
 *
 * <p>Version 3, which is read: the sample does not tell utterances. Version 2, which is read: as
 * version 3, and pending rows are always written. Version 1, which is read: as version 2,
 * big-endian, without kept rows.
 */
final class LayerSummaryLayout {
  private static final int MAGIC = 0x534e4447;
  private static final int VERSION = 4;
  private static final int ROWS_OF_SAMPLE = -1;

  private LayerSummaryLayout() {}

  static byte[] write(LayerSummary summary) {
    int dimension = summary.dimension();
    boolean sampled =
        summary.pendingRows() > 0 && Arrays.equals(summary.pending(), summary.sample().rows());
    float[] pending = sampled ? new float[0] : summary.pending();
    int size =
        5 * Integer.BYTES
            + Long.BYTES
            + StatisticsSettings.BYTES
            + summary.frameSketch().byteSize()
            + summary.utteranceSketch().byteSize()
            + DirectionMoments.byteSize(dimension)
            + summary.sample().byteSize()
            + summary.microCentroids().byteSize()
            + pending.length * Float.BYTES;
    ByteBuffer target = ByteBuffer.allocate(size);
    target.putInt(MAGIC).putInt(VERSION).order(ByteOrder.LITTLE_ENDIAN).putInt(dimension);
    summary.settings().writeTo(target);
    target.putLong(summary.utterances());
    summary.frameSketch().write(target);
    summary.utteranceSketch().write(target);
    summary.directions().writeTo(target);
    summary.sample().writeTo(target);
    summary.microCentroids().writeTo(target);
    target.putInt(sampled ? ROWS_OF_SAMPLE : summary.pendingRows());
    ArrayBytes.put(target, pending, pending.length);
    target.putInt(checksum(target.array(), target.position()));
    return target.array();
  }

  static LayerSummary read(byte[] bytes) {
    ByteBuffer source = ByteBuffer.wrap(bytes);
    try {
      ArrayBytes.require(source.getInt() == MAGIC, "the bytes do not start with its mark");
      int version = source.getInt();
      ArrayBytes.require(
          version >= 1 && version <= VERSION,
          "its layout is version " + version + ", but this program reads versions 1 to " + VERSION);
      source.order(version == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      int end = bytes.length - Integer.BYTES;
      ArrayBytes.require(
          end >= source.position() && source.getInt(end) == checksum(bytes, end),
          "its checksum does not fit");
      source.limit(end);
      return readRest(source, version);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("Unusable layer summary: it is cut off.", e);
    }
  }

  private static LayerSummary readRest(ByteBuffer source, int version) {
    int dimension = source.getInt();
    ArrayBytes.require(
        dimension >= 1 && dimension <= LayerSummary.MOST_DIMENSIONS,
        "its dimension is " + dimension);
    StatisticsSettings settings = StatisticsSettings.readFrom(source);
    long utterances = source.getLong();
    SpectrumSketch frameSketch = SpectrumSketch.read(source, dimension);
    SpectrumSketch utteranceSketch = SpectrumSketch.read(source, dimension);
    DirectionMoments directions = DirectionMoments.readFrom(source, dimension);
    FrameSample sample =
        version < 4
            ? FrameSample.readWithoutUtterances(source, dimension)
            : FrameSample.readFrom(source, dimension);
    MicroCentroids microCentroids = MicroCentroids.readFrom(source, dimension);
    int pendingRows = source.getInt();
    float[] pending =
        pendingRows == ROWS_OF_SAMPLE
            ? sample.rows()
            : ArrayBytes.floats(source, (long) pendingRows * dimension);
    ArrayBytes.require(!source.hasRemaining(), "there are bytes after its end");
    return new LayerSummary(
        settings,
        dimension,
        utterances,
        frameSketch,
        utteranceSketch,
        directions,
        sample,
        microCentroids,
        pending);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }
}
