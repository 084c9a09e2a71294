package io.sounding.operators;

/** What is said of a checkpoint of which the Java heap does not hold what is kept. */
public final class FullHeap {

  private FullHeap() {}

  /** What is the matter, and what to do about it. */
  public static String sentence() {
    return "The heap of the Java process, %d MB, is full. Give the process more memory, or the job a smaller sample, fewer layers, fewer subtasks in a process or shorter utterances; then publish the checkpoint again with a higher attempt."
        .formatted(Runtime.getRuntime().maxMemory() / 1_000_000);
  }
}
