package io.sounding.operators.embed;

import io.sounding.operators.StateLayout;
import io.sounding.operators.UnusableStateException;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.assemble.Division;
import io.sounding.operators.assemble.Utterance;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/**
 * The state of one shard, that of Flink's current key: its audio, its part of each manifest, the
 * checkpoints still to be evaluated on it, and how far it is with the one under way.
 *
 * <p>State, layout 5, keyed by shard: map "audio", the utterances; map "audio-sha256s", their
 * digests, since whoever goes through a map holds up to 128 of its values; map "manifests", the
 * shard's part of each; map "pending", the checkpoints; value "in-flight", without the summaries;
 * map "in-flight-summaries", these by the position of their layer, one by one, since a value takes
 * several times its bytes while it is written or read; a processing-time timer per waiting
 * checkpoint ({@link CorpusTimeouts}); not keyed: union lists "number-of-shards" and
 * "divides-by-hash". Layouts 1 to 4 are read. Layout 1 has checkpoints without a file of weights; a
 * version that knows none would evaluate the graph's own weights. Layout 2 does not say when the
 * work in flight was begun, and its corpora are divided by a hash, as those of the job that goes on
 * from it are from then on. Layout 3 does not say by which files the work in flight was made. Up to
 * layout 4 the summaries of the work in flight are in its value.
 */
final class ShardState {

  private static final StateLayout LAYOUT = new StateLayout("embed", 5);

  private static final int LAST_LAYOUT_BY_HASH = 2;

  private final MapState<String, Utterance> audio;
  private final MapState<String, String> audioSha256s;
  private final MapState<String, ShardManifest> manifests;
  private final MapState<String, CheckpointRequest> pending;
  private final ValueState<InFlight> inFlight;
  private final MapState<Integer, byte[]> inFlightSummaries;

  ShardState(KeyedStateStore store) {
    audio = store.getMapState(new MapStateDescriptor<>("audio", String.class, Utterance.class));
    audioSha256s =
        store.getMapState(new MapStateDescriptor<>("audio-sha256s", String.class, String.class));
    manifests =
        store.getMapState(new MapStateDescriptor<>("manifests", String.class, ShardManifest.class));
    pending =
        store.getMapState(
            new MapStateDescriptor<>("pending", String.class, CheckpointRequest.class));
    inFlight = store.getState(new ValueStateDescriptor<>("in-flight", InFlight.class));
    inFlightSummaries =
        store.getMapState(
            new MapStateDescriptor<>("in-flight-summaries", Integer.class, byte[].class));
  }

  /**
   * Audio lies under the keys of its shards, so their number is part of the state, and so is how
   * corpora are divided.
   *
   * @return whether they are divided by hash
   * @throws UnusableStateException if the state was made with another number of shards, or its
   *     layout is not known
   */
  static boolean requireLayout(OperatorStateStore store, int shards) throws Exception {
    int restored = LAYOUT.restored(store);
    ListState<Integer> saved =
        store.getUnionListState(new ListStateDescriptor<>("number-of-shards", Integer.class));
    for (int shardsThen : saved.get()) {
      if (shardsThen != shards) {
        throw new UnusableStateException(
            "The savepoint was taken with %d shards, and the job is started with %d. Start it with --shards %d, or without the savepoint."
                .formatted(shardsThen, shards, shardsThen));
      }
    }
    saved.update(List.of(shards));
    return Division.isByHash(store, restored <= LAST_LAYOUT_BY_HASH);
  }

  Utterance audio(String corpusId, String utteranceId) throws Exception {
    return audio.get(Utterance.key(corpusId, utteranceId));
  }

  void putAudio(Utterance utterance) throws Exception {
    audio.put(utterance.key(), utterance);
    audioSha256s.put(utterance.key(), utterance.sha256());
  }

  void removeAudio(String corpusId, String utteranceId) throws Exception {
    audio.remove(Utterance.key(corpusId, utteranceId));
    audioSha256s.remove(Utterance.key(corpusId, utteranceId));
  }

  void putManifest(ShardManifest manifest) throws Exception {
    manifests.put(manifest.corpusId(), manifest);
  }

  Iterable<CheckpointRequest> pending() throws Exception {
    return pending.values();
  }

  CheckpointRequest pending(String evaluationId) throws Exception {
    return pending.get(evaluationId);
  }

  void putPending(CheckpointRequest request) throws Exception {
    pending.put(request.evaluationId(), request);
  }

  InFlight inFlight() throws Exception {
    InFlight value = inFlight.value();
    if (value == null || value.layers() == 0 || value.fold().summaries().length > 0) {
      return value;
    }
    byte[][] summaries = new byte[value.layers()][];
    for (int i = 0; i < summaries.length; i++) {
      summaries[i] = inFlightSummaries.get(i);
    }
    return value.with(summaries);
  }

  /**
   * Saves the work in flight.
   *
   * @param value without summaries
   * @param summaries by the position of their layer
   */
  void putInFlight(InFlight value, IntFunction<byte[]> summaries) throws Exception {
    removeSummaries(value.layers()); // those of another evaluation, which had more layers
    for (int i = 0; i < value.layers(); i++) {
      inFlightSummaries.put(i, summaries.apply(i));
    }
    inFlight.update(value);
  }

  private void removeSummaries(int from) throws Exception {
    InFlight current = inFlight.value();
    for (int i = from; current != null && i < current.layers(); i++) {
      inFlightSummaries.remove(i);
    }
  }

  /** Ends the shard's part in an evaluation. */
  void forget(String evaluationId) throws Exception {
    pending.remove(evaluationId);
    InFlight current = inFlight.value();
    if (current != null && current.evaluationId().equals(evaluationId)) {
      removeSummaries(0);
      inFlight.clear();
    }
  }

  /** The view of the current key's state. */
  ShardView view(int key) throws Exception {
    if (audioSha256s.isEmpty()) { // as in layouts up to 4
      for (Map.Entry<String, Utterance> entry : audio.entries()) {
        audioSha256s.put(entry.getKey(), entry.getValue().sha256());
      }
    }
    ShardView view = new ShardView(key);
    for (Map.Entry<String, String> entry : audioSha256s.entries()) {
      int end = entry.getKey().indexOf('\n');
      String corpusId = entry.getKey().substring(0, end);
      view.add(corpusId, entry.getKey().substring(end + 1), entry.getValue());
    }
    for (ShardManifest manifest : manifests.values()) {
      view.seal(manifest);
    }
    return view;
  }
}
