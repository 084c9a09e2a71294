package io.sounding.tests.speed.throughput;

import io.sounding.tests.speed.throughput.Timeline.Moments;
import io.sounding.tests.speed.throughput.WholeJob.Outcome;
import java.util.Locale;

/** The bare loop and the whole job in turn, over the same audio. */
final class WholePart {

  /** The bare loop goes over the audio for one in so many checkpoints. */
  private static final int BARE_LESS = 2;

  private final Options options;
  private final Encoders encoders;
  private final Results results;

  WholePart(Options options, Encoders encoders, Results results) {
    this.options = options;
    this.encoders = encoders;
    this.results = results;
  }

  void run() throws Exception {
    Windows windows = Windows.of(Speech.of(options.audio, 60 * options.minutes));
    for (String encoder : options.encoders) {
      run(encoder, windows);
    }
  }

  private void run(String name, Windows windows) throws Exception {
    EncoderName encoder = EncoderName.of(name);
    int checkpoints =
        encoder.geometry().equals("demo") ? options.demoCheckpoints : options.checkpoints;
    WholeJob.Task task =
        new WholeJob.Task(
            options.work.toString(),
            options.scripts.toString(),
            options.audio.toString(),
            name,
            checkpoints,
            encoder.layers(),
            options.clusters,
            60 * options.minutes,
            options.parallelism);
    String prefix = "whole/%s, k = %d%s/".formatted(name, options.clusters, fewerSubtasks());
    results.forget(prefix);
    results.say(prefix + "layers", encoder.all() ? "all" : "last");
    results.add(prefix + "checkpoints", checkpoints);
    results.add(prefix + "audio seconds", windows.seconds());
    try (BareLoop limit =
        new BareLoop(encoders.file(name), options.parallelism, encoder.device())) {
      limit.run(new Windows(windows.batches().subList(0, Math.min(20, windows.batches().size()))));
      results.add(prefix + "load", loadSeconds(name));
      for (int repetition = 0; repetition < options.repetitions; repetition++) {
        double bare = 0;
        int times = Math.max(1, checkpoints / BARE_LESS);
        for (int i = 0; i < times; i++) {
          bare += limit.run(windows);
        }
        bare = times * windows.seconds() / bare;
        add(prefix, bare, WholeJob.inItsOwnProcess(options.work.resolve("whole"), task));
      }
    }
  }

  /** Said where the model is left fewer processors than there are, as it is on large hosts. */
  private String fewerSubtasks() {
    int processors = Runtime.getRuntime().availableProcessors();
    return options.parallelism >= processors
        ? ""
        : ", parallelism %d of %d".formatted(options.parallelism, processors);
  }

  /** Of the bare model, in an engine that has started. */
  private double loadSeconds(String encoder) throws Exception {
    long begun = System.nanoTime();
    new BareLoop(encoders.file(encoder), options.parallelism, EncoderName.of(encoder).device())
        .close();
    return (System.nanoTime() - begun) * 1e-9;
  }

  private void add(String prefix, double bare, Outcome outcome) {
    Timeline timeline = outcome.timeline();
    double audio = outcome.seconds() * timeline.checkpoints().size();
    double whole = audio / timeline.seconds();
    Moments last = timeline.last();
    double untilMerged = audio / ((last.merged() - timeline.published()) * 1e-3);
    double steady =
        timeline.intervals().isEmpty()
            ? Double.NaN
            : outcome.seconds() / Spread.of(timeline.intervals()).median();
    results.add(prefix + "bare", bare);
    results.add(prefix + "whole", whole);
    results.add(prefix + "ratio", 100 * whole / bare);
    results.add(prefix + "merged ratio", 100 * untilMerged / bare);
    results.add(prefix + "steady ratio", 100 * steady / bare);
    Moments first = timeline.checkpoints().get(0);
    results.add(prefix + "first partial", (first.firstPartialRead() - timeline.published()) * 1e-3);
    results.add(prefix + "closing", (last.written() - last.merged()) * 1e-3);
    results.add(prefix + "commit", (last.read() - last.written()) * 1e-3);
    Throughput.say(
        "%sbare %.1f, whole %.1f audio seconds per second: %.1f %%, until merged %.1f %%, steady %.1f %%",
        prefix, bare, whole, 100 * whole / bare, 100 * untilMerged / bare, 100 * steady / bare);
  }

  static String report(Results results) {
    if (results.below("whole/").isEmpty()) {
      return "Not run.\n";
    }
    StringBuilder text =
        new StringBuilder(
            """
            | encoder | layers | checkpoints x audio, s | bare loop, audio s / s | whole job, audio s / s | **whole / bare, %** | until all is merged, % | steady, % |
            | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
    for (String encoder : results.below("whole/")) {
      String prefix = "whole/" + encoder + "/";
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %.0f x %.0f | %s | %s | **%s** | %s | %s |\n",
              encoder,
              results.words(prefix + "layers"),
              results.spread(prefix + "checkpoints").median(),
              results.spread(prefix + "audio seconds").median(),
              results.spread(prefix + "bare").words(1),
              results.spread(prefix + "whole").words(1),
              results.spread(prefix + "ratio").words(1),
              results.spread(prefix + "merged ratio").words(1),
              results.spread(prefix + "steady ratio").words(1)));
    }
    text.append(
        """

        The fixed part, seconds:

        | encoder | bare model loaded | first event to first PARTIAL read | last shard merged to FINAL sent | to FINAL read committed |
        | --- | ---: | ---: | ---: | ---: |
        """);
    for (String encoder : results.below("whole/")) {
      String prefix = "whole/" + encoder + "/";
      text.append(
          "| %s | %s | %s | %s | %s |\n"
              .formatted(
                  encoder,
                  results.spread(prefix + "load").words(2),
                  results.spread(prefix + "first partial").words(2),
                  results.spread(prefix + "closing").words(2),
                  results.spread(prefix + "commit").words(2)));
    }
    return text.toString();
  }
}
