package io.sounding.operators.embed;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.DeadLetterOutput;
import io.sounding.operators.admit.Manifest;
import io.sounding.operators.admit.Rejection;
import io.sounding.operators.assemble.Division;
import io.sounding.operators.assemble.ShardUtterance;
import io.sounding.operators.assemble.Shards;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.schemas.RejectReason;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.io.network.partition.consumer.InputGate;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Joins checkpoints (broadcast) with the audio of its shards (keyed by shard): every checkpoint
 * embeds every utterance of its corpus, and the frames are folded where they are made. A shard is
 * begun once its corpus is sealed and its audio is complete, so the result does not depend on which
 * side came first.
 *
 * <p>The work is done in slices, one per mail of the task's mailbox, each about {@link
 * EvaluationSettings#slice()} of wall time. A slice is begun only after as many turns of the
 * mailbox without input as there are input channels, so that records go first, and the barriers of
 * all channels: a turn lets one through. The model runs on a thread of its own ({@link
 * CurrentModel}); a slice waits for it no longer than it lasts.
 *
 * <p>All state is keyed by shard ({@link ShardState}); what is in memory is a view of it.
 */
final class EmbedOperator extends AbstractStreamOperator<ShardSummary>
    implements TwoInputStreamOperator<ShardUtterance, Control, ShardSummary>, BoundedMultiInput {

  private static final long serialVersionUID = 1L;

  private static final int LEAST_QUIET_TURNS = 4;

  /** Input that never pauses does not keep work waiting for longer. */
  private static final long MOST_NANOS_BETWEEN_SLICES = 1_000_000_000L;

  private final EvaluationSettings settings;
  private final transient MailboxExecutor mailbox;
  private final int quietTurns;

  private transient ShardState state;
  private transient TreeMap<Integer, ShardView> shards;
  private transient EmbedQueue queue;
  private transient EmbedMetrics metrics;
  private transient DeadLetterOutput deadLetters;
  private transient CorpusTimeouts timeouts;

  private transient DeviceClaims.Claim device;
  private transient CurrentModel model;
  private transient ShardRun run;
  private transient ShardRun following;
  private transient PassUnderWay pass;
  private transient int savedBatch;

  private transient boolean mailed;
  private transient long lastSlice;
  private transient int turnsWithoutInput;
  private transient int openInputs;

  EmbedOperator(StreamOperatorParameters<ShardSummary> parameters, EvaluationSettings settings) {
    super(parameters);
    this.mailbox = parameters.getMailboxExecutor();
    this.settings = settings;
    this.quietTurns =
        Arrays.stream(parameters.getContainingTask().getEnvironment().getAllInputGates())
            .mapToInt(InputGate::getNumberOfInputChannels)
            .reduce(LEAST_QUIET_TURNS, Integer::sum);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state = new ShardState(context.getKeyedStateStore());
    ShardState.requireLayout(context.getOperatorStateStore(), settings.shards());
  }

  @Override
  public void open() throws Exception {
    super.open();
    queue = new EmbedQueue();
    metrics = new EmbedMetrics(getMetricGroup(), queue, System::currentTimeMillis);
    device = DeviceClaims.ofThisProcess().claim(settings.models().device(), getRuntimeContext());
    model =
        new CurrentModel(
            ModelLoading.as(settings.models(), device.device()),
            () -> mailbox.execute(this::goOn, "model loaded"),
            metrics);
    pass =
        new PassUnderWay(
            getProcessingTimeService(),
            settings.models().timeLimit(),
            () -> mailbox.execute(this::goOn, "forward pass done"),
            this::giveUp);
    deadLetters = new DeadLetterOutput(getRuntimeContext());
    timeouts =
        new CorpusTimeouts(
            getInternalTimerService(
                "corpus-timeouts",
                StringSerializer.INSTANCE,
                CorpusTimeouts.calling(this::onCorpusTimeout)),
            settings.patience().corpus());
    openInputs = 2;
    restoreViews();
    wake();
  }

  /** The shards whose keys fall into this subtask's key groups, as their state stands. */
  private void restoreViews() throws Exception {
    shards = new TreeMap<>();
    TaskInfo task = getRuntimeContext().getTaskInfo();
    int[] keys = Shards.keys(settings.shards(), task.getMaxNumberOfParallelSubtasks());
    for (int shard = 0; shard < keys.length; shard++) {
      int owner =
          KeyGroupRangeAssignment.assignKeyToParallelOperator(
              keys[shard],
              task.getMaxNumberOfParallelSubtasks(),
              task.getNumberOfParallelSubtasks());
      if (owner == task.getIndexOfThisSubtask()) {
        setCurrentKey(keys[shard]);
        shards.put(shard, state.view(keys[shard]));
        for (CheckpointRequest request : state.pending()) {
          queue.add(request, shard);
        }
      }
    }
  }

  @Override
  public void processElement1(StreamRecord<ShardUtterance> element) throws Exception {
    Utterance utterance = element.getValue().utterance();
    ShardView view = shards.get(element.getValue().shard());
    String rejection = view.rejects(utterance);
    if (rejection != null) {
      reject(RejectReason.NOT_IN_MANIFEST, rejection);
    } else if (view.isNew(utterance)) {
      state.putAudio(utterance);
      view.add(utterance);
    }
    inputCame();
  }

  @Override
  public void processElement2(StreamRecord<Control> element) throws Exception {
    Control control = element.getValue();
    if (control.checkpoint() != null) {
      queue(control.checkpoint());
    } else {
      seal(control.manifest());
    }
    inputCame();
  }

  private void queue(CheckpointRequest request) throws Exception {
    for (var entry : shards.entrySet()) {
      setCurrentKey(entry.getValue().key());
      state.putPending(request);
      queue.add(request, entry.getKey());
      if (!entry.getValue().isComplete(request.corpusId())) {
        timeouts.start(request.evaluationId());
      }
    }
  }

  private void seal(Manifest manifest) throws Exception {
    Division division = Division.of(manifest, settings.shards());
    for (var entry : shards.entrySet()) {
      setCurrentKey(entry.getValue().key());
      ShardManifest part = ShardManifest.of(manifest, division, entry.getKey());
      state.putManifest(part);
      for (ShardView.Refused refused : entry.getValue().seal(part)) {
        state.removeAudio(part.corpusId(), refused.utteranceId());
        reject(RejectReason.NOT_IN_MANIFEST, refused.sentence());
      }
    }
  }

  private void inputCame() {
    turnsWithoutInput = 0;
    wake();
  }

  private void wake() {
    if (!mailed && queue.size() > 0) {
      try {
        mailbox.execute(MailboxExecutor.MailOptions.deferrable(), this::turn, "embed a slice");
        mailed = true;
      } catch (RejectedExecutionException stopped) {
        // with a savepoint, which holds the rest of the queue: no more mails are taken
        LOG.debug("The task has stopped; {} shards were queued.", queue.size(), stopped);
      }
    }
  }

  /** One mail: either lets input through, or works for a slice. */
  private void turn() throws Exception {
    mailed = false;
    if (turnsWithoutInput < quietTurns
        && System.nanoTime() - lastSlice < MOST_NANOS_BETWEEN_SLICES) {
      turnsWithoutInput++;
      wake();
      return;
    }
    long begin = System.nanoTime();
    boolean more = slice();
    lastSlice = System.nanoTime();
    metrics.slice(lastSlice - begin);
    if (more) {
      turnsWithoutInput = 0;
      wake();
    }
    if (queue.size() == 0) {
      model.close();
    }
  }

  /** Works for about a slice; false if there is nothing to do now. */
  private boolean slice() throws Exception {
    long end = System.nanoTime() + settings.slice().toNanos();
    do {
      if (run == null && !beginNextShard()) {
        return false;
      }
      if (!run.done()) {
        model.changeTo(run.request(), () -> queue.next(run.request(), this::isReady));
        if (!model.isThere() || !step(end)) {
          return false;
        }
      }
      if (run != null && run.done()) {
        finishShard();
      }
    } while (System.nanoTime() < end);
    return true;
  }

  private boolean beginNextShard() throws Exception {
    var next = queue.first(this::isReady);
    if (next.isEmpty()) {
      model.close();
      return false;
    }
    run = begun(next.get());
    savedBatch = -1;
    return true;
  }

  private ShardRun begun(EmbedQueue.Work work) throws Exception {
    ShardView view = shards.get(work.shard());
    ShardRun begun =
        new ShardRun(
            work.request(), work.shard(), view.manifest(work.request().corpusId()), settings);
    setCurrentKey(view.key());
    begun.resume(state.inFlight());
    return begun;
  }

  private boolean isReady(String corpusId, int shard) {
    return shards.get(shard).isComplete(corpusId);
  }

  /** What the work waited for is there: a model, or what it made. */
  private void goOn() {
    turnsWithoutInput = quietTurns;
    wake();
  }

  /**
   * A forward pass. While the model is at it, what it is given next is decoded and what it made
   * before is folded; at the end of a shard the next is that of the shard that follows.
   *
   * @return false if the pass outlasts the slice
   */
  private boolean step(long end) throws Exception {
    try {
      ShardRun next = toEmbed();
      if (pass.isNone() && next != null) {
        pass.begin(model.begin(next.begin(audioOf(next)), next.request().layers()));
      }
      lookAhead();
      fold();
      if (run.done() || pass.isNone()) {
        return true;
      }
      if (!pass.isDoneBy(end)) {
        return false;
      }
      run.take(pass.end());
    } catch (EncodingException e) {
      fail(run.request(), run.shard(), run.layers(), e.getMessage());
    }
    return true;
  }

  /** The shard whose audio the model is given next; null if there is none. */
  private ShardRun toEmbed() {
    if (run.hasMore()) {
      return run;
    }
    return following != null && following.hasMore() ? following : null;
  }

  private ShardRun.Audio audioOf(ShardRun shard) {
    setCurrentKey(shards.get(shard.shard()).key());
    return utterance -> state.audio(shard.request().corpusId(), utterance);
  }

  private void lookAhead() throws Exception {
    if (!run.hasMore() && following == null) {
      var work = queue.after(run.request(), run.shard(), this::isReady);
      following = work.isPresent() ? begun(work.get()) : null;
    }
    ShardRun next = toEmbed();
    if (next != null) {
      next.prepare(audioOf(next));
    }
  }

  private void fold() throws EncodingException {
    double seconds = run.fold(model.products());
    metrics.embedded(seconds);
    if (seconds > 0 && run.shard() == 0 && run.nextBatch() == 1 && !run.done()) {
      emitSummaries(); // the first sign of life of a checkpoint
    }
  }

  private void giveUp(ForwardPass late) throws Exception {
    String reason = late.overdue(settings.models().timeLimit());
    fail(run.request(), run.shard(), run.layers(), run.named(reason, null).getMessage());
    wake();
  }

  private void finishShard() throws Exception {
    emitSummaries();
    forget(run.request(), run.shard());
    run = following;
    following = null;
    savedBatch = -1;
  }

  private void emitSummaries() {
    for (ShardSummary summary :
        run.summaries(model.device(run.request()), model.loadSeconds(run.request()))) {
      output.collect(new StreamRecord<>(summary));
    }
  }

  /** Gives the checkpoint up on every shard of this subtask, saying so once per known layer. */
  private void fail(CheckpointRequest request, int shard, int[] layers, String reason)
      throws Exception {
    LOG.warn(
        "Checkpoint {} of run {} cannot be evaluated: {}",
        request.checkpointId(),
        request.runId(),
        reason);
    ShardSummary failure = ShardSummary.failed(request, shard, settings.shards(), reason);
    output.collect(new StreamRecord<>(failure));
    for (int layer : layers) {
      output.collect(new StreamRecord<>(failure.ofLayer(layer)));
    }
    for (int own : shards.keySet()) {
      forget(request, own);
    }
    if (run != null && run.request().evaluationId().equals(request.evaluationId())) {
      run = null;
      following = null;
      pass.end();
      model.close();
    }
  }

  private void forget(CheckpointRequest request, int shard) throws Exception {
    setCurrentKey(shards.get(shard).key());
    state.forget(request.evaluationId());
    queue.remove(request, shard);
  }

  private void onCorpusTimeout(int key, String evaluationId, long timestamp) throws Exception {
    setCurrentKey(key);
    CheckpointRequest request = state.pending(evaluationId);
    if (request == null) {
      return;
    }
    if (timeouts.isLate(timestamp)) {
      timeouts.start(evaluationId);
      return;
    }
    for (var entry : shards.entrySet()) {
      if (entry.getValue().key() == key && !entry.getValue().isComplete(request.corpusId())) {
        fail(
            request,
            entry.getKey(),
            new int[0],
            "The corpus was not complete within %s: %s"
                .formatted(
                    settings.patience().corpus(), entry.getValue().missing(request.corpusId())));
      }
    }
  }

  private void reject(RejectReason reason, String sentence) {
    output.collect(
        DeadLetterOutput.TAG,
        new StreamRecord<>(deadLetters.counted(Rejection.of(reason, sentence))));
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    if (run != null && run.nextBatch() > 0 && run.nextBatch() != savedBatch) {
      setCurrentKey(shards.get(run.shard()).key());
      state.putInFlight(run.save());
      savedBatch = run.nextBatch();
    }
  }

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
    while (run != null || queue.first(this::isReady).isPresent()) {
      if (!slice() && run != null) {
        mailbox.yield();
      }
    }
    for (CheckpointRequest request : queue.checkpoints()) {
      failIncomplete(request);
    }
    model.close();
  }

  private void failIncomplete(CheckpointRequest request) throws Exception {
    for (var entry : shards.entrySet()) {
      if (!entry.getValue().isComplete(request.corpusId())) {
        String missing = entry.getValue().missing(request.corpusId());
        fail(request, entry.getKey(), new int[0], "The input ended too early: " + missing);
        return;
      }
    }
  }

  @Override
  public void close() throws Exception {
    if (model != null) {
      model.close();
    }
    if (device != null) {
      device.close();
    }
    super.close();
  }
}
