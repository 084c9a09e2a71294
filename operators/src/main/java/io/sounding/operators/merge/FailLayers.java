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
 * <p>For the same reason an evaluation fails here whose shards have other layers than others: those
 * layers would wait for each other's shards for ever.
 *
 * <p>Of a summary nothing is looked at but its layer and the number of layers, so it needs no
 * bytes. A layer is known, and a failure remembered, for {@code retention}.
 *
 * <p>State, layout 1, keyed by evaluation id: map "layers", true for each that is known; value
 * "number-of-layers", that of the first summary; value "failure", the first one; all expire.
 */
public final class FailLayers extends VersionedStage<String, ShardSummary, ShardSummary> {

  private static final long serialVersionUID = 1L;

  private static final StateLayout LAYOUT = new StateLayout("fail-layers", 1);

  /** What is wrong with a model of which shards have unlike layers. */
  static final String OTHER_LAYERS =
      "The model has other layers for some shards than for others: its file changed midway, or its outputs depend on the audio. Publish the checkpoint again with a higher attempt, with its SHA-256 or under a name that nothing overwrites.";

  private final Duration retention;
  private transient MapState<Integer, Boolean> layers;
  private transient ValueState<Integer> number;
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
    var ofNumber = new ValueStateDescriptor<>("number-of-layers", Integer.class);
    ofNumber.enableTimeToLive(expiry);
    number = getRuntimeContext().getState(ofNumber);
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
        fail(summary, out);
      }
      return;
    }
    boolean isNew = !layers.contains(summary.layer());
    if (isNew) {
      layers.put(summary.layer(), true);
    }
    if (number.value() == null) {
      number.update(summary.layers());
    }
    if (first != null) {
      if (isNew) {
        out.collect(first.ofLayer(summary.layer()));
      }
    } else if (haveOtherLayers(summary)) {
      ShardSummary odd =
          ShardSummary.failed(
              summary.checkpoint(), summary.shard(), summary.shards(), OTHER_LAYERS);
      out.collect(odd);
      fail(odd, out);
    }
  }

  private void fail(ShardSummary first, Collector<ShardSummary> out) throws Exception {
    failure.update(first);
    for (int layer : layers.keys()) {
      out.collect(first.ofLayer(layer));
    }
  }

  /** Whether shards have other layers than that of a summary, whose layer is known. */
  private boolean haveOtherLayers(ShardSummary summary) throws Exception {
    int known = 0;
    for (int any : layers.keys()) {
      known++;
    }
    return number.value() != summary.layers() || known > summary.layers();
  }
}
