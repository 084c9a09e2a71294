package io.sounding.jobs.kafka;

import java.util.List;

/**
 * The names of the topics.
 *
 * @param checkpoints checkpoint events, keyed by run
 * @param audio audio chunks and manifests, keyed by utterance or corpus
 * @param scores downstream scores, keyed by (run, step, task)
 * @param metrics metric events, compacted, keyed by (run, checkpoint, corpus, layer)
 * @param alarms alarm events, compacted, keyed by (run, corpus, layer, metric)
 * @param correlations correlation events, compacted, keyed by (scope, run or step, same or later
 *     score, first step, corpus, layer, metric, task)
 * @param deadLetters what could not be used
 */
public record Topics(
    String checkpoints,
    String audio,
    String scores,
    String metrics,
    String alarms,
    String correlations,
    String deadLetters) {

  /** The topics whose names begin with {@code prefix} and a dot. */
  public static Topics withPrefix(String prefix) {
    return new Topics(
        prefix + ".checkpoints",
        prefix + ".audio",
        prefix + ".scores",
        prefix + ".metrics",
        prefix + ".alarms",
        prefix + ".correlations",
        prefix + ".dead-letters");
  }

  /** Those that the job writes. */
  public List<String> written() {
    return List.of(metrics, alarms, correlations, deadLetters);
  }

  /** Those that keep the latest record of every key. */
  public List<String> compacted() {
    return List.of(metrics, alarms, correlations);
  }
}
