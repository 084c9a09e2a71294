package io.sounding.operators.publish;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.FullHeap;
import io.sounding.operators.LogContext;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.Rejection;
import io.sounding.operators.merge.MergedLayer;
import io.sounding.operators.statistics.ClusterMetrics;
import io.sounding.operators.statistics.LayerMetrics;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.operators.statistics.RankMetrics;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Instant;
import org.apache.flink.api.common.functions.MapFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merged summaries to metric events: the rank family always, the cluster family when final. A
 * failure becomes a FAILED event and a dead letter.
 */
public final class PublishMetrics implements MapFunction<MergedLayer, Publication> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(PublishMetrics.class);

  private final EvaluationSettings settings;
  private transient int loweredTo; // k of the latest warning: there is not one for each layer

  public PublishMetrics(EvaluationSettings settings) {
    this.settings = settings;
  }

  @Override
  public Publication map(MergedLayer layer) {
    return LogContext.of(layer.checkpoint())
        .layer(layer.layer())
        .call(
            () -> {
              try {
                return publication(layer);
              } catch (RuntimeException | OutOfMemoryError e) {
                // would come again whenever the job restarts
                LOG.error("The metrics of {} failed.", layer.checkpoint().named(), e);
                return publication(failed(layer, e));
              }
            });
  }

  static MergedLayer failed(MergedLayer layer, Throwable e) {
    String why =
        e instanceof OutOfMemoryError
            ? ". " + FullHeap.sentence()
            : " (%s). This is a defect of Sounding: report it with the task manager's log."
                .formatted(e);
    return MergedLayer.failed(
        layer.checkpoint(),
        layer.shards(),
        "The metrics of layer %d could not be computed%s".formatted(layer.layer(), why));
  }

  private Publication publication(MergedLayer layer) {
    MetricEvent event = event(layer);
    CheckpointRequest checkpoint = layer.checkpoint();
    return new Publication(
        checkpoint.evaluationId(),
        new OutgoingRecord(RecordKeys.of(event), SingleObjectCodec.encode(event)),
        layer.status() == MetricStatus.FAILED
            ? Rejection.of(checkpoint.source(), RejectReason.EVALUATION_FAILED, layer.failure())
            : null);
  }

  private MetricEvent event(MergedLayer layer) {
    CheckpointRequest checkpoint = layer.checkpoint();
    MetricEvent.Builder event =
        MetricEvent.newBuilder()
            .setStatus(layer.status())
            .setRunId(checkpoint.runId())
            .setCheckpointId(checkpoint.checkpointId())
            .setStep(checkpoint.step())
            .setAttempt(checkpoint.attempt())
            .setTrainingLoss(checkpoint.trainingLoss())
            .setCorpusId(checkpoint.corpusId())
            .setSeed(settings.statistics().seed())
            .setShards(layer.shards())
            .setEmittedAt(Instant.now());
    if (layer.status() == MetricStatus.FAILED) {
      return event.setFailureReason(layer.failure()).build();
    }
    long begin = System.nanoTime();
    LayerSummary summary = layer.summary().get();
    event
        .setCorpusDigest(layer.corpusDigest())
        .setLayer(layer.layer())
        .setLayers(layer.layers())
        .setFrames(summary.frames())
        .setUtterances(layer.utterances())
        .setCorpusUtterances(layer.corpusUtterances())
        .setAudioSeconds(layer.audioSeconds())
        .setCorpusAudioSeconds(layer.corpusAudioSeconds())
        .setFrameDimension(summary.dimension());
    if (layer.status() == MetricStatus.FINAL) {
      LayerMetrics metrics = LayerMetrics.of(summary, settings.statistics());
      ClusterMetrics clusters = metrics.clusters();
      event
          .setRank(MetricFamilies.rank(metrics.rank(), layer.rankMeStdErr()))
          .setK(clusters.k())
          .setSampleFrames(clusters.sampleFrames())
          .setClusters(MetricFamilies.clusters(clusters));
      warnIfLowered(checkpoint, clusters);
    } else {
      event.setRank(MetricFamilies.rank(RankMetrics.of(summary), layer.rankMeStdErr()));
    }
    double seconds = (System.nanoTime() - begin) * 1e-9;
    if (layer.status() == MetricStatus.FINAL) {
      LOG.info(
          "{} is evaluated at layer {}; its metrics took {} ms.",
          checkpoint.named(),
          layer.layer(),
          Math.round(seconds * 1e3));
    }
    return event.setCost(MetricFamilies.cost(layer, seconds)).build();
  }

  private void warnIfLowered(CheckpointRequest checkpoint, ClusterMetrics clusters) {
    if (clusters.k() < clusters.kRequested() && clusters.k() != loweredTo) {
      loweredTo = clusters.k();
      LOG.warn(
          "{} is scored with k = {}, not {}: its {} sampled frames, or how many distinct ones there are, allow no more. Metrics of other k are not comparable.",
          checkpoint.named(),
          clusters.k(),
          clusters.kRequested(),
          clusters.sampleFrames());
    }
  }
}
