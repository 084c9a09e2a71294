package io.sounding.tests.speed.throughput;

import io.sounding.tests.speed.throughput.LatencyJob.Latency;

/** How long a checkpoint that comes alone makes its user wait, beside its embedding. */
final class LatencyPart {

  private final Options options;
  private final Encoders encoders;
  private final Results results;

  LatencyPart(Options options, Encoders encoders, Results results) {
    this.options = options;
    this.encoders = encoders;
    this.results = results;
  }

  void run() throws Exception {
    double seconds = 60 * options.latencyMinutes;
    for (String encoder : options.latencyEncoders) {
      EncoderName name = EncoderName.of(encoder);
      WholeJob.Task task =
          new WholeJob.Task(
              options.work.toString(),
              options.scripts.toString(),
              options.audio.toString(),
              encoder,
              options.repetitions,
              name.layers(),
              options.clusters,
              seconds,
              options.parallelism);
      String prefix = "latency/" + encoder + "/";
      results.forget(prefix);
      results.add(prefix + "audio seconds", seconds);
      new BareLoop(encoders.file(encoder), 1, name.device()).close(); // starts the engine
      for (int i = 0; i < options.repetitions; i++) {
        long begun = System.nanoTime();
        new BareLoop(encoders.file(encoder), 1, name.device()).close();
        results.add(prefix + "bare load", (System.nanoTime() - begun) * 1e-9);
      }
      for (Latency latency : LatencyJob.inItsOwnProcess(options.work.resolve("latency"), task)) {
        results.add(prefix + "first partial", latency.firstPartial());
        results.add(prefix + "load", latency.load());
        results.add(prefix + "clustered", latency.clustered());
        results.add(prefix + "read", latency.read());
        results.add(prefix + "whole", latency.whole());
        Throughput.say("latency %s: %s", encoder, latency);
      }
    }
  }

  static String report(Results results) {
    if (results.below("latency/").isEmpty()) {
      return "Not run.\n";
    }
    StringBuilder text =
        new StringBuilder(
            """
            | encoder | audio, s | event to first PARTIAL read, s | loading: bare, s | loading as in the event, s | last slice embedded to FINAL sent, s | to FINAL read committed, s | event to FINAL read committed, s |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
    for (String encoder : results.below("latency/")) {
      String prefix = "latency/" + encoder + "/";
      text.append(
          "| %s | %.0f | %s | %s | %s | %s | %s | %s |\n"
              .formatted(
                  encoder,
                  results.spread(prefix + "audio seconds").median(),
                  results.spread(prefix + "first partial").words(2),
                  results.spread(prefix + "bare load").words(2),
                  results.spread(prefix + "load").words(2),
                  results.spread(prefix + "clustered").words(2),
                  results.spread(prefix + "read").words(2),
                  results.spread(prefix + "whole").words(2)));
    }
    return text.toString();
  }
}
