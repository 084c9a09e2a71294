package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TerminalTest {

  private final InputStream before = System.in;

  @AfterEach
  void restore() {
    System.setIn(before);
  }

  /** What is typed, of which some was before anybody waited. */
  private static final class Keys extends ByteArrayInputStream {

    private final int early;

    private Keys(String early, String late) {
      super((early + late).getBytes(StandardCharsets.US_ASCII));
      this.early = early.length();
    }

    @Override
    public synchronized int available() {
      return Math.max(0, early - pos);
    }
  }

  @Test
  void anEnterFromBeforeDoesNotCount() throws Exception {
    Keys keys = new Keys("\n\n", "yes\nmore");
    System.setIn(keys);

    Terminal.awaitEnter();

    assertThat(new String(keys.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("more");
  }

  @Test
  void theEndOfTheInputEndsTheWait() throws Exception {
    Keys keys = new Keys("", "no enter");
    System.setIn(keys);

    Terminal.awaitEnter();

    assertThat(keys.read()).isEqualTo(-1);
  }
}
