package io.sounding.operators.relate;

import io.sounding.operators.StateLayout;
import io.sounding.operators.admit.Score;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed by run: tells every place at which a run is measured, a layer on a corpus, the run's
 * scores, whichever came first. Scores know their run and nothing of corpora and layers.
 *
 * <p>State, layout 1, keyed by run: map "places", by corpus id, line feed and layer, true; map
 * "scores", {@link TaskScores} by task. A place expires when neither a measurement there nor a
 * score came, scores when nothing came of the run, for the time that histories are kept.
 */
public final class JoinScores extends KeyedCoProcessFunction<String, Measurement, Score, Evidence>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  private static final StateLayout LAYOUT = new StateLayout("join-scores", 1);

  private final Duration history;
  private transient MapState<String, Boolean> places;
  private transient MapState<String, TaskScores> scores;

  /** Keeps what came for {@code history}. */
  public JoinScores(Duration history) {
    this.history = history;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    LAYOUT.restored(context.getOperatorStateStore());
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {}

  @Override
  public void open(OpenContext context) {
    StateTtlConfig expiry = StateTtlConfig.newBuilder(history).cleanupFullSnapshot().build();
    var placesDescriptor = new MapStateDescriptor<>("places", String.class, Boolean.class);
    placesDescriptor.enableTimeToLive(expiry);
    places = getRuntimeContext().getMapState(placesDescriptor);
    var scoresDescriptor = new MapStateDescriptor<>("scores", String.class, TaskScores.class);
    scoresDescriptor.enableTimeToLive(expiry);
    scores = getRuntimeContext().getMapState(scoresDescriptor);
  }

  @Override
  public void processElement1(Measurement measurement, Context context, Collector<Evidence> out)
      throws Exception {
    if (measurement.hasLayer()) {
      keepScores();
      join(measurement, out);
      join(measurement.ofCheckpoint(), out);
    }
  }

  private void keepScores() throws Exception {
    Map<String, TaskScores> kept = new HashMap<>();
    scores.entries().forEach(task -> kept.put(task.getKey(), task.getValue()));
    scores.putAll(kept);
  }

  private void join(Measurement measurement, Collector<Evidence> out) throws Exception {
    Evidence evidence = Evidence.of(measurement);
    boolean isNew = !places.contains(evidence.corpusAndLayer());
    places.put(evidence.corpusAndLayer(), true); // also when it is there: it lives on
    if (isNew) {
      for (Map.Entry<String, TaskScores> task : scores.entries()) {
        for (Score score : task.getValue().toScores(measurement.runId(), task.getKey())) {
          out.collect(new Evidence(evidence.corpusId(), evidence.layer(), null, score));
        }
      }
    }
    out.collect(evidence);
  }

  @Override
  public void processElement2(Score score, Context context, Collector<Evidence> out)
      throws Exception {
    TaskScores before = scores.get(score.task());
    TaskScores after = (before == null ? TaskScores.EMPTY : before).with(score);
    scores.put(score.task(), after);
    if (after == before) {
      return; // an older score, or the same again
    }
    List<String> known = new ArrayList<>();
    places.keys().forEach(known::add);
    for (String place : known) {
      places.put(place, true); // it lives on
      int end = place.indexOf('\n');
      int layer = Integer.parseInt(place.substring(end + 1));
      out.collect(new Evidence(place.substring(0, end), layer, null, score));
    }
  }
}
