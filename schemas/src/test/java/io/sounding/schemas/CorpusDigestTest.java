package io.sounding.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class CorpusDigestTest {

  @Test
  void isTheSha256OfTheSortedLines() {
    SealedUtterance b = new SealedUtterance("b", 4L, 16_000, "f".repeat(64));
    SealedUtterance a = new SealedUtterance("a", 3L, 8_000, "0".repeat(64));

    // python3: hashlib.sha256(b"a\t3\t8000\t" + b"0"*64 + b"\nb\t4\t16000\t" + b"f"*64 + b"\n")
    assertThat(CorpusDigest.of(List.of(b, a)))
        .isEqualTo("5fb07dd6594dfc84ee7abc1375713c38724ea7e99d6ae38e92164564555454fa")
        .isEqualTo(CorpusDigest.of(List.of(a, b)));
  }

  @Test
  void isTheSameInLocalesWithOtherDigits() {
    List<SealedUtterance> utterances = List.of(new SealedUtterance("a", 3L, 8_000, "0".repeat(64)));
    String expected = CorpusDigest.of(utterances);
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      assertThat("%d".formatted(3)).isNotEqualTo("3");

      assertThat(CorpusDigest.of(utterances)).isEqualTo(expected);
    } finally {
      Locale.setDefault(before);
    }
  }
}
