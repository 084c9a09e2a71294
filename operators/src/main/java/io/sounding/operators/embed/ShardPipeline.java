package io.sounding.operators.embed;

import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.fold.ShardSummary;
import java.util.List;
import java.util.Optional;

/**
 * The shard that a subtask works on, and the model that it goes through. While the model is at a
 * pass, what it is given next is decoded and what it made before is folded; at the end of a shard
 * the next pass is that of the shard that follows, be it of the next checkpoint's model if that is
 * loaded. Used by the task's thread alone.
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
  private final PassUnderWay pass;
  private final Source source;

  private ShardRun run;
  private ShardRun following;
  private boolean followingFailed;

  ShardPipeline(CurrentModel model, PassUnderWay pass, Source source) {
    this.model = model;
    this.pass = pass;
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
    withNext(this::embed);
    if (!run.hasMore() && following == null && !followingFailed) {
      following = source.following(run).orElse(null);
    }
    withNext(next -> next.prepare(source.audioOf(next)));
    return run.fold(model.products(run.request()));
  }

  private interface Step {
    void with(ShardRun next) throws Exception;
  }

  /** Whatever goes wrong with a shard ahead of its turn does so again when that has come. */
  private void withNext(Step step) throws Exception {
    ShardRun next = toEmbed();
    if (next == run) {
      step.with(run);
    } else if (next != null) {
      try {
        next.about().during(() -> step.with(next));
      } catch (EncodingException e) {
        following = null;
        followingFailed = true;
      }
    }
  }

  private void embed(ShardRun next) throws Exception {
    if (pass.isNone() && hasModel(next)) {
      pass.begin(model.begin(next.begin(source.audioOf(next)), next.request().layers()));
    }
  }

  /** The shard whose audio the model is given next; null if there is none. */
  private ShardRun toEmbed() {
    if (run.hasMore()) {
      return run;
    }
    return following != null && following.hasMore() ? following : null;
  }

  /**
   * Takes what the model makes of the shard, which was not folded to its end.
   *
   * @return false if the pass is not done by {@code nanoTime}
   * @throws EncodingException if the model failed
   */
  boolean take(long nanoTime) throws Exception {
    if (!pass.isNone()) {
      if (!pass.isDoneBy(nanoTime)) {
        return false;
      }
      run.take(pass.end());
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
      pass.end();
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
    model.close();
  }
}
