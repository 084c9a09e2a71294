package io.sounding.operators.assemble;

import org.apache.flink.api.java.functions.KeySelector;

/** An utterance to the key that stands for its shard. */
public final class ShardKeySelector implements KeySelector<Utterance, Integer> {

  private static final long serialVersionUID = 1L;

  private final int[] keys;

  /** For {@code shards} shards in a job with {@code maxParallelism} key groups. */
  public ShardKeySelector(int shards, int maxParallelism) {
    keys = Shards.keys(shards, maxParallelism);
  }

  @Override
  public Integer getKey(Utterance utterance) {
    return keys[Shards.of(utterance.utteranceId(), keys.length)];
  }
}
