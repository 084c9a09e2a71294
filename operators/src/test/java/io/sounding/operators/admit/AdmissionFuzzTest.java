package io.sounding.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.schemas.SingleObjectCodec;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever bytes come, each record is either admitted or a dead letter, and nothing is thrown. */
class AdmissionFuzzTest {

  private static final byte[][] VALID = {
    SingleObjectCodec.encode(Examples.checkpoint().build()),
    SingleObjectCodec.encode(Examples.chunk().build()),
    SingleObjectCodec.encode(Examples.sealed().build())
  };

  @Property(tries = 300, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void randomBytesAreDeadLetters(@ForAll @Size(max = 200) byte[] bytes) throws Exception {
    assertThat(rejectedByCheckpoints(bytes)).isOne();
    assertThat(rejectedByAudio(bytes)).isOne();
  }

  @Property(tries = 600, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void damagedRecordsAreAdmittedOrDeadLetters(
      @ForAll @IntRange(max = 2) int which,
      @ForAll @IntRange(min = 0, max = 400) int position,
      @ForAll @Size(min = 1, max = 8) byte[] damage)
      throws Exception {
    byte[] bytes = VALID[which].clone();
    for (int i = 0; i < damage.length; i++) {
      bytes[10 + (position + i) % (bytes.length - 10)] = damage[i];
    }
    rejectedByCheckpoints(bytes);
    rejectedByAudio(bytes);
  }

  @Property(tries = 300, seed = "20100", shrinking = ShrinkingMode.BOUNDED)
  void cutRecordsAreDeadLetters(
      @ForAll @IntRange(max = 2) int which, @ForAll @IntRange(max = 400) int length)
      throws Exception {
    byte[] bytes = Arrays.copyOf(VALID[which], length % VALID[which].length);
    assertThat(rejectedByCheckpoints(bytes)).isOne();
    assertThat(rejectedByAudio(bytes)).isOne();
  }

  private static int rejectedByCheckpoints(byte[] bytes) throws Exception {
    try (var admission = new AdmissionHarness<>(new AdmitCheckpoints())) {
      admission.take(Examples.record(bytes));
      assertThat(admission.admitted().size() + admission.rejected().size()).isOne();
      return admission.rejected().size();
    }
  }

  private static int rejectedByAudio(byte[] bytes) throws Exception {
    try (var admission = new AdmissionHarness<>(new AdmitAudio())) {
      admission.take(Examples.record(bytes));
      int all =
          admission.admitted().size() + admission.manifests().size() + admission.rejected().size();
      assertThat(all).isOne();
      return admission.rejected().size();
    }
  }
}
