package io.sounding.operators.assemble;

import io.sounding.operators.StateLayout;
import io.sounding.operators.admit.Manifest;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed by utterance, told all manifests: gives each utterance its shard, once the manifest of its
 * corpus is there; until then it waits here.
 *
 * <p>One that has a shard already passes: in a job that goes on from a savepoint of version 0.1.0.
 *
 * <p>An utterance that its manifest does not name is sent to any shard, by a hash of its id: there
 * it is refused, with those that contradict the manifest.
 *
 * <p>State, layout 1, keyed by {@link Utterance#key}: value "waiting", the utterance. Broadcast:
 * map "divisions", the {@link Division} of each sealed corpus, about 30 bytes an utterance.
 */
public final class DivideCorpus
    extends KeyedBroadcastProcessFunction<String, ShardUtterance, Manifest, ShardUtterance>
    implements CheckpointedFunction {

  /** The divisions of the sealed corpora, by corpus id. */
  public static final MapStateDescriptor<String, Division> DIVISIONS =
      new MapStateDescriptor<>("divisions", String.class, Division.class);

  private static final long serialVersionUID = 1L;

  private static final StateLayout LAYOUT = new StateLayout("divide", 1);

  private final ValueStateDescriptor<Utterance> descriptor =
      new ValueStateDescriptor<>("waiting", Utterance.class);
  private final int shards;

  private transient ValueState<Utterance> waiting;

  /** Divides corpora among {@code shards} shards. */
  public DivideCorpus(int shards) {
    this.shards = shards;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    LAYOUT.restored(context.getOperatorStateStore());
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {}

  @Override
  public void open(OpenContext context) {
    waiting = getRuntimeContext().getState(descriptor);
  }

  @Override
  public void processElement(
      ShardUtterance element, ReadOnlyContext context, Collector<ShardUtterance> out)
      throws Exception {
    if (element.shard() != ShardUtterance.UNDECIDED) {
      out.collect(element);
      return;
    }
    Utterance utterance = element.utterance();
    Division division = context.getBroadcastState(DIVISIONS).get(utterance.corpusId());
    if (division == null) {
      waiting.update(utterance);
    } else {
      out.collect(assigned(utterance, division));
    }
  }

  @Override
  public void processBroadcastElement(
      Manifest manifest, Context context, Collector<ShardUtterance> out) throws Exception {
    Division division = Division.of(manifest, shards);
    context.getBroadcastState(DIVISIONS).put(manifest.corpusId(), division);
    String ofCorpus = Utterance.key(manifest.corpusId(), "");
    context.applyToKeyedState(
        descriptor,
        (key, state) -> {
          if (key.startsWith(ofCorpus)) {
            out.collect(assigned(state.value(), division));
            state.clear();
          }
        });
  }

  private ShardUtterance assigned(Utterance utterance, Division division) {
    int shard = division.shardOf(utterance.utteranceId());
    return new ShardUtterance(
        shard < 0 ? Shards.of(utterance.utteranceId(), shards) : shard, utterance);
  }
}
