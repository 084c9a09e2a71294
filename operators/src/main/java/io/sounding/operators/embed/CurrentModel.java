package io.sounding.operators.embed;

import io.sounding.operators.LogContext;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.statistics.FoldProducts;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The model that a subtask works with: of one checkpoint at a time, leased from the models of the
 * process. Not thread-safe.
 *
 * <p>Forward passes run on a thread of their own, so that the task's is never held by native code:
 * it answers barriers and cancellation, and may give a pass up. Native code cannot be interrupted,
 * though: a pass that was given up goes on until it returns by itself, on one core and with its
 * model in memory, and only then is the model let go of. One that never returns keeps both until
 * the process ends. A model that crashes the process is not contained at all.
 *
 * <p>The thread stays from one checkpoint to the next: on a GPU PyTorch keeps, for each thread, how
 * it runs a convolution of some length, and finding that out again takes longer than the pass.
 */
final class CurrentModel implements AutoCloseable {

  private final ModelLoading loading;
  private final Runnable loaded;
  private final EmbedMetrics metrics;

  private String evaluationId;
  private SharedEncoders.Lease lease;
  private SpeechEncoder.Session session;
  private ExecutorService thread;
  private ForwardPass pass;
  private boolean announced;

  /**
   * No model yet.
   *
   * @param loaded called once, from any thread, when a model that was waited for is there, or
   *     cannot be loaded
   * @param metrics is told how long models took to load, and of batches that did not fit
   */
  CurrentModel(ModelLoading loading, Runnable loaded, EmbedMetrics metrics) {
    this.loading = loading;
    this.loaded = loaded;
    this.metrics = metrics;
  }

  /** Changes over to the model of {@code request}, and has that of {@code next} fetched ahead. */
  void changeTo(CheckpointRequest request, Supplier<Optional<CheckpointRequest>> next) {
    if (isOf(request)) {
      return;
    }
    release();
    evaluationId = request.evaluationId();
    announced = false;
    SharedEncoders encoders = SharedEncoders.on(loading.device());
    lease = encoders.lease(request, loading);
    next.get().ifPresent(following -> encoders.prefetch(following, loading));
  }

  /** Whether the model is loaded, or known to be impossible to load; if not, it is announced. */
  boolean isThere() {
    if (lease.encoder().isDone()) {
      return true;
    }
    if (!announced) {
      announced = true;
      lease.encoder().whenComplete((encoder, error) -> loaded.run());
    }
    return false;
  }

  /**
   * Begins a forward pass; the one before must be done.
   *
   * @throws EncodingException if the model cannot be loaded
   */
  ForwardPass begin(float[][] windows, int[] layers) throws EncodingException {
    if (session == null) {
      try {
        session = lease.encoder().join().open(metrics::halved);
        metrics.modelLoaded(lease.loadSeconds());
      } catch (CompletionException e) {
        throw new EncodingException(EncodingException.reason(e.getCause()), e);
      }
    }
    if (thread == null) {
      thread = Executors.newSingleThreadExecutor(CurrentModel::daemon);
    }
    ForwardPass begun = new ForwardPass(windows, layers);
    SpeechEncoder.Session runner = session;
    thread.execute(LogContext.carried(() -> begun.run(runner)));
    pass = begun;
    return begun;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "sounding-model");
    thread.setDaemon(true);
    return thread;
  }

  /** Makes products of the frames where the model runs; only after a pass of this model. */
  FoldProducts products() {
    return session.products();
  }

  /** The device of the model of {@code request}; empty if that is not the current one. */
  String device(CheckpointRequest request) {
    return isOf(request) && session != null ? lease.encoder().join().device() : "";
  }

  /**
   * Seconds that this process took to load the model of {@code request}; 0: not the current one.
   */
  double loadSeconds(CheckpointRequest request) {
    return isOf(request) ? lease.loadSeconds() : 0;
  }

  private boolean isOf(CheckpointRequest request) {
    return request.evaluationId().equals(evaluationId);
  }

  /** Lets go of the model, as soon as a pass that is under way returns; another one may follow. */
  void release() {
    if (pass != null && !pass.isDone()) {
      thread.execute(releasing(session, lease));
      endThread(); // the next model does not wait for this one
    } else if (lease != null) {
      releasing(session, lease).run();
    }
    session = null;
    lease = null;
    pass = null;
    evaluationId = null;
  }

  private void endThread() {
    if (thread != null) {
      thread.shutdown();
      thread = null;
    }
  }

  @Override
  public void close() {
    release();
    endThread();
  }

  private static Runnable releasing(SpeechEncoder.Session session, SharedEncoders.Lease lease) {
    return () -> {
      if (session != null) {
        session.close();
      }
      lease.close();
    };
  }
}
