package io.sounding.operators.assemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.operators.Examples;
import java.util.Arrays;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardsTest {

  private static final int KEY_GROUPS = 128;

  /**
   * The numbers are int.from_bytes(hashlib.sha256(id.encode()).digest()[:8], 'big') % shards of
   * Python 3's hashlib.
   */
  @ParameterizedTest
  @CsvSource({
    "theo_000, 1, 0",
    "theo_000, 7, 0",
    "theo_000, 16, 5",
    "theo_000, 32, 5",
    "speech_1, 16, 5",
    "speech_1, 32, 21",
    "dev/αβγ-ß, 7, 2",
    "dev/αβγ-ß, 32, 4",
    "0, 7, 3",
    "0, 16, 8",
    "0, 32, 24",
    "'', 32, 20"
  })
  void theShardOfAnUtteranceFollowsFromItsIdAlone(String utteranceId, int shards, int shard) {
    assertThat(Shards.of(utteranceId, shards)).isEqualTo(shard);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "16, 1",
    "16, 2",
    "16, 4",
    "16, 8",
    "32, 1",
    "32, 2",
    "32, 4",
    "32, 8",
    "128, 128"
  })
  void shardsSpreadEvenlyOverSubtasks(int shards, int parallelism) {
    int[] perSubtask = new int[parallelism];
    for (int key : Shards.keys(shards, KEY_GROUPS)) {
      perSubtask[
          KeyGroupRangeAssignment.assignKeyToParallelOperator(key, KEY_GROUPS, parallelism)]++;
    }
    assertThat(perSubtask).containsOnly(shards / parallelism);
  }

  @Test
  void neighbouringShardsShareASubtask() {
    int[] keys = Shards.keys(32, KEY_GROUPS);
    int[] subtasks =
        Arrays.stream(keys)
            .map(k -> KeyGroupRangeAssignment.assignKeyToParallelOperator(k, KEY_GROUPS, 4))
            .toArray();
    assertThat(subtasks).isSorted();
  }

  @Test
  void everyShardHasAKeyOfItsOwn() {
    assertThat(Shards.keys(128, KEY_GROUPS)).doesNotHaveDuplicates();
  }

  @Test
  void moreShardsThanKeyGroupsAreRefused() {
    assertThatThrownBy(() -> Shards.keys(129, KEY_GROUPS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "There are 129 shards; with a maximum parallelism of 128 there can be 1 to 128.");
    assertThatThrownBy(() -> Shards.keys(0, KEY_GROUPS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anUtteranceIsKeyedByTheKeyOfItsShard() {
    ShardUtterance utterance = new ShardUtterance(21, Examples.utterance("dev", "speech_1", 10));
    assertThat(new ShardKeySelector(32, KEY_GROUPS).getKey(utterance))
        .isEqualTo(Shards.keys(32, KEY_GROUPS)[21]);
  }
}
