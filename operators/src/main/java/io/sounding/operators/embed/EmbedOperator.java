package io.sounding.operators.embed;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.DeadLetterOutput;
import io.sounding.operators.admit.Rejection;
import io.sounding.operators.assemble.ShardUtterance;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.schemas.RejectReason;
import java.util.Arrays;
import java.util.Optional;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.io.network.partition.consumer.InputGate;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.IOUtils;

/**
 * Joins checkpoints (broadcast) with the audio of its shards (keyed by shard): every checkpoint
 * embeds every utterance of its corpus, and the frames are folded where they are made. A shard is
 * begun once its corpus is sealed and its audio is complete, so the result does not depend on which
 * side came first.
 *
 * <p>The work ({@link ShardPipeline}) is done in slices, each about {@link
 * EvaluationSettings#slice()} of wall time, between which the task's thread takes records and
 * barriers ({@link SliceTurns}). The model runs on a thread of its own ({@link CurrentModel}); a
 * slice waits for it no longer than it lasts.
 *
 * <p>All state is keyed by shard ({@link OwnShards}); what is in memory is a view of it. Where a
 * shard is left is saved once {@link EvaluationSettings#atRisk()} of work is not; the rest is done
 * again after a failure, to the same end.
 */
final class EmbedOperator extends AbstractStreamOperator<ShardSummary>
    implements TwoInputStreamOperator<ShardUtterance, Control, ShardSummary>, BoundedMultiInput {

  private static final long serialVersionUID = 1L;

  private final EvaluationSettings settings;
  private final transient MailboxExecutor mailbox;
  private final int inputChannels;

  private transient OwnShards shards;
  private transient EmbedQueue queue;
  private transient EmbedMetrics metrics;
  private transient DeadLetterOutput deadLetters;
  private transient CorpusTimeouts timeouts;

  private transient DeviceClaims.Claim device;
  private transient GpuReadings.Watch gpu;
  private transient ShardPipeline pipeline;
  private transient SliceTurns turns;
  private transient int savedBatch;
  private transient long savedNanos;
  private transient int openInputs;

  EmbedOperator(StreamOperatorParameters<ShardSummary> parameters, EvaluationSettings settings) {
    super(parameters);
    this.mailbox = parameters.getMailboxExecutor();
    this.settings = settings;
    this.inputChannels =
        Arrays.stream(parameters.getContainingTask().getEnvironment().getAllInputGates())
            .mapToInt(InputGate::getNumberOfInputChannels)
            .sum();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    boolean byHash = ShardState.requireLayout(context.getOperatorStateStore(), settings.shards());
    ShardState state = new ShardState(context.getKeyedStateStore());
    shards = new OwnShards(state, byHash, settings.shards(), this::setCurrentKey);
  }

  @Override
  public void open() throws Exception {
    super.open();
    queue = new EmbedQueue();
    getRuntimeContext()
        .registerUserCodeClassLoaderReleaseHookIfAbsent(
            "sounding-models", SharedEncoders::unloadAll);
    device = DeviceClaims.ofThisProcess().claim(settings.models().device(), getRuntimeContext());
    gpu = GpuReadings.ofThisMachine().watch(device.device());
    metrics = new EmbedMetrics(getMetricGroup(), queue, gpu::reading, System::currentTimeMillis);
    turns = new SliceTurns(mailbox, inputChannels, () -> queue.size() > 0, this::slice);
    CurrentModel model =
        new CurrentModel(
            ModelLoading.as(settings.models(), device.device()),
            () -> mailbox.execute(turns::goOn, "model loaded"),
            metrics);
    PassesUnderWay passes =
        new PassesUnderWay(
            getProcessingTimeService(),
            settings.models().timeLimit(),
            () -> mailbox.execute(turns::goOn, "forward pass done"),
            this::giveUp);
    pipeline = new ShardPipeline(model, passes, source());
    deadLetters = new DeadLetterOutput(getRuntimeContext());
    timeouts =
        new CorpusTimeouts(
            getInternalTimerService(
                "corpus-timeouts",
                StringSerializer.INSTANCE,
                CorpusTimeouts.calling(this::onCorpusTimeout)),
            settings.patience().corpus());
    openInputs = 2;
    shards.restore(getRuntimeContext().getTaskInfo(), queue);
    turns.wake();
  }

  @Override
  public void processElement1(StreamRecord<ShardUtterance> element) throws Exception {
    String rejection = shards.add(element.getValue());
    if (rejection != null) {
      reject(rejection);
    }
    turns.inputCame();
  }

  @Override
  public void processElement2(StreamRecord<Control> element) throws Exception {
    Control control = element.getValue();
    if (control.checkpoint() != null) {
      queue(control.checkpoint());
    } else {
      shards.seal(control.manifest()).forEach(this::reject);
    }
    turns.inputCame();
  }

  private void queue(CheckpointRequest request) throws Exception {
    for (int shard : shards.numbers()) {
      shards.select(shard).putPending(request);
      queue.add(request, shard);
      if (!shards.isComplete(request.corpusId(), shard)) {
        timeouts.start(request.evaluationId());
      }
    }
  }

  /** Works for about a slice; false if there is nothing to do now. */
  private boolean slice() throws Exception {
    long begin = System.nanoTime();
    boolean more = workUntil(begin + settings.slice().toNanos());
    metrics.slice(System.nanoTime() - begin);
    if (queue.size() == 0) {
      pipeline.release();
    }
    return more;
  }

  private boolean workUntil(long end) throws Exception {
    do {
      if (pipeline.run() == null && !beginNextShard()) {
        return false;
      }
      if (!pipeline.run().done() && !pipeline.run().about().call(() -> advance(end))) {
        return false;
      }
      if (pipeline.run() != null && pipeline.run().done()) {
        emitSummaries();
        forget(pipeline.run().request(), pipeline.run().shard());
        pipeline.finish();
        nothingSaved();
      }
    } while (System.nanoTime() < end);
    return true;
  }

  private boolean beginNextShard() throws Exception {
    var next = queue.first(shards::isComplete);
    if (next.isEmpty()) {
      pipeline.release();
      return false;
    }
    pipeline.begin(begun(next.get()));
    nothingSaved();
    return true;
  }

  private void nothingSaved() {
    savedBatch = -1;
    savedNanos = System.nanoTime();
  }

  private ShardRun begun(EmbedQueue.Work work) throws Exception {
    ShardManifest manifest = shards.manifest(work.request().corpusId(), work.shard());
    ShardRun begun = new ShardRun(work.request(), work.shard(), manifest, settings);
    begun.resume(shards.select(work.shard()).inFlight());
    return begun;
  }

  private ShardPipeline.Source source() {
    return new ShardPipeline.Source() {
      @Override
      public Optional<ShardRun> following(ShardRun run) throws Exception {
        var work = queue.after(run.request(), run.shard(), shards::isComplete);
        return work.isPresent() ? Optional.of(begun(work.get())) : Optional.empty();
      }

      @Override
      public Optional<CheckpointRequest> next(CheckpointRequest request) {
        return queue.next(request, shards::isComplete);
      }

      @Override
      public ShardRun.Audio audioOf(ShardRun run) {
        ShardState state = shards.select(run.shard());
        return utterance -> state.audio(run.request().corpusId(), utterance);
      }
    };
  }

  /** A step of the shard's way; false if that takes longer than until {@code end}. */
  private boolean advance(long end) throws Exception {
    try {
      if (!pipeline.hasModel()) {
        return false;
      }
      double seconds = pipeline.work();
      metrics.embedded(seconds);
      ShardRun run = pipeline.run();
      if (seconds > 0 && run.shard() == 0 && run.nextBatch() == 1 && !run.done()) {
        emitSummaries(); // the first sign of life of a checkpoint
      }
      return run.done() || pipeline.take(end);
    } catch (EncodingException e) {
      ShardRun run = pipeline.run();
      fail(run.request(), run.shard(), e.getMessage());
      return true;
    }
  }

  private void giveUp(ForwardPass late) throws Exception {
    ShardRun run = pipeline.run();
    String reason = late.overdue(settings.models().timeLimit());
    fail(run.request(), run.shard(), run.named(reason, null).getMessage());
    turns.wake();
  }

  private void emitSummaries() {
    for (ShardSummary summary : pipeline.summaries()) {
      output.collect(new StreamRecord<>(summary));
    }
  }

  /** Gives the checkpoint up on every shard of this subtask, saying so once. */
  private void fail(CheckpointRequest request, int shard, String reason) throws Exception {
    ShardSummary failure = ShardSummary.failed(request, shard, settings.shards(), reason);
    failure.about().during(() -> LOG.warn("{} cannot be evaluated: {}", request.named(), reason));
    output.collect(new StreamRecord<>(failure));
    for (int own : shards.numbers()) {
      forget(request, own);
    }
    pipeline.drop(request);
  }

  private void forget(CheckpointRequest request, int shard) throws Exception {
    shards.select(shard).forget(request.evaluationId());
    queue.remove(request, shard);
  }

  private void onCorpusTimeout(int key, String evaluationId, long timestamp) throws Exception {
    int shard = shards.ofKey(key);
    CheckpointRequest request = shards.select(shard).pending(evaluationId);
    if (request == null) {
      return;
    }
    if (timeouts.isLate(timestamp)) {
      timeouts.start(evaluationId);
      return;
    }
    if (!shards.isComplete(request.corpusId(), shard)) {
      fail(
          request,
          shard,
          "The corpus was not complete within %s: %s"
              .formatted(settings.patience().corpus(), shards.missing(request.corpusId(), shard)));
      turns.wake();
    }
  }

  private void reject(String sentence) {
    output.collect(
        DeadLetterOutput.TAG,
        new StreamRecord<>(
            deadLetters.counted(Rejection.of(RejectReason.NOT_IN_MANIFEST, sentence))));
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    ShardRun run = pipeline.run();
    if (run != null
        && run.nextBatch() > 0
        && run.nextBatch() != savedBatch
        && System.nanoTime() - savedNanos >= settings.atRisk().toNanos()) {
      shards.select(run.shard()).putInFlight(run.save(), run::summary);
      savedBatch = run.nextBatch();
      savedNanos = System.nanoTime();
    }
  }

  /** Nobody asks for the time of events but for its end, which comes once the backlog is done. */
  @Override
  public void processWatermark(Watermark mark) {}

  /**
   * At the end of both inputs everything that can be done is done before letting go, and what can
   * not is failed. No Flink checkpoint completes meanwhile: barriers come with the input, which has
   * ended; so a bounded job with a long backlog needs a checkpoint timeout above it.
   */
  @Override
  public void endInput(int input) throws Exception {
    openInputs--;
    if (openInputs > 0) {
      return;
    }
    while (pipeline.run() != null || queue.first(shards::isComplete).isPresent()) {
      if (!slice() && pipeline.run() != null) {
        mailbox.yield();
      }
    }
    for (CheckpointRequest request : queue.checkpoints()) {
      failIncomplete(request);
    }
    pipeline.release();
    output.emitWatermark(Watermark.MAX_WATERMARK);
  }

  private void failIncomplete(CheckpointRequest request) throws Exception {
    for (int shard : shards.numbers()) {
      if (!shards.isComplete(request.corpusId(), shard)) {
        String missing = shards.missing(request.corpusId(), shard);
        fail(request, shard, "The input ended too early: " + missing);
        return;
      }
    }
  }

  @Override
  public void close() throws Exception {
    IOUtils.closeAll(pipeline, gpu, device, super::close); // as far as it was opened
  }
}
