package io.sounding.tests.speed.throughput;

import io.sounding.tests.speed.throughput.LatencyJob.Latency;
import java.util.List;

/** How long a checkpoint that comes alone makes its user wait, beside its embedding. */
final class LatencyPart {

  private static final List<String> ENCODERS = List.of("demo", "features");

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
    for (String encoder : ENCODERS) {
      WholeJob.Task task =
          new WholeJob.Task(
              options.work.toString(),
              options.scripts.toString(),
              options.audio.toString(),
              encoder,
              options.repetitions,
              List.of(-1),
              options.clusters,
              seconds,
              options.parallelism);
      String prefix = "latency/" + encoder + "/";
      results.forget(prefix);
      results.add(prefix + "audio seconds", seconds);
      new BareLoop(encoders.file(encoder), 1).close(); // starts the engine
      for (int i = 0; i < options.repetitions; i++) {
        long begun = System.nanoTime();
        new BareLoop(encoders.file(encoder), 1).close();
        results.add(prefix + "bare load", (System.nanoTime() - begun) * 1e-9);
      }
      for (Latency latency : LatencyJob.inItsOwnProcess(options.work.resolve("latency"), task)) {
        results.add(prefix + "first partial", latency.firstPartial());
        results.add(prefix + "load", latency.load());
        results.add(prefix + "clustered", latency.clustered());
        results.add(prefix + "read", latency.read());
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
            | encoder | audio, s | event to first PARTIAL read, s | loading: bare, s | loading as in the event, s | last slice embedded to FINAL sent, s | to FINAL read committed, s |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: |
            """);
    for (String encoder : results.below("latency/")) {
      String prefix = "latency/" + encoder + "/";
      text.append(
          "| %s | %.0f | %s | %s | %s | %s | %s |\n"
              .formatted(
                  encoder,
                  results.spread(prefix + "audio seconds").median(),
                  results.spread(prefix + "first partial").words(2),
                  results.spread(prefix + "bare load").words(2),
                  results.spread(prefix + "load").words(2),
                  results.spread(prefix + "clustered").words(2),
                  results.spread(prefix + "read").words(2)));
    }
    return text.toString();
  }
}
