package io.sounding.tests.speed.throughput;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.PlannedWindows;
import io.sounding.operators.embed.TrustedArtifacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The windows of some speech in the job's batches, {@code float[B][samples]} each, at {@value
 * #SAMPLE_RATE_HZ} Hz.
 */
record Windows(List<float[][]> batches) {

  static final int SAMPLE_RATE_HZ = 16_000;

  static Windows of(Speech speech) throws IOException {
    EvaluationSettings settings =
        EvaluationSettings.defaults(ModelSettings.of(TrustedArtifacts.NONE, ""));
    return new Windows(PlannedWindows.of(speech.utterances(), SAMPLE_RATE_HZ, settings));
  }

  /** Audio, s. */
  double seconds() {
    return batches.stream().mapToDouble(b -> (double) b.length * b[0].length).sum()
        / SAMPLE_RATE_HZ;
  }

  /**
   * Writes them for others to read, little-endian: the number of batches; of each B and samples
   * (int32), then its samples (float32).
   */
  void write(Path file) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      write(out, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(batches.size()));
      for (float[][] batch : batches) {
        ByteBuffer bytes =
            ByteBuffer.allocate(8 + 4 * batch.length * batch[0].length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(batch.length)
                .putInt(batch[0].length);
        for (float[] window : batch) {
          for (float sample : window) {
            bytes.putFloat(sample);
          }
        }
        write(out, bytes);
      }
    }
  }

  private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
    bytes.flip();
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
