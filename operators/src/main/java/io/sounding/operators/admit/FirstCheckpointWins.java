package io.sounding.operators.admit;

import io.sounding.operators.LogContext;
import io.sounding.operators.StateLayout;
import io.sounding.operators.VersionedStage;
import io.sounding.schemas.RejectReason;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keyed by evaluation: lets the first request through. An equal one is a duplicate and is dropped,
 * a different one is a dead letter. What was seen is kept for {@code retention} after it was last
 * seen; state is one request per evaluation.
 *
 * <p>State, layout 2, keyed by evaluation id: value "admitted-checkpoint", the request that was let
 * through; expires. Layout 1, which is read, has requests without a file of weights; a version that
 * knows none would take the graph's own weights, so it must not read layout 2.
 */
public final class FirstCheckpointWins
    extends VersionedStage<String, CheckpointRequest, CheckpointRequest> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(FirstCheckpointWins.class);
  private static final StateLayout LAYOUT = new StateLayout("first-checkpoint-wins", 2);

  private final Duration retention;
  private transient ValueState<CheckpointRequest> admitted;
  private transient DeadLetterOutput deadLetters;

  /** Keeps what was seen for {@code retention}. */
  public FirstCheckpointWins(Duration retention) {
    super(LAYOUT);
    this.retention = retention;
  }

  @Override
  public void open(OpenContext context) {
    ValueStateDescriptor<CheckpointRequest> descriptor =
        new ValueStateDescriptor<>("admitted-checkpoint", CheckpointRequest.class);
    descriptor.enableTimeToLive(
        StateTtlConfig.newBuilder(retention)
            .setUpdateType(StateTtlConfig.UpdateType.OnReadAndWrite)
            .cleanupFullSnapshot()
            .build());
    admitted = getRuntimeContext().getState(descriptor);
    deadLetters = new DeadLetterOutput(getRuntimeContext());
  }

  @Override
  public void processElement(
      CheckpointRequest request, Context context, Collector<CheckpointRequest> out)
      throws Exception {
    CheckpointRequest first = admitted.value();
    if (first == null) {
      admitted.update(request.withoutBytes());
      out.collect(request);
    } else if (!first.asksTheSameAs(request)) {
      String conflict =
          "Checkpoint %s of run %s was published before with other contents for corpus %s. Raise its attempt to have it evaluated again."
              .formatted(request.checkpointId(), request.runId(), request.corpusId());
      LogContext.of(request).during(() -> LOG.warn("{}", conflict));
      context.output(
          DeadLetterOutput.TAG,
          deadLetters.counted(
              Rejection.of(request.source(), RejectReason.CONFLICTING_CHECKPOINT, conflict)));
    }
  }
}
