package io.sounding.operators.merge;

import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.operators.statistics.RankMeJackknife;
import io.sounding.schemas.MetricStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed by (evaluation, layer): the summaries of the shards to one.
 *
 * <p>Summaries are upserts per shard, so repetition is harmless; shards are merged in the order of
 * their numbers, so the order of arrival does not matter. FINAL is emitted exactly when the
 * utterances of the shards add up to the manifest's count, and PARTIAL when 1, 2, 4, 8, ... shards
 * are there. A failure ends the evaluation. What is left of an ended one is a marker, for {@code
 * retention}; what is left of one that never ends goes after {@code retention} too.
 */
public final class MergeShards extends KeyedProcessFunction<String, ShardSummary, MergedLayer> {

  private static final long serialVersionUID = 1L;

  /** How much of the corpus is there: utterances per shard, -1 where the shard is missing. */
  public record Progress(int[] utterances, boolean ended) {}

  private final Duration retention;
  private transient MapState<Integer, ShardSummary> summaries;
  private transient ValueState<Progress> progress;

  /** Keeps what is left of an evaluation for {@code retention}. */
  public MergeShards(Duration retention) {
    this.retention = retention;
  }

  @Override
  public void open(OpenContext context) {
    StateTtlConfig ttl = StateTtlConfig.newBuilder(retention).build();
    var summaryDescriptor =
        new MapStateDescriptor<>("shard-summaries", Integer.class, ShardSummary.class);
    summaryDescriptor.enableTimeToLive(ttl);
    summaries = getRuntimeContext().getMapState(summaryDescriptor);
    var progressDescriptor = new ValueStateDescriptor<>("merge-progress", Progress.class);
    progressDescriptor.enableTimeToLive(ttl);
    progress = getRuntimeContext().getState(progressDescriptor);
  }

  @Override
  public void processElement(ShardSummary summary, Context context, Collector<MergedLayer> out)
      throws Exception {
    Progress before = progress.value();
    if (before != null && before.ended()) {
      return;
    }
    if (summary.failure() != null) {
      if (summary.layer() == ShardSummary.ALL_LAYERS) {
        out.collect(MergedLayer.failed(summary.checkpoint(), summary.shards(), summary.failure()));
      }
      end();
      return;
    }
    int[] utterances = before == null ? absent(summary.shards()) : before.utterances().clone();
    utterances[summary.shard()] = summary.utterances();
    summaries.put(summary.shard(), summary);
    long shardsPresent = Arrays.stream(utterances).filter(u -> u >= 0).count();
    if (Arrays.stream(utterances).filter(u -> u >= 0).sum() == summary.corpusUtterances()) {
      out.collect(merged(MetricStatus.FINAL));
      end();
    } else {
      progress.update(new Progress(utterances, false));
      boolean firstOfItsShard = before == null || before.utterances()[summary.shard()] < 0;
      if (firstOfItsShard && Long.bitCount(shardsPresent) == 1) {
        out.collect(merged(MetricStatus.PARTIAL));
      }
    }
  }

  private void end() throws Exception {
    summaries.clear();
    progress.update(new Progress(new int[0], true));
  }

  private MergedLayer merged(MetricStatus status) throws Exception {
    List<ShardSummary> inOrder = new ArrayList<>();
    summaries.values().forEach(inOrder::add);
    inOrder.sort(java.util.Comparator.comparingInt(ShardSummary::shard));
    List<LayerSummary> parts = new ArrayList<>();
    TreeSet<String> devices = new TreeSet<>();
    int utterances = 0;
    double audioSeconds = 0;
    double embedSeconds = 0;
    double foldSeconds = 0;
    for (ShardSummary part : inOrder) {
      parts.add(LayerSummary.fromBytes(part.summary()));
      devices.add(part.device());
      utterances += part.utterances();
      audioSeconds += part.audioSeconds();
      embedSeconds += part.embedSeconds();
      foldSeconds += part.foldSeconds();
    }
    devices.remove("");
    ShardSummary any = inOrder.get(0);
    return new MergedLayer(
        status,
        any.checkpoint(),
        any.corpusDigest(),
        any.layer(),
        any.layers(),
        any.shards(),
        utterances,
        any.corpusUtterances(),
        audioSeconds,
        any.corpusAudioSeconds(),
        LayerSummary.mergeAll(parts).toBytes(),
        RankMeJackknife.standardError(parts),
        String.join(",", devices),
        embedSeconds,
        foldSeconds,
        null);
  }

  private static int[] absent(int shards) {
    int[] utterances = new int[shards];
    Arrays.fill(utterances, -1);
    return utterances;
  }
}
