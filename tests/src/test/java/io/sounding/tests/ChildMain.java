package io.sounding.tests;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs a main class in a child process that must not outlive its parent: standard input is a pipe
 * whose other end the parent holds, and the end of it, however the parent ended, ends the child.
 */
public final class ChildMain {

  private ChildMain() {}

  /** The main class, then its arguments. */
  public static void main(String[] arguments) throws Throwable {
    Thread guard = new Thread(ChildMain::haltWithParent, "halt-with-parent");
    guard.setDaemon(true);
    guard.start();
    try {
      Class.forName(arguments[0])
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void haltWithParent() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException endsToo) {
      // a broken pipe is the end as well
    }
    Runtime.getRuntime().halt(1);
  }
}
