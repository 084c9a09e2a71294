package io.sounding.operators.publish;

import io.sounding.operators.StateLayout;
import io.sounding.operators.VersionedStage;
import io.sounding.operators.admit.DeadLetterOutput;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.util.Collector;

/**
 * Keyed by evaluation: lets metric events through up to its first FAILED event, which becomes a
 * dead letter too. Layers are merged apart, and shards that did not fail go on until they are done:
 * what comes of them after that, further failures included, is dropped. Of a failed evaluation a
 * marker is kept for {@code retention}.
 *
 * <p>State, layout 1, keyed by evaluation id: value "failed-evaluation", true; expires.
 */
public final class FirstFailureEnds extends VersionedStage<String, Publication, OutgoingRecord> {

  private static final long serialVersionUID = 1L;

  private static final StateLayout LAYOUT = new StateLayout("first-failure-ends", 1);

  private final Duration retention;
  private transient ValueState<Boolean> failed;
  private transient DeadLetterOutput deadLetters;

  /** Remembers failures for {@code retention}. */
  public FirstFailureEnds(Duration retention) {
    super(LAYOUT);
    this.retention = retention;
  }

  @Override
  public void open(OpenContext context) {
    ValueStateDescriptor<Boolean> descriptor =
        new ValueStateDescriptor<>("failed-evaluation", Boolean.class);
    descriptor.enableTimeToLive(StateTtlConfig.newBuilder(retention).cleanupFullSnapshot().build());
    failed = getRuntimeContext().getState(descriptor);
    deadLetters = new DeadLetterOutput(getRuntimeContext());
  }

  @Override
  public void processElement(
      Publication publication, Context context, Collector<OutgoingRecord> out) throws Exception {
    if (failed.value() != null) {
      return;
    }
    out.collect(publication.event());
    if (publication.failure() != null) {
      context.output(DeadLetterOutput.TAG, deadLetters.counted(publication.failure()));
      failed.update(true);
    }
  }
}
