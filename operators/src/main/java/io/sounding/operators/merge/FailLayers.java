package io.sounding.operators.merge;

import io.sounding.operators.StateLayout;
import io.sounding.operators.VersionedStage;
import io.sounding.operators.fold.ShardSummary;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.util.Collector;

/**
 * Keyed by evaluation: tells the first failure to every layer of which a summary came, be it before
 * or after. The shard that failed may not know them, and layers are merged apart: each would keep
 * its summaries for as long as it waits for that shard.
 *
 * <p>Of a summary all but its layer is ignored, so it needs no bytes. A layer is known, and a
 * failure remembered, for {@code retention}.
 *
 * <p>State, layout 1, keyed by evaluation id: map "layers", true for each that is known; value
 * "failure", the first one; both expire.
 */
public final class FailLayers extends VersionedStage<String, ShardSummary, ShardSummary> {

  private static final long serialVersionUID = 1L;

  private static final StateLayout LAYOUT = new StateLayout("fail-layers", 1);

  private final Duration retention;
  private transient MapState<Integer, Boolean> layers;
  private transient ValueState<ShardSummary> failure;

  /** Remembers layers and failures for {@code retention}. */
  public FailLayers(Duration retention) {
    super(LAYOUT);
    this.retention = retention;
  }

  @Override
  public void open(OpenContext context) {
    StateTtlConfig expiry = StateTtlConfig.newBuilder(retention).cleanupFullSnapshot().build();
    var ofLayers = new MapStateDescriptor<>("layers", Integer.class, Boolean.class);
    ofLayers.enableTimeToLive(expiry);
    layers = getRuntimeContext().getMapState(ofLayers);
    var ofFailure = new ValueStateDescriptor<>("failure", ShardSummary.class);
    ofFailure.enableTimeToLive(expiry);
    failure = getRuntimeContext().getState(ofFailure);
  }

  @Override
  public void processElement(ShardSummary summary, Context context, Collector<ShardSummary> out)
      throws Exception {
    ShardSummary first = failure.value();
    if (summary.failure() != null) {
      if (first == null) {
        failure.update(summary);
        for (int layer : layers.keys()) {
          out.collect(summary.ofLayer(layer));
        }
      }
    } else if (!layers.contains(summary.layer())) {
      layers.put(summary.layer(), true);
      if (first != null) {
        out.collect(first.ofLayer(summary.layer()));
      }
    }
  }
}
