package io.sounding.tests.speed.throughput;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.tests.JavaProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * More and more audio, the same hour under other ids, on a task manager whose state lies on disk,
 * as that of a large corpus should. Before a corpus is timed it is evaluated once while the heap is
 * looked at.
 */
final class GrowthPart {

  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final double HOUR = 3_600;

  private final Options options;
  private final Encoders encoders;
  private final Results results;

  GrowthPart(Options options, Encoders encoders, Results results) {
    this.options = options;
    this.encoders = encoders;
    this.results = results;
  }

  void run() throws IOException {
    results.forget("growth/");
    double least = Collections.min(options.hours);
    Speech part = Speech.of(options.audio, HOUR * least);
    ProcessCluster.Settings settings =
        new ProcessCluster.Settings(
            1, 2, 1_024, "rocksdb", false, encoders.folder(), List.of("--k", "1024"));
    try (ProcessCluster cluster = ProcessCluster.start(options.work.resolve("growth"), settings);
        Evaluations evaluations = new Evaluations(cluster.kafka(), LIMIT, cluster::requireAlive)) {
      JavaProcess taskManager = cluster.taskManagers().get(0);
      evaluations.publish("warm-up", part);
      evaluations.evaluate(encoders.checkpoints("demo", "warm-up", "warm-up", 1, List.of(-1)));
      for (double hours : options.hours) {
        measure(part.times((int) Math.round(hours / least)), taskManager, evaluations);
      }
    }
  }

  private void measure(Speech speech, JavaProcess taskManager, Evaluations evaluations)
      throws IOException {
    String corpus = "corpus-%08.3f".formatted(speech.seconds() / HOUR);
    evaluations.publish(corpus, speech);
    List<Double> heaps = new ArrayList<>();
    // by the way the corpus is assembled, which is not what is timed
    evaluations.evaluate(
        checkpoint("looked at", corpus), event -> heaps.add(taskManager.liveHeapBytes() * 1e-6));
    heaps.forEach(heap -> results.add("growth/" + corpus + "/heap", heap));
    double seconds = 0;
    for (int repetition = 0; repetition < options.repetitions; repetition++) {
      Timeline timeline = evaluations.evaluate(checkpoint("timed-" + repetition, corpus));
      seconds = (timeline.last().merged() - timeline.published()) * 1e-3;
      results.add("growth/" + corpus + "/seconds", seconds);
      results.add("growth/" + corpus + "/read seconds", timeline.seconds());
    }
    results.add("growth/" + corpus + "/hours", speech.seconds() / HOUR);
    Throughput.say(
        "growth: %.2f hours in %.1f s, heap %s MB",
        speech.seconds() / HOUR, seconds, Spread.of(heaps).words(0));
  }

  private List<CheckpointEvent> checkpoint(String name, String corpus) throws IOException {
    return encoders.checkpoints("demo", name + " " + corpus, corpus, 1, List.of(-1));
  }

  static String report(Results results) {
    List<String> corpora = results.below("growth/");
    if (corpora.isEmpty()) {
      return "Not run.\n";
    }
    StringBuilder text =
        new StringBuilder(
            """
            | hours of audio | s, first event to all merged | per hour, relative to the shortest | to FINAL read, the same | heap after collection, MB |
            | ---: | ---: | ---: | ---: | ---: |
            """);
    double unit = perHour(results, corpora.get(0), "seconds");
    double readUnit = perHour(results, corpora.get(0), "read seconds");
    for (String corpus : corpora) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %.2f | %s | %.3f | %.3f | %s |\n",
              results.spread("growth/" + corpus + "/hours").median(),
              results.spread("growth/" + corpus + "/seconds").words(1),
              perHour(results, corpus, "seconds") / unit,
              perHour(results, corpus, "read seconds") / readUnit,
              results.spread("growth/" + corpus + "/heap").words(0)));
    }
    return text.toString();
  }

  private static double perHour(Results results, String corpus, String what) {
    return results.spread("growth/" + corpus + "/" + what).median()
        / results.spread("growth/" + corpus + "/hours").median();
  }
}
