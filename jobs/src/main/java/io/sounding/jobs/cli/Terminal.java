package io.sounding.jobs.cli;

import java.io.Console;
import java.io.IOException;

/** Whoever types and reads at the other end. */
final class Terminal {

  private Terminal() {}

  /** Whether standard input and output are one; from Java 22 on a console alone is no proof. */
  static boolean isThere() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true; // before Java 22 there is no other
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** Waits for Enter, or for the end of the input; what was typed before does not count. */
  static void awaitEnter() throws IOException {
    System.in.skipNBytes(System.in.available());
    int read = System.in.read();
    while (read >= 0 && read != '\n') {
      read = System.in.read();
    }
  }
}
