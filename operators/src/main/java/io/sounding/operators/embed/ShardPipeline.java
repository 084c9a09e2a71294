package io.sounding.operators.embed;

import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.fold.ShardSummary;
import java.util.List;
import java.util.Optional;

/**
 * The shard that a subtask works on, and the model that it goes through. While the model is at a
 * pass, the one after it is begun already, what comes then is decoded, and what was made before is
 * folded; at the end of a shard the next pass is that of the shard that follows, be it of the next
 * checkpoint's model if that is loaded. Used by the task's thread alone.
 */
final class ShardPipeline implements AutoCloseable {

  /** Where shards and their audio come from. */
  interface Source {
    /** The shard to embed after {@code run}. */
    Optional<ShardRun> following(ShardRun run) throws Exception;

    /** The checkpoint to evaluate after {@code request}. */
    Optional<CheckpointRequest> next(CheckpointRequest request);

    ShardRun.Audio audioOf(ShardRun run);
  }

  private final CurrentModel model;
  private final PassesUnderWay passes;
  private final Source source;

  private ShardRun run;
  private ShardRun following;
  private boolean followingFailed;

  ShardPipeline(CurrentModel model, PassesUnderWay passes, Source source) {
    this.model = model;
    this.passes = passes;
    this.source = source;
  }

  /** The shard that is folded; null if there is none. */
  ShardRun run() {
    return run;
  }

  /** Begins a shard; there must be none. */
  void begin(ShardRun next) {
    run = next;
  }

  /** Changes over to the model of the shard, if need be; false while it is loaded. */
  boolean hasModel() {
    return !run.hasMore() || hasModel(run);
  }

  private boolean hasModel(ShardRun shard) {
    model.changeTo(shard.request(), () -> source.next(shard.request()));
    return model.isThere();
  }

  /**
   * Keeps the model busy, decodes ahead, and folds what is there to fold.
   *
   * @return audio that was folded, seconds
   * @throws EncodingException if the checkpoint cannot be evaluated
   */
  double work() throws Exception {
    while (!passes.isFull() && withNext(this::embed)) {}
    withNext(this::prepare);
    return run.fold(model.products(run.request()));
  }

  private interface Step {
    /** False if it cannot be done yet. */
    boolean with(ShardRun next) throws Exception;
  }

  /** Whatever goes wrong with a shard ahead of its turn does so again when that has come. */
  private boolean withNext(Step step) throws Exception {
    ShardRun next = toEmbed();
    if (next == null || next == run) {
      return next != null && step.with(next);
    }
    try {
      return next.about().call(() -> step.with(next));
    } catch (EncodingException e) {
      followingFailed = true;
      return false;
    }
  }

  private boolean embed(ShardRun next) throws Exception {
    if (!hasModel(next)) {
      return false;
    }
    model.open();
    String sha256 = model.sha256();
    ShardRun embedded = next.isOfOtherFiles(sha256) ? begunAgain(next) : next;
    float[][] windows = embedded.begin(source.audioOf(embedded), sha256);
    passes.add(model.begin(windows, embedded.request().layers()));
    return true;
  }

  private ShardRun begunAgain(ShardRun shard) {
    ShardRun again = shard.again();
    if (shard == run) {
      run = again;
    } else {
      following = again;
    }
    return again;
  }

  private boolean prepare(ShardRun next) throws Exception {
    next.prepare(source.audioOf(next));
    return true;
  }

  /** The shard whose audio the model is given next; null if there is none. */
  private ShardRun toEmbed() throws Exception {
    if (run.hasMore()) {
      return run;
    }
    if (following == null) {
      following = source.following(run).orElse(null);
    }
    return following != null && following.hasMore() && !followingFailed ? following : null;
  }

  /**
   * Takes what the model makes of the shard, which was not folded to its end.
   *
   * @return false if the pass is not done by {@code nanoTime}
   * @throws EncodingException if the model failed
   */
  boolean take(long nanoTime) throws Exception {
    if (!passes.isEmpty()) {
      if (!passes.firstIsDoneBy(nanoTime)) {
        return false;
      }
      run.take(passes.takeFirst());
    }
    return true;
  }

  /** What is folded of the shard, one summary per layer. */
  List<ShardSummary> summaries() {
    return run.summaries(model.device(run.request()), model.loadSeconds(run.request()));
  }

  /** Ends the shard, and begins the one that follows if it was opened. */
  void finish() {
    run = following;
    following = null;
    followingFailed = false;
    model.releaseBefore();
  }

  /** Drops a checkpoint, and what was begun beside it, which is to be begun again. */
  void drop(CheckpointRequest request) {
    if (isOf(run, request) || isOf(following, request)) {
      run = null;
      following = null;
      followingFailed = false;
      passes.clear();
      model.release();
    }
  }

  private static boolean isOf(ShardRun shard, CheckpointRequest request) {
    return shard != null && shard.request().evaluationId().equals(request.evaluationId());
  }

  /** Lets go of the model while there is nothing to do. */
  void release() {
    model.release();
  }

  @Override
  public void close() {
    passes.clear();
    model.close();
  }
}
