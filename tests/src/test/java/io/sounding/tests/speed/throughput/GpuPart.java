package io.sounding.tests.speed.throughput;

import ai.djl.engine.Engine;
import io.sounding.operators.embed.OnDevice;
import io.sounding.operators.embed.OnDevice.Comparison;
import io.sounding.operators.embed.OnDevice.Halved;
import io.sounding.operators.statistics.StatisticsSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** A GPU beside the CPU: the same frames, the same statistics, and memory that runs out. */
final class GpuPart {

  /** k of the comparison. */
  private static final int CLUSTERS = 64;

  private static final double WINDOW_SECONDS = 30;

  private final Options options;
  private final Encoders encoders;
  private final Results results;

  GpuPart(Options options, Encoders encoders, Results results) {
    this.options = options;
    this.encoders = encoders;
    this.results = results;
  }

  void run() throws Exception {
    int gpus = Engine.getEngine("PyTorch").getGpuCount();
    if (gpus == 0) {
      Throughput.say("PyTorch can use no GPU here: the part gpu is left out.");
      return;
    }
    Windows windows = Windows.of(Speech.of(options.audio, 60 * options.limitMinutes));
    StatisticsSettings defaults = StatisticsSettings.defaults();
    for (String encoder : options.encoders) {
      EncoderName name = EncoderName.of(encoder);
      if (name.gpu() && !name.all()) {
        Path model = encoders.file(encoder);
        String prefix = "gpu/" + name.plainGeometry() + "/";
        results.forget(prefix);
        add(
            prefix,
            OnDevice.compare(
                model, windows.batches(), defaults.with(CLUSTERS, defaults.sampleFrames())));
        add(prefix, OnDevice.halve(model, window(windows)));
      }
    }
  }

  /** The longest window there is, repeated to the length of a full one. */
  private static float[] window(Windows windows) {
    float[] speech = windows.batches().get(windows.batches().size() - 1)[0];
    float[] window = new float[(int) (WINDOW_SECONDS * Windows.SAMPLE_RATE_HZ)];
    for (int from = 0; from < window.length; from += speech.length) {
      System.arraycopy(speech, 0, window, from, Math.min(speech.length, window.length - from));
    }
    return window;
  }

  private void add(String prefix, Comparison of) {
    results.add(prefix + "frames", of.frames());
    results.add(prefix + "difference", of.relativeDifference());
    results.add(prefix + "host", 1e6 * of.hostSeconds() / of.frames());
    results.add(prefix + "device", 1e6 * of.deviceSeconds() / of.frames());
    for (double value : new double[] {of.cpu(), of.gpu(), of.gpuFolded()}) {
      results.add(prefix + "RankMe", value);
    }
    for (double value : new double[] {of.cpuInertia(), of.gpuInertia(), of.gpuFoldedInertia()}) {
      results.add(prefix + "inertia", value);
    }
    Throughput.say("%s%s", prefix, of);
  }

  private void add(String prefix, Halved of) {
    results.say(
        prefix + "halved",
        "%d windows of 30 s: halved %d times, frames %s those of a batch that fits"
            .formatted(of.windows(), of.halvings(), of.equal() ? "equal" : "DIFFER FROM"));
    Throughput.say("%s%s", prefix, of);
  }

  static String report(Results results) {
    if (results.below("gpu/").isEmpty()) {
      return "Not run: there was no GPU.\n";
    }
    StringBuilder text =
        new StringBuilder(
            """
            | encoder, last layer | frames | largest difference of a frame | RankMe: CPU, GPU, GPU folded there | inertia per frame | folding on the CPU, µs a frame | on the GPU | out of memory |
            | --- | ---: | ---: | --- | --- | ---: | ---: | --- |
            """);
    for (String encoder : results.below("gpu/")) {
      String prefix = "gpu/" + encoder + "/";
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.0f | %.1e | %s | %s | %.1f | %.1f | %s |\n",
              encoder,
              results.spread(prefix + "frames").median(),
              results.spread(prefix + "difference").median(),
              Arrays.toString(results.values(prefix + "RankMe").toArray()),
              Arrays.toString(results.values(prefix + "inertia").toArray()),
              results.spread(prefix + "host").median(),
              results.spread(prefix + "device").median(),
              results.words(prefix + "halved")));
    }
    return text.toString();
  }
}
