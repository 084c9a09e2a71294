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

  /** One convolution, d = 768: what is kept of a shard has a usual size. */
  private static final String COMPUTING = "features";

  private static final String WAITING = "waiting";

  /** Until the processes have compiled their code. */
  private static final int WARM_UP_CHECKPOINTS = 3;

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
    run(COMPUTING);
    run(WAITING);
  }

  private void run(String encoder) throws IOException {
    double least = Collections.min(options.hours);
    Speech part = Speech.of(options.audio, HOUR * least);
    ProcessCluster.Settings settings =
        new ProcessCluster.Settings(
            1,
            1,
            2,
            1_536,
            "rocksdb",
            encoder.equals(WAITING),
            encoders.folder(),
            List.of("--k", "1024"));
    try (ProcessCluster cluster = ProcessCluster.start(options.work.resolve("growth"), settings);
        Evaluations evaluations = new Evaluations(cluster.kafka(), LIMIT, cluster::requireAlive)) {
      JavaProcess taskManager = cluster.processes().get(0);
      evaluations.publish("warm-up", part);
      evaluations.evaluate(checkpoints(encoder, "warm-up", "warm-up", WARM_UP_CHECKPOINTS));
      for (double hours : options.hours) {
        Speech speech = part.times((int) Math.round(hours / least));
        measure(encoder, speech, taskManager, evaluations);
      }
    }
  }

  private void measure(
      String encoder, Speech speech, JavaProcess taskManager, Evaluations evaluations)
      throws IOException {
    String corpus = "corpus-%08.3f".formatted(speech.seconds() / HOUR);
    String prefix = "growth/%s/%s/".formatted(encoder, corpus);
    evaluations.publish(corpus, speech);
    List<Double> heaps = new ArrayList<>();
    // by the way the corpus is assembled, which is not what is timed
    evaluations.evaluate(
        checkpoints(encoder, "looked at " + corpus, corpus, 1),
        event -> heaps.add(taskManager.liveHeapBytes() * 1e-6));
    heaps.forEach(heap -> results.add(prefix + "heap", heap));
    double seconds = 0;
    for (int repetition = 0; repetition < options.repetitions; repetition++) {
      String run = "timed-" + repetition + " " + corpus;
      Timeline timeline = evaluations.evaluate(checkpoints(encoder, run, corpus, 1));
      seconds = (timeline.last().merged() - timeline.published()) * 1e-3;
      results.add(prefix + "seconds", seconds);
      results.add(prefix + "read seconds", timeline.seconds());
    }
    results.add(prefix + "hours", speech.seconds() / HOUR);
    Throughput.say(
        "growth, %s: %.2f hours in %.1f s, heap %s MB",
        encoder, speech.seconds() / HOUR, seconds, Spread.of(heaps).words(0));
  }

  private List<CheckpointEvent> checkpoints(
      String encoder, String runId, String corpusId, int count) throws IOException {
    return encoder.equals(WAITING)
        ? encoders.waiting(runId, corpusId, count, options.realTimes, options.dimension)
        : encoders.checkpoints(encoder, runId, corpusId, count, List.of(-1));
  }

  static String report(Results results) {
    StringBuilder text = new StringBuilder();
    for (String encoder : results.below("growth/")) {
      String prefix = "growth/" + encoder + "/";
      text.append(
          """

          %s:

          | hours of audio | s, first event to all merged | times as long as the shortest | to FINAL read, the same | heap after collection, MB |
          | ---: | ---: | ---: | ---: | ---: |
          """
              .formatted(encoder));
      List<String> corpora = results.below(prefix);
      String shortest = prefix + corpora.get(0);
      for (String corpus : corpora) {
        text.append(
            String.format(
                Locale.ROOT,
                "| %.2f | %s | %.2f | %.2f | %s |\n",
                results.spread(prefix + corpus + "/hours").median(),
                results.spread(prefix + corpus + "/seconds").words(1),
                times(results, prefix + corpus, shortest, "/seconds"),
                times(results, prefix + corpus, shortest, "/read seconds"),
                results.spread(prefix + corpus + "/heap").words(0)));
      }
    }
    return text.isEmpty() ? "Not run.\n" : text.toString();
  }

  private static double times(Results results, String corpus, String shortest, String what) {
    return results.spread(corpus + what).median() / results.spread(shortest + what).median();
  }
}
