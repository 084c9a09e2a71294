package io.sounding.operators.merge;

import io.sounding.operators.FullHeap;
import io.sounding.operators.StateLayout;
import io.sounding.operators.VersionedStage;
import io.sounding.operators.assemble.Downtime;
import io.sounding.operators.fold.EmbedTiming;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.operators.statistics.RankMeError;
import io.sounding.operators.statistics.SummaryReader;
import io.sounding.schemas.MetricStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keyed by (evaluation, layer): the summaries of the shards to one.
 *
 * <p>Summaries are upserts per shard, so repetition is harmless; shards are merged in the order of
 * their numbers, so the order of arrival does not matter. FINAL is emitted exactly when the
 * utterances of the shards add up to the manifest's count, and PARTIAL when 1, 2, 4, 8, ... shards
 * are there, be it their beginning. A failure ends the evaluation, and so does a layer without a
 * single frame. Of an ended one a marker is left, which makes late summaries harmless; it goes
 * after {@code patience}, and so does an evaluation of which no summary came for that long.
 *
 * <p>State, layout 4, keyed by {@link ShardSummary#mergeKey}: value "merge-progress", {@link
 * Progress}; map "shard-summaries", the latest summary of each shard; a processing-time timer per
 * key. Layout 1, which is read, has checkpoints without a file of weights; a version that knows
 * none would merge what others evaluated with one, so it must not read layout 2. Summaries of
 * layout 2 do not say when they were made, those of layouts 2 and 3 not by which files; both are
 * read.
 */
