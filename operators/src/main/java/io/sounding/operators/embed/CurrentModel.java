package io.sounding.operators.embed;

import io.sounding.operators.admit.CheckpointRequest;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * The model that a subtask works with: of one checkpoint at a time, leased from the models of the
 * process, with a session for the subtask's thread. Not thread-safe.
 */
final class CurrentModel implements AutoCloseable {

  private final ModelFiles files;
  private final int intraOpThreads;
  private final Runnable loaded;

  private String evaluationId;
  private SharedEncoders.Lease lease;
  private SpeechEncoder.Session session;
  private boolean announced;

  /**
   * No model yet.
   *
   * @param loaded called once, from any thread, when a model that was waited for is there, or
   *     cannot be loaded
   */
  CurrentModel(ModelFiles files, int intraOpThreads, Runnable loaded) {
    this.files = files;
    this.intraOpThreads = intraOpThreads;
    this.loaded = loaded;
  }

  /** Changes over to the model of {@code request}, and has that of {@code next} fetched ahead. */
  void changeTo(CheckpointRequest request, Supplier<Optional<CheckpointRequest>> next) {
    if (isOf(request)) {
      return;
    }
    close();
    evaluationId = request.evaluationId();
    announced = false;
    SharedEncoders encoders = SharedEncoders.ofThisProcess();
    lease = encoders.lease(request, files, intraOpThreads);
    next.get().ifPresent(following -> encoders.prefetch(following, files, intraOpThreads));
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
   * The session of this subtask.
   *
   * @throws EncodingException if the model cannot be loaded
   */
  SpeechEncoder.Session session() throws EncodingException {
    if (session == null) {
      try {
        session = lease.encoder().join().open();
      } catch (CompletionException e) {
        throw new EncodingException(EncodingException.firstLine(e.getCause()), e);
      }
    }
    return session;
  }

  /** The device of the model of {@code request}; empty if that is not the current one. */
  String device(CheckpointRequest request) {
    return isOf(request) && session != null ? lease.encoder().join().device() : "";
  }

  private boolean isOf(CheckpointRequest request) {
    return request.evaluationId().equals(evaluationId);
  }

  /** Lets go of the model; another one may follow. */
  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
    if (lease != null) {
      lease.close();
    }
    session = null;
    lease = null;
    evaluationId = null;
  }
}
