package io.sounding.tests.accuracy;

import io.sounding.jobs.publish.AudioFile;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.CheckpointFiles;
import io.sounding.operators.embed.Frames;
import io.sounding.operators.embed.SpeechEncoder;
import io.sounding.schemas.ModelFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A downstream score for the demo's checkpoints: how well the last layer tells the voices apart.
 * Prints lines {@code step,task,value} for {@code sounding score --from}.
 *
 * <p>Utterances are cut into pieces of {@value #PIECE} frames (a second), each the mean of its
 * frames. A piece goes to the voice whose pieces of other utterances have the nearest mean, by
 * Euclidean distance in coordinates divided by their standard deviation over the pieces of other
 * utterances; the value is the share of pieces that go to their own voice. The voice is the file's
 * name up to its last underscore. Of the demo's audio there are 280 pieces; with 16 voices chance
 * is 0.0625.
 *
 * <p>Arguments: a folder of 16 kHz mono PCM16 audio, a folder of ONNX checkpoints.
 */
public final class VoiceProbe {

  private static final int PIECE = 50;

  private record Labelled(String voice, float[] samples) {}

  private record Piece(int utterance, String voice, double[] mean) {}

  private VoiceProbe() {}

  public static void main(String[] arguments) throws Exception {
    List<Labelled> utterances = new ArrayList<>();
    for (AudioFiles.AudioFilePath file : AudioFiles.list(List.of(Path.of(arguments[0])))) {
      utterances.add(new Labelled(voice(file.path()), samples(file.path())));
    }
    System.out.println("step,task,value");
    for (CheckpointFiles.CheckpointFile checkpoint :
        CheckpointFiles.list(List.of(Path.of(arguments[1])))) {
      try (SpeechEncoder encoder = SpeechEncoder.load(checkpoint.path(), ModelFormat.ONNX, 1);
          SpeechEncoder.Session session = encoder.open()) {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < utterances.size(); i++) {
          Labelled utterance = utterances.get(i);
          Frames frames = session.encode(new float[][] {utterance.samples}, new int[] {-1});
          for (int from = 0; from + PIECE <= frames.frames(); from += PIECE) {
            pieces.add(new Piece(i, utterance.voice, mean(frames, from)));
          }
        }
        System.out.printf("%d,voice-accuracy,%.4f%n", checkpoint.step(), accuracy(pieces));
      }
    }
  }

  private static String voice(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.lastIndexOf('_'));
  }

  private static float[] samples(Path file) throws Exception {
    ShortBuffer pcm =
        ByteBuffer.wrap(AudioFile.read(file).interleavedPcm())
            .order(ByteOrder.LITTLE_ENDIAN)
            .asShortBuffer();
    float[] samples = new float[pcm.remaining()];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = pcm.get(i) / 32768f;
    }
    return samples;
  }

  private static double[] mean(Frames frames, int from) {
    int d = frames.dimension();
    double[] mean = new double[d];
    float[] values = frames.values()[0];
    for (int i = from * d; i < (from + PIECE) * d; i++) {
      mean[i % d] += values[i] / (double) PIECE;
    }
    return mean;
  }

  private static double accuracy(List<Piece> pieces) {
    int right = 0;
    for (int first = 0; first < pieces.size(); ) {
      int utterance = pieces.get(first).utterance;
      List<Piece> others = pieces.stream().filter(p -> p.utterance != utterance).toList();
      double[] scale = variance(others);
      Map<String, double[]> voices = new TreeMap<>();
      for (Piece other : others) {
        voices.computeIfAbsent(
            other.voice, voice -> mean(others, piece -> piece.voice.equals(voice)));
      }
      for (; first < pieces.size() && pieces.get(first).utterance == utterance; first++) {
        Piece piece = pieces.get(first);
        right += nearest(voices, scale, piece.mean).equals(piece.voice) ? 1 : 0;
      }
    }
    return (double) right / pieces.size();
  }

  private static String nearest(Map<String, double[]> voices, double[] scale, double[] point) {
    return Collections.min(
            voices.entrySet(),
            Comparator.comparingDouble(
                voice -> {
                  double distance = 0;
                  for (int j = 0; j < point.length; j++) {
                    double difference = point[j] - voice.getValue()[j];
                    distance += difference * difference / scale[j];
                  }
                  return distance;
                }))
        .getKey();
  }

  private static double[] mean(List<Piece> pieces, Predicate<Piece> which) {
    List<Piece> chosen = pieces.stream().filter(which).toList();
    double[] mean = new double[chosen.get(0).mean.length];
    for (Piece piece : chosen) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += piece.mean[j] / chosen.size();
      }
    }
    return mean;
  }

  private static double[] variance(List<Piece> pieces) {
    double[] mean = mean(pieces, piece -> true);
    double[] variance = new double[mean.length];
    for (Piece piece : pieces) {
      for (int j = 0; j < mean.length; j++) {
        double difference = piece.mean[j] - mean[j];
        variance[j] += difference * difference / pieces.size();
      }
    }
    return variance;
  }
}
