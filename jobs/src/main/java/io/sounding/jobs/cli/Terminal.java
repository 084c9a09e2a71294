package io.sounding.jobs.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whoever types and reads at the other end. */
final class Terminal {

  private static final int FILE_TYPE = 0xF000;
  private static final int PIPE = 0x1000;

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

  /** Whether standard output is a pipe, whose reader may have seen enough: no failure. */
  static boolean isPipe() {
    try {
      int mode = (Integer) Files.getAttribute(Path.of("/dev/stdout"), "unix:mode");
      return (mode & FILE_TYPE) == PIPE;
    } catch (IOException | UnsupportedOperationException e) {
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
