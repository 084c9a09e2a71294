package io.sounding.operators.fold;

import io.sounding.operators.Examples;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.statistics.HostProducts;
import io.sounding.operators.statistics.StatisticsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Summaries of shards as the embedding stage makes them, of seeded normal frames. */
public final class ShardSummaries {

  /** Dimension of the frames. */
  public static final int DIMENSION = 4;

  /** Frames of each utterance. */
  public static final int FRAMES = 50;

  /** Audio of each utterance; sums of it are rounded. */
  public static final double SECONDS = 1.1;

  /** Settings of every summary. */
  public static final StatisticsSettings SETTINGS =
      Examples.settings(1, Path.of("unused")).statistics();

  private ShardSummaries() {}

  /** A request to evaluate some model on the corpus dev. */
  public static CheckpointRequest request() {
    return Examples.request("step1", 7, "dev", Path.of("/model.pt"));
  }

  /** The summary of layer 2 of a shard with this many utterances, of a corpus with that many. */
  public static ShardSummary of(int shard, int shards, int utterances, int corpusUtterances) {
    ShardFold fold = ShardFold.of(new int[] {2}, DIMENSION, SETTINGS, 1);
    Random random = new Random(20_100 + shard);
    for (int u = 0; u < utterances; u++) {
      float[] frames = new float[FRAMES * DIMENSION];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = (float) (random.nextGaussian() * (1 + i % DIMENSION) + 0.5);
      }
      fold.add("speech_" + shard + "_" + u, 0, frames, 0, FRAMES, new HostProducts());
    }
    return new ShardSummary(
        request(),
        "c".repeat(64),
        corpusUtterances,
        SECONDS * corpusUtterances,
        shard,
        shards,
        utterances,
        SECONDS * utterances,
        2,
        3,
        fold.summary(0),
        shard % 2 == 0 ? "cpu" : "gpu0",
        "a".repeat(64),
        0.5,
        0.25,
        new EmbedTiming(shard, 1_000 + shard, 3_000 + shard),
        null);
  }

  /** The same summary with other statistics. */
  public static ShardSummary withSummary(ShardSummary s, byte[] statistics) {
    return with(s, s.layer(), s.layers(), statistics, s.modelSha256());
  }

  /** The same summary of another model. */
  public static ShardSummary withModel(ShardSummary s, String sha256) {
    return with(s, s.layer(), s.layers(), s.summary(), sha256);
  }

  /** The same summary of another layer. */
  public static ShardSummary withLayer(ShardSummary s, int layer) {
    return withLayer(s, layer, s.layers());
  }

  /** The same summary of another layer, one of so many. */
  public static ShardSummary withLayer(ShardSummary s, int layer, int layers) {
    return with(s, layer, layers, s.summary(), s.modelSha256());
  }

  private static ShardSummary with(
      ShardSummary s, int layer, int layers, byte[] statistics, String modelSha256) {
    return new ShardSummary(
        s.checkpoint(),
        s.corpusDigest(),
        s.corpusUtterances(),
        s.corpusAudioSeconds(),
        s.shard(),
        s.shards(),
        s.utterances(),
        s.audioSeconds(),
        layer,
        layers,
        statistics,
        s.device(),
        modelSha256,
        s.embedSeconds(),
        s.foldSeconds(),
        s.timing(),
        s.failure());
  }

  /** The summaries of all of {@code shards} shards, each of two utterances. */
  public static List<ShardSummary> all(int shards) {
    return IntStream.range(0, shards).mapToObj(s -> of(s, shards, 2, 2 * shards)).toList();
  }
}
