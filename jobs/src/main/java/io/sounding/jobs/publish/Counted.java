package io.sounding.jobs.publish;

/** Numbers of things, for sentences. */
public final class Counted {

  private Counted() {}

  /** Such as "1 checkpoint" or "2 checkpoints". */
  public static String of(int count, String thing) {
    return count == 1 ? "1 " + thing : count + " " + thing + "s";
  }
}
