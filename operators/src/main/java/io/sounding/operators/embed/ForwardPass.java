package io.sounding.operators.embed;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One forward pass: begun by the task's thread, run by the model's. */
final class ForwardPass {

  private final float[][] windows;
  private final int[] layers;
  private final CompletableFuture<Frames> frames = new CompletableFuture<>();

  private volatile boolean givenUp;
  private volatile long started; // System.nanoTime(); 0: not yet
  private volatile double seconds;

  /**
   * A pass that is still to be run.
   *
   * @param windows {@code float[B][samples]}, all equally long
   * @param layers indices of the outputs wanted; null: all
   */
  ForwardPass(float[][] windows, int[] layers) {
    this.windows = windows;
    this.layers = layers;
  }

  /** Runs it; whatever happens is kept for who asks for the frames. */
  void run(SpeechEncoder.Session session) {
    if (givenUp) {
      frames.cancel(false);
      return;
    }
    started = System.nanoTime();
    try {
      Frames made = session.encode(windows, layers);
      seconds = (System.nanoTime() - started) * 1e-9;
      frames.complete(made);
    } catch (Throwable e) { // also errors: they belong to the thread that waits
      frames.completeExceptionally(e);
    }
  }

  /** Nobody wants it: it is passed over, unless the model is at it already. */
  void giveUp() {
    givenUp = true;
  }

  boolean isDone() {
    return frames.isDone();
  }

  /** Waits until {@code nanoTime} at the latest; whether the pass is done. */
  boolean isDoneBy(long nanoTime) throws InterruptedException {
    try {
      frames.get(Math.max(0, nanoTime - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true; // frames() says it
    }
    return true;
  }

  /** Has {@code action} run once, from any thread, when the pass is done. */
  void whenDone(Runnable action) {
    frames.whenComplete((made, error) -> action.run());
  }

  /** Wall time that the model has been at it, milliseconds. */
  long elapsedMillis() {
    return started == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
  }

  /** Wall time of the model's work, seconds; of a pass that is done. */
  double seconds() {
    return seconds;
  }

  /** That it took too long, as a sentence. */
  String overdue(Duration timeLimit) {
    return "The model did not finish %d x %d samples within %s. Raise --model-time-limit if it needs longer, or publish shorter utterances; then publish the checkpoint again with a higher attempt."
        .formatted(windows.length, windows[0].length, timeLimit);
  }

  /**
   * What the model made; of a pass that is done.
   *
   * @throws EncodingException if it failed
   */
  Frames frames() throws EncodingException {
    try {
      return frames.join();
    } catch (CompletionException e) {
      throw new EncodingException(EncodingException.reason(e.getCause()), e);
    }
  }
}