public final class MergeShards extends VersionedStage<String, ShardSummary, MergedLayer> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(MergeShards.class);
  private static final StateLayout LAYOUT = new StateLayout("merge", 4);

  /**
   * How much of the corpus is there.
   *
   * @param utterances utterances per shard, -1 where the shard is missing; empty when ended
   * @param ended whether FINAL or FAILED was emitted
   * @param touchedMillis when the last summary came
   */
  public record Progress(int[] utterances, boolean ended, long touchedMillis) {}

  private final Duration patience;
  private transient MapState<Integer, ShardSummary> summaries;
  private transient ValueState<Progress> progress;

  /** Keeps what is left of an evaluation for {@code patience}. */
  public MergeShards(Duration patience) {
    super(LAYOUT);
    this.patience = patience;
  }

  @Override
  public void open(OpenContext context) {
    summaries =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>("shard-summaries", Integer.class, ShardSummary.class));
    progress =
        getRuntimeContext().getState(new ValueStateDescriptor<>("merge-progress", Progress.class));
  }

  @Override
  public void processElement(ShardSummary summary, Context context, Collector<MergedLayer> out)
      throws Exception {
    summary.about().during(() -> merge(summary, context, out));
  }

  private void merge(ShardSummary summary, Context context, Collector<MergedLayer> out)
      throws Exception {
    Progress before = progress.value();
    long now = context.timerService().currentProcessingTime();
    if (before == null) {
      context.timerService().registerProcessingTimeTimer(now + patience.toMillis());
    }
    if (before != null && before.ended()) {
      return;
    }
    if (summary.failure() != null) {
      if (summary.layer() == ShardSummary.ALL_LAYERS) {
        out.collect(MergedLayer.failed(summary.checkpoint(), summary.shards(), summary.failure()));
      }
      end(now);
      return;
    }
    int[] utterances = before == null ? absent(summary.shards()) : before.utterances().clone();
    utterances[summary.shard()] = summary.utterances();
    summaries.put(summary.shard(), summary);
    long shardsPresent = Arrays.stream(utterances).filter(u -> u >= 0).count();
    boolean complete =
        Arrays.stream(utterances).filter(u -> u >= 0).sum() == summary.corpusUtterances();
    boolean grew = before == null || before.utterances()[summary.shard()] < summary.utterances();
    progress.update(new Progress(utterances, false, now));
    if (complete || grew && Long.bitCount(shardsPresent) == 1) {
      MergedLayer merged = mergedOrFailed(summary, complete);
      if (merged.status() == MetricStatus.FAILED) {
        LOG.warn("{} cannot be evaluated: {}", summary.checkpoint().named(), merged.failure());
      }
      out.collect(merged);
      if (merged.status() != MetricStatus.PARTIAL) {
        end(now);
      }
    }
  }

  private void end(long now) throws Exception {
    removeSummaries();
    progress.update(new Progress(new int[0], true, now));
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<MergedLayer> out)
      throws Exception {
    long now = context.timerService().currentProcessingTime();
    long goes = progress.value().touchedMillis() + patience.toMillis();
    if (Downtime.isLate(timestamp, now)) {
      context.timerService().registerProcessingTimeTimer(now + patience.toMillis());
    } else if (goes > now) {
      context.timerService().registerProcessingTimeTimer(goes);
    } else {
      removeSummaries();
      progress.clear();
    }
  }

  /** One by one: to clear the map would read them all, some hundred megabytes. */
  private void removeSummaries() throws Exception {
    Progress before = progress.value();
    int[] utterances = before == null ? new int[0] : before.utterances();
    for (int shard = 0; shard < utterances.length; shard++) {
      if (utterances[shard] >= 0) {
        summaries.remove(shard);
      }
    }
  }

  private MergedLayer mergedOrFailed(ShardSummary any, boolean complete) throws Exception {
    try {
      return merged(any.shards(), complete ? MetricStatus.FINAL : MetricStatus.PARTIAL);
    } catch (OutOfMemoryError e) { // would come again whenever the job restarts
      return MergedLayer.failed(
          any.checkpoint(),
          any.shards(),
          "The shards of layer %d could not be merged. %s"
              .formatted(any.layer(), FullHeap.sentence()));
    }
  }

  private MergedLayer merged(int shards, MetricStatus status) throws Exception {
    List<ShardSummary> inOrder = new ArrayList<>();
    SummaryReader reader = new SummaryReader();
    for (int shard = 0; shard < shards; shard++) {
      ShardSummary part = summaries.get(shard);
      if (part != null) {
        reader.add(part.summary());
        inOrder.add(part.withoutSummary());
      }
    }
    List<LayerSummary> parts = LayerSummary.readyToMerge(reader.summaries());
    ShardSummary any = inOrder.get(0);
    String disagreement = disagreement(inOrder);
    if (disagreement != null) {
      return MergedLayer.failed(any.checkpoint(), any.shards(), disagreement);
    }
    LayerSummary whole;
    try {
      whole = LayerSummary.mergeAll(parts);
    } catch (IllegalArgumentException e) {
      return MergedLayer.failed(
          any.checkpoint(),
          any.shards(),
          dimensionsDiffer(parts)
              ? "The dimension of the model's frames depends on the audio: %s Hidden states are (batch, frames, dimension), not (batch, dimension, frames). Export the model so that it returns them."
                  .formatted(e.getMessage())
              : "The shards do not go together, because the job's settings or the model changed midway: %s Publish the checkpoint again with a higher attempt."
                  .formatted(e.getMessage()));
    }
    if (status == MetricStatus.FINAL && whole.frames() == 0) {
      return MergedLayer.failed(
          any.checkpoint(),
          any.shards(),
          "The model gave no frame for any of the %d utterances of corpus %s. Evaluate it on longer utterances, or export it so that it returns hidden states."
              .formatted(
                  inOrder.stream().mapToInt(ShardSummary::utterances).sum(),
                  any.checkpoint().corpusId()));
    }
    return merged(status, inOrder, whole, RankMeError.of(parts));
  }

  private static MergedLayer merged(
      MetricStatus status, List<ShardSummary> inOrder, LayerSummary whole, Double rankMeStdErr) {
    TreeSet<String> devices = new TreeSet<>();
    int utterances = 0;
    double audioSeconds = 0;
    double embedSeconds = 0;
    double foldSeconds = 0;
    for (ShardSummary part : inOrder) {
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
        status == MetricStatus.FINAL ? any.corpusAudioSeconds() : audioSeconds,
        any.corpusAudioSeconds(),
        new MergedSummary(whole),
        rankMeStdErr,
        String.join(",", devices),
        embedSeconds,
        foldSeconds,
        EmbedTiming.over(inOrder.stream().map(ShardSummary::timing).toList()),
        null);
  }

  /** Shards of one model, as far as is known, and yet of frames of several dimensions. */
  private static boolean dimensionsDiffer(List<LayerSummary> parts) {
    return parts.stream().mapToInt(LayerSummary::dimension).distinct().count() > 1;
  }

  /** A sentence on what shows that the shards are of different models; null: nothing does. */
  private static String disagreement(List<ShardSummary> parts) {
    List<String> models =
        parts.stream().map(ShardSummary::modelSha256).filter(Objects::nonNull).distinct().toList();
    if (models.size() > 1) {
      return "The model file changed midway: its SHA-256 was %s for some shards and %s for others. Publish the checkpoint again with a higher attempt, with its SHA-256 or under a name that nothing overwrites."
          .formatted(models.get(0), models.get(1));
    }
    boolean sameLayers = parts.stream().mapToInt(ShardSummary::layers).distinct().count() == 1;
    return sameLayers ? null : FailLayers.OTHER_LAYERS;
  }

  private static int[] absent(int shards) {
    int[] utterances = new int[shards];
    Arrays.fill(utterances, -1);
    return utterances;
  }
}
