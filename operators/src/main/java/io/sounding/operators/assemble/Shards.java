package io.sounding.operators.assemble;

import io.sounding.schemas.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Which Flink key stands for a shard, and where utterances go that belong to none.
 *
 * <p>Flink spreads keys over subtasks by key group; a shard's key is chosen so that it falls into
 * key group {@code shard * maxParallelism / shards}, hence shards spread evenly over any
 * parallelism that divides their number.
 */
public final class Shards {

  private Shards() {}

  /**
   * A shard, 0 to {@code shards - 1}, for an utterance that is in no manifest: first 8 bytes of
   * SHA-256 of the id, modulo {@code shards}.
   */
  public static int of(String utteranceId, int shards) {
    byte[] digest = Sha256.start().digest(utteranceId.getBytes(StandardCharsets.UTF_8));
    return (int) Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(), shards);
  }

  /**
   * The key of each shard.
   *
   * @throws IllegalArgumentException if there are more shards than key groups
   */
  public static int[] keys(int shards, int maxParallelism) {
    if (shards < 1 || shards > maxParallelism) {
      throw new IllegalArgumentException(
          "There are %d shards; with a maximum parallelism of %d there can be 1 to %d."
              .formatted(shards, maxParallelism, maxParallelism));
    }
    int[] keys = new int[shards];
    for (int shard = 0; shard < shards; shard++) {
      int wanted = (int) ((long) shard * maxParallelism / shards);
      int key = 0;
      while (KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism) != wanted) {
        key++;
      }
      keys[shard] = key;
    }
    return keys;
  }
}
