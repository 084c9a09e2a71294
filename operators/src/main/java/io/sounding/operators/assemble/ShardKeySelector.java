package io.sounding.operators.assemble;

import org.apache.flink.api.java.functions.KeySelector;

/** An utterance of a shard to the key that stands for the shard. */
public final class ShardKeySelector implements KeySelector<ShardUtterance, Integer> {

  private static final long serialVersionUID = 1L;

  private final int[] keys;

  /** For {@code shards} shards in a job with {@code maxParallelism} key groups. */
  public ShardKeySelector(int shards, int maxParallelism) {
    keys = Shards.keys(shards, maxParallelism);
  }

  @Override
  public Integer getKey(ShardUtterance utterance) {
    return keys[utterance.shard()];
  }
}
