package io.sounding.jobs.kafka;

/**
 * The names of the topics.
 *
 * @param checkpoints checkpoint events, keyed by run
 * @param audio audio chunks and manifests, keyed by utterance or corpus
 * @param metrics metric events, compacted, keyed by (run, checkpoint, corpus, layer)
 * @param deadLetters what could not be used
 */
public record Topics(String checkpoints, String audio, String metrics, String deadLetters) {

  /** The topics whose names begin with {@code prefix} and a dot. */
  public static Topics withPrefix(String prefix) {
    return new Topics(
        prefix + ".checkpoints", prefix + ".audio", prefix + ".metrics", prefix + ".dead-letters");
  }
}
