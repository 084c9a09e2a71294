package io.sounding.tests.speed.throughput;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.tests.speed.throughput.Timeline.Moments;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Clusters of more and more task managers, each of one slot. With models that wait as long as a
 * device would compute nothing but the job itself needs the processors; with a real encoder there
 * are only as many task managers as processors.
 */
final class ScalePart {

  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final int WARM_UP_ROUNDS = 10;
  private static final int WARM_UP_TIMES = 10;
  private static final double REAL_SECONDS = 600;
  private static final int REAL_CHECKPOINTS = 10;

  private final Options options;
  private final Encoders encoders;
  private final Results results;

  ScalePart(Options options, Encoders encoders, Results results) {
    this.options = options;
    this.encoders = encoders;
    this.results = results;
  }

  void run() throws IOException {
    Speech speech = Speech.of(options.audio, 60 * options.scaleMinutes);
    for (int size : options.taskManagers) {
      waiting(size, speech);
    }
    Speech less = Speech.of(options.audio, Math.min(REAL_SECONDS, 60 * options.scaleMinutes));
    for (int size : List.of(1, 2)) {
      if (size <= PROCESSORS && options.taskManagers.contains(size)) {
        real(size, less);
      }
    }
  }

  private void waiting(int size, Speech speech) throws IOException {
    List<List<CheckpointEvent>> warmUps = new ArrayList<>();
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      warmUps.add(waiting("warm-up-" + round, WARM_UP_TIMES * options.realTimes));
    }
    measure(
        "scale/waiting/%02d/".formatted(size),
        size,
        true,
        speech,
        warmUps,
        waiting("run", options.realTimes));
  }

  private List<CheckpointEvent> waiting(String runId, double realTimes) throws IOException {
    return encoders.waiting(
        runId, "speech", options.scaleCheckpoints, realTimes, options.dimension);
  }

  private void real(int size, Speech speech) throws IOException {
    int count = Math.min(REAL_CHECKPOINTS, options.scaleCheckpoints);
    measure(
        "scale/demo/%02d/".formatted(size),
        size,
        false,
        speech,
        List.of(encoders.checkpoints("demo", "warm-up", "speech", 1, null)),
        encoders.checkpoints("demo", "run", "speech", count, null));
  }

  private void measure(
      String prefix,
      int size,
      boolean waiting,
      Speech speech,
      List<List<CheckpointEvent>> warmUps,
      List<CheckpointEvent> checkpoints)
      throws IOException {
    ProcessCluster.Settings settings =
        new ProcessCluster.Settings(
            size,
            size <= PROCESSORS ? size : Math.min(size, options.processes),
            1,
            Math.max(384, 768 / size),
            options.scaleState,
            waiting,
            encoders.folder(),
            List.of("--k", "64", "--sample", "4096"));
    try (ProcessCluster cluster = ProcessCluster.start(options.work.resolve("scale"), settings);
        Evaluations evaluations = new Evaluations(cluster.kafka(), LIMIT, cluster::requireAlive)) {
      evaluations.publish("speech", speech);
      for (List<CheckpointEvent> warmUp : warmUps) {
        evaluations.evaluate(warmUp);
      }
      double before = processorSeconds(cluster);
      Timeline timeline = evaluations.evaluate(checkpoints);
      double busy = processorSeconds(cluster) - before;
      results.forget(prefix);
      double rate = checkpoints.size() * speech.seconds() / timeline.seconds();
      results.add(prefix + "rate", rate);
      results.add(prefix + "checkpoints", checkpoints.size());
      results.say(
          prefix + "encoder",
          waiting
              ? "waiting, %.0f audio seconds per second and task manager, d = %d; state in %s"
                  .formatted(options.realTimes, options.dimension, options.scaleState)
              : "demo, all layers; state in %s".formatted(options.scaleState));
      results.add(prefix + "audio seconds", speech.seconds());
      results.add(prefix + "processor seconds", busy);
      timeline.intervals().forEach(interval -> results.add(prefix + "interval", interval));
      for (Moments moments : timeline.checkpoints()) {
        results.add(prefix + "embed", moments.embedSeconds());
        results.add(prefix + "fold", moments.foldSeconds());
      }
      Throughput.say(
          "%s%.1f audio seconds per second, %.1f s in all, task managers used %.1f s of processor time",
          prefix, rate, timeline.seconds(), busy);
    }
  }

  private static double processorSeconds(ProcessCluster cluster) {
    return cluster.processes().stream().mapToDouble(p -> p.processorTime().toMillis()).sum() * 1e-3;
  }

  static String report(Results results) {
    StringBuilder text = new StringBuilder();
    for (String encoder : results.below("scale/")) {
      text.append(table(results, "scale/" + encoder + "/"));
    }
    return text.isEmpty() ? "Not run.\n" : text.substring(1);
  }

  private static String table(Results results, String prefix) {
    StringBuilder text =
        new StringBuilder(
            "\n"
                + results.words(prefix + results.below(prefix).get(0) + "/encoder")
                + ":\n\n"
                + """
                | task managers | checkpoints x audio, s | audio s / s | **times one** | s between checkpoints, first five | last five | last / first | folding, last / first | processor s of task managers |
                | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
                """);
    double one = results.spread(prefix + "01/rate").median();
    for (String size : results.below(prefix)) {
      String own = prefix + size + "/";
      List<Double> intervals = results.values(own + "interval");
      List<Double> folds = results.values(own + "fold");
      double rate = results.spread(own + "rate").median();
      text.append(
          String.format(
              Locale.ROOT,
              "| %d | %.0f x %.0f | %.0f | **%.2f** | %.2f | %.2f | %.2f | %.2f | %.0f |\n",
              Integer.parseInt(size),
              results.spread(own + "checkpoints").median(),
              results.spread(own + "audio seconds").median(),
              rate,
              rate / one,
              first(intervals),
              last(intervals),
              last(intervals) / first(intervals),
              last(folds) / first(folds),
              results.spread(own + "processor seconds").median()));
    }
    return text.toString();
  }

  private static double first(List<Double> values) {
    return mean(values.subList(0, Math.min(5, values.size())));
  }

  private static double last(List<Double> values) {
    return mean(values.subList(Math.max(0, values.size() - 5), values.size()));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
