package io.sounding.operators.embed;

import io.sounding.operators.admit.Manifest;
import io.sounding.operators.assemble.Division;
import java.util.stream.IntStream;

/**
 * One shard's part of a corpus' manifest, with the totals of the corpus. The arrays run in
 * parallel.
 *
 * @param corpusId the corpus
 * @param digest names its content
 * @param corpusUtterances utterances of the whole corpus
 * @param corpusAudioSeconds audio of the whole corpus, seconds
 * @param utteranceIds the shard's utterances
 * @param samples samples per channel of each
 * @param sampleRatesHz sample rate of each, Hz
 * @param sha256s SHA-256 of the PCM of each
 */
public record ShardManifest(
    String corpusId,
    String digest,
    int corpusUtterances,
    double corpusAudioSeconds,
    String[] utteranceIds,
    long[] samples,
    int[] sampleRatesHz,
    String[] sha256s) {

  static ShardManifest of(Manifest manifest, Division division, int shard) {
    int[] own =
        IntStream.range(0, manifest.utteranceIds().length)
            .filter(i -> division.shardOf(manifest.utteranceIds()[i]) == shard)
            .toArray();
    return new ShardManifest(
        manifest.corpusId(),
        manifest.digest(),
        manifest.utteranceIds().length,
        manifest.audioSeconds(),
        IntStream.of(own).mapToObj(i -> manifest.utteranceIds()[i]).toArray(String[]::new),
        IntStream.of(own).mapToLong(i -> manifest.samples()[i]).toArray(),
        IntStream.of(own).map(i -> manifest.sampleRatesHz()[i]).toArray(),
        IntStream.of(own).mapToObj(i -> manifest.sha256s()[i]).toArray(String[]::new));
  }

  /** The shard's share of the corpus' audio; 1 when there is none. */
  double share() {
    double seconds = 0;
    for (int i = 0; i < samples.length; i++) {
      seconds += seconds(i);
    }
    return seconds > 0 && seconds < corpusAudioSeconds ? seconds / corpusAudioSeconds : 1;
  }

  private double seconds(int index) {
    return (double) samples[index] / sampleRatesHz[index];
  }

  /** Audio of one of the shard's utterances, seconds. */
  double seconds(String utteranceId) {
    return seconds(indexOf(utteranceId));
  }

  /** Position of the utterance in the arrays, or -1. */
  int indexOf(String utteranceId) {
    for (int i = 0; i < utteranceIds.length; i++) {
      if (utteranceIds[i].equals(utteranceId)) {
        return i;
      }
    }
    return -1;
  }
}
