package io.sounding.operators.relate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;

/**
 * What is known of the runs of one layer on one corpus, in the state of {@link Correlate}: map
 * "histories", {@link LayerHistory} by run; map "scores", {@link TaskScores} by run id, line feed
 * and task.
 */
final class EvidenceState {

  private final MapState<String, LayerHistory> histories;
  private final MapState<String, TaskScores> scores;

  EvidenceState(RuntimeContext context, StateTtlConfig expiry) {
    var ofHistories = new MapStateDescriptor<>("histories", String.class, LayerHistory.class);
    ofHistories.enableTimeToLive(expiry);
    histories = context.getMapState(ofHistories);
    var ofScores = new MapStateDescriptor<>("scores", String.class, TaskScores.class);
    ofScores.enableTimeToLive(expiry);
    scores = context.getMapState(ofScores);
  }

  /** Keeps the evidence, and all of its run alive; whether it says anything new. */
  boolean note(Evidence evidence) throws Exception {
    String run = evidence.runId();
    keepAlive(run);
    if (evidence.measurement() != null) {
      LayerHistory before = histories.get(run);
      LayerHistory after =
          (before == null ? LayerHistory.EMPTY : before)
              .with(evidence.measurement(), evidence.measurement().values());
      histories.put(run, after);
      return after != before;
    }
    String key = run + "\n" + evidence.score().task();
    TaskScores before = scores.get(key);
    TaskScores after = (before == null ? TaskScores.EMPTY : before).with(evidence.score());
    scores.put(key, after);
    return after != before;
  }

  /** Expiry counts from the last time that a value was written. */
  private void keepAlive(String run) throws Exception {
    LayerHistory history = histories.get(run);
    if (history != null) {
      histories.put(run, history);
    }
    List<Map.Entry<String, TaskScores>> ofRun = new ArrayList<>();
    for (Map.Entry<String, TaskScores> entry : scores.entries()) {
      if (entry.getKey().startsWith(run + "\n")) {
        ofRun.add(Map.entry(entry.getKey(), entry.getValue()));
      }
    }
    for (Map.Entry<String, TaskScores> entry : ofRun) {
      scores.put(entry.getKey(), entry.getValue());
    }
  }

  /** All of it, for pairs to be made. */
  PairTable table(boolean ofLayer) throws Exception {
    PairTable table = new PairTable(ofLayer);
    for (Map.Entry<String, LayerHistory> run : histories.entries()) {
      table.put(run.getKey(), run.getValue());
    }
    for (Map.Entry<String, TaskScores> entry : scores.entries()) {
      int end = entry.getKey().indexOf('\n');
      table.put(
          entry.getKey().substring(0, end), entry.getKey().substring(end + 1), entry.getValue());
    }
    return table;
  }
}
