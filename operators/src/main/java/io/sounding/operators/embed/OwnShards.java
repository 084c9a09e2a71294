package io.sounding.operators.embed;

import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.Manifest;
import io.sounding.operators.assemble.Division;
import io.sounding.operators.assemble.ShardUtterance;
import io.sounding.operators.assemble.Shards;
import io.sounding.operators.assemble.Utterance;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * The shards of one subtask, those whose keys fall into its key groups: their state, and what is
 * there of each corpus as views of it, rebuilt on restore. Used by the task's thread alone.
 */
final class OwnShards {

  private final ShardState state;
  private final boolean byHash;
  private final int count;
  private final IntConsumer currentKey;
  private final TreeMap<Integer, ShardView> views = new TreeMap<>();

  /**
   * None yet.
   *
   * @param byHash whether corpora are divided by hash
   * @param count of the shards of all subtasks
   * @param currentKey makes a key Flink's current one
   */
  OwnShards(ShardState state, boolean byHash, int count, IntConsumer currentKey) {
    this.state = state;
    this.byHash = byHash;
    this.count = count;
    this.currentKey = currentKey;
  }

  /** Views the state of the subtask's shards, and queues the checkpoints that wait in it. */
  void restore(TaskInfo task, EmbedQueue queue) throws Exception {
    int keyGroups = task.getMaxNumberOfParallelSubtasks();
    int[] keys = Shards.keys(count, keyGroups);
    for (int shard = 0; shard < count; shard++) {
      int owner =
          KeyGroupRangeAssignment.assignKeyToParallelOperator(
              keys[shard], keyGroups, task.getNumberOfParallelSubtasks());
      if (owner == task.getIndexOfThisSubtask()) {
        currentKey.accept(keys[shard]);
        views.put(shard, state.view(keys[shard]));
        for (CheckpointRequest request : state.pending()) {
          queue.add(request, shard);
        }
      }
    }
  }

  /** Their numbers, ascending. */
  Set<Integer> numbers() {
    return views.keySet();
  }

  /** The state of a shard, whose key becomes Flink's current one. */
  ShardState select(int shard) {
    currentKey.accept(views.get(shard).key());
    return state;
  }

  /** The shard that a key stands for. */
  int ofKey(int key) {
    return views.entrySet().stream()
        .filter(entry -> entry.getValue().key() == key)
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  /**
   * Takes an utterance; once more, it changes nothing.
   *
   * @return why it cannot be taken, a sentence; null if it can
   */
  String add(ShardUtterance added) throws Exception {
    Utterance utterance = added.utterance();
    ShardView view = views.get(added.shard());
    String rejection = view.rejects(utterance);
    if (rejection == null && view.isNew(utterance)) {
      select(added.shard()).putAudio(utterance);
      view.add(utterance);
    }
    return rejection;
  }

  /**
   * Takes the manifest of a corpus.
   *
   * @return why utterances that were there had to go, a sentence each
   */
  List<String> seal(Manifest manifest) throws Exception {
    Division division = byHash ? Division.byHash(manifest, count) : Division.of(manifest, count);
    List<String> refused = new ArrayList<>();
    for (var entry : views.entrySet()) {
      ShardManifest part = ShardManifest.of(manifest, division, entry.getKey());
      ShardState own = select(entry.getKey());
      own.putManifest(part);
      for (ShardView.Refused each : entry.getValue().seal(part)) {
        own.removeAudio(part.corpusId(), each.utteranceId());
        refused.add(each.sentence());
      }
    }
    return refused;
  }

  /** Whether the corpus is sealed and all its audio of the shard is there. */
  boolean isComplete(String corpusId, int shard) {
    return views.get(shard).isComplete(corpusId);
  }

  /** The shard's part of the manifest of a corpus that is complete. */
  ShardManifest manifest(String corpusId, int shard) {
    return views.get(shard).manifest(corpusId);
  }

  /** What a corpus lacks in a shard, a sentence. */
  String missing(String corpusId, int shard) {
    return views.get(shard).missing(corpusId);
  }
}
