package io.sounding.operators.embed;

import io.sounding.operators.LogContext;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.statistics.FoldProducts;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The model that a subtask works with, leased from the models of the process; beside it the one
 * before, as long as frames that it made are folded. Not thread-safe.
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

  private Held current;
  private Held before;
  private ExecutorService thread;
  private ForwardPass pass;
  private boolean announced;

  /** A model that is leased, and its session once it was used. */
  private static final class Held {
    private final String evaluationId;
    private final SharedEncoders.Lease lease;
    private SpeechEncoder.Session session;

    private Held(String evaluationId, SharedEncoders.Lease lease) {
      this.evaluationId = evaluationId;
      this.lease = lease;
    }

    private boolean isOf(CheckpointRequest request) {
      return request.evaluationId().equals(evaluationId);
    }

    private void release() {
      try (lease) {
        if (session != null) {
          session.close();
        }
      }
    }
  }

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
    if (current != null && current.isOf(request)) {
      return;
    }
    releaseBefore();
    before = current;
    announced = false;
    SharedEncoders encoders = SharedEncoders.on(loading.device());
    current = new Held(request.evaluationId(), encoders.lease(request, loading));
    next.get().ifPresent(following -> encoders.prefetch(following, loading));
  }

  /** Whether the model is loaded, or known to be impossible to load; if not, it is announced. */
  boolean isThere() {
    if (current.lease.encoder().isDone()) {
      return true;
    }
    if (!announced) {
      announced = true;
      current.lease.encoder().whenComplete((encoder, error) -> loaded.run());
    }
    return false;
  }

  /**
   * Makes the model ready for passes; it must be there.
   *
   * @throws EncodingException if it cannot be loaded
   */
  void open() throws EncodingException {
    if (current.session == null) {
      try {
        current.session = current.lease.encoder().join().open(metrics::halved);
        metrics.modelLoaded(current.lease.loadSeconds());
      } catch (CompletionException e) {
        throw new EncodingException(EncodingException.reason(e.getCause()), e);
      }
    }
  }

  /** Begins a forward pass of the open model, which runs when those begun before are done. */
  ForwardPass begin(float[][] windows, int[] layers) {
    if (thread == null) {
      thread = Executors.newSingleThreadExecutor(CurrentModel::daemon);
    }
    ForwardPass begun = new ForwardPass(windows, layers);
    SpeechEncoder.Session runner = current.session;
    thread.execute(LogContext.carried(() -> begun.run(runner)));
    pass = begun;
    return begun;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "sounding-model");
    thread.setDaemon(true);
    return thread;
  }

  /** Makes products of the frames where the model of {@code request} runs; after a pass of it. */
  FoldProducts products(CheckpointRequest request) {
    return held(request).map(model -> model.session).orElseThrow().products();
  }

  /** The device of the model of {@code request}; empty if it was not used, or is not held. */
  String device(CheckpointRequest request) {
    return held(request)
        .filter(model -> model.session != null)
        .map(model -> model.lease.encoder().join().device())
        .orElse("");
  }

  /** SHA-256 of the files of the open model. */
  String sha256() {
    return current.lease.sha256();
  }

  /** Seconds that this process took to load the model of {@code request}; 0: it is not held. */
  double loadSeconds(CheckpointRequest request) {
    return held(request).map(model -> model.lease.loadSeconds()).orElse(0.0);
  }

  private Optional<Held> held(CheckpointRequest request) {
    return Stream.of(current, before)
        .filter(model -> model != null && model.isOf(request))
        .findFirst();
  }

  /** Lets go of the model before the current one, if it is still held; its passes are done. */
  void releaseBefore() {
    if (before != null) {
      before.release();
      before = null;
    }
  }

  /** Lets go of all, as soon as a pass that is under way returns; another model may follow. */
  void release() {
    List<Held> all = Stream.of(before, current).filter(Objects::nonNull).toList();
    before = null;
    current = null;
    if (pass != null && !pass.isDone()) {
      thread.execute(() -> all.forEach(Held::release));
      endThread(); // the next model does not wait for this one
    } else {
      all.forEach(Held::release);
    }
    pass = null;
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
}
