package io.sounding.schemas;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Names the content of a corpus: SHA-256 over one line per utterance, {@code utteranceId TAB
 * samples TAB sampleRateHz TAB sha256 LF}, in the order of the utterance ids (UTF-16 code units),
 * as UTF-8.
 */
public final class CorpusDigest {

  private CorpusDigest() {}

  /**
   * The digest, 64 lower-case hexadecimal digits; the order of {@code utterances} is of no account.
   */
  public static String of(Collection<SealedUtterance> utterances) {
    List<SealedUtterance> inOrder =
        utterances.stream().sorted(Comparator.comparing(SealedUtterance::getUtteranceId)).toList();
    MessageDigest sha256 = Sha256.start();
    for (SealedUtterance u : inOrder) {
      String line =
          String.join(
              "\t",
              u.getUtteranceId(),
              Long.toString(u.getSamples()), // not formatted: some locales have other digits
              Integer.toString(u.getSampleRateHz()),
              u.getSha256() + "\n");
      sha256.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return Sha256.finish(sha256);
  }
}
