package io.sounding.operators.admit;

import static io.sounding.operators.admit.Validity.check;
import static io.sounding.operators.admit.Validity.checkId;
import static io.sounding.operators.admit.Validity.isSha256;

import io.sounding.schemas.CorpusDigest;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SealedUtterance;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The complete list of a corpus' utterances: a manifest that was found valid. The arrays run in
 * parallel.
 *
 * @param corpusId the corpus
 * @param digest names its content, SHA-256 in hexadecimal
 * @param utteranceIds the utterances, each once
 * @param samples samples per channel of each
 * @param sampleRatesHz sample rate of each, Hz
 * @param sha256s SHA-256 of the PCM bytes of each, in hexadecimal
 * @param source where it came from
 */
public record Manifest(
    String corpusId,
    String digest,
    String[] utteranceIds,
    long[] samples,
    int[] sampleRatesHz,
    String[] sha256s,
    KafkaRecord source) {

  /** Longest utterance, seconds: its audio is held as a whole. */
  public static final int MAX_UTTERANCE_SECONDS = 7_200;

  static Manifest of(CorpusSealed sealed, KafkaRecord source) throws DecodingException {
    checkId("corpusId", sealed.getCorpusId());
    List<SealedUtterance> utterances = sealed.getUtterances();
    check(
        !utterances.isEmpty(),
        RejectReason.BAD_MANIFEST,
        "The manifest of corpus %s names no utterance.",
        sealed.getCorpusId());
    Set<String> seen = new HashSet<>();
    for (SealedUtterance utterance : utterances) {
      checkId("utteranceId", utterance.getUtteranceId());
      check(
          seen.add(utterance.getUtteranceId()),
          RejectReason.BAD_MANIFEST,
          "The manifest of corpus %s names utterance %s twice.",
          sealed.getCorpusId(),
          utterance.getUtteranceId());
      checkUtterance(sealed.getCorpusId(), utterance);
    }
    String digest = CorpusDigest.of(utterances);
    check(
        digest.equals(sealed.getDigest()),
        RejectReason.BAD_MANIFEST,
        "The manifest of corpus %s carries the digest %s, but its utterances have %s. Compute it as the contract says.",
        sealed.getCorpusId(),
        sealed.getDigest(),
        digest);
    return new Manifest(
        sealed.getCorpusId(),
        sealed.getDigest(),
        utterances.stream().map(SealedUtterance::getUtteranceId).toArray(String[]::new),
        utterances.stream().mapToLong(SealedUtterance::getSamples).toArray(),
        utterances.stream().mapToInt(SealedUtterance::getSampleRateHz).toArray(),
        utterances.stream().map(SealedUtterance::getSha256).toArray(String[]::new),
        source);
  }

  private static void checkUtterance(String corpusId, SealedUtterance utterance)
      throws DecodingException {
    check(
        isSha256(utterance.getSha256()),
        RejectReason.BAD_MANIFEST,
        "The manifest of corpus %s gives utterance %s a sha256 that is not 64 lower-case hexadecimal digits.",
        corpusId,
        utterance.getUtteranceId());
    check(
        utterance.getSamples() > 0,
        RejectReason.BAD_MANIFEST,
        "The manifest of corpus %s gives utterance %s %d samples.",
        corpusId,
        utterance.getUtteranceId(),
        utterance.getSamples());
    check(
        utterance.getSampleRateHz() >= CheckpointRequest.MIN_SAMPLE_RATE_HZ
            && utterance.getSampleRateHz() <= CheckpointRequest.MAX_SAMPLE_RATE_HZ,
        RejectReason.BAD_MANIFEST,
        "The manifest of corpus %s gives utterance %s a sample rate of %d Hz.",
        corpusId,
        utterance.getUtteranceId(),
        utterance.getSampleRateHz());
    check(
        utterance.getSamples() <= (long) MAX_UTTERANCE_SECONDS * utterance.getSampleRateHz(),
        RejectReason.BAD_MANIFEST,
        "The manifest of corpus %s gives utterance %s %d samples at %d Hz, more than %d s. Publish it in pieces.",
        corpusId,
        utterance.getUtteranceId(),
        utterance.getSamples(),
        utterance.getSampleRateHz(),
        MAX_UTTERANCE_SECONDS);
  }

  /** The same without the record's bytes, which only a dead letter needs. */
  Manifest withoutBytes() {
    return new Manifest(
        corpusId, digest, utteranceIds, samples, sampleRatesHz, sha256s, source.withoutValue());
  }

  /** Audio of the whole corpus, seconds. */
  public double audioSeconds() {
    double seconds = 0;
    for (int i = 0; i < samples.length; i++) {
      seconds += (double) samples[i] / sampleRatesHz[i];
    }
    return seconds;
  }
}
