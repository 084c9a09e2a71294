package io.sounding.operators.relate;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * How the alarms of a run on a corpus stand, judged over all its checkpoints in the order of their
 * steps: a function of what was measured, not of the order in which it was measured.
 */
final class AlarmJudge {

  private static final int RANK_ME = 0;
  private static final int ANISOTROPY = 1;
  private static final int DEAD_SHARE = 2;
  private static final int LAYERS = 3;

  private final AlarmRules rules;
  private final Map<Integer, Map<AlarmMetric, AlarmWatch>> watches = new TreeMap<>();

  /** Has judged nothing yet. */
  AlarmJudge(AlarmRules rules) {
    this.rules = rules;
  }

  /**
   * Takes a measurement into the histories: its row into that of its layer, and its loss, if it is
   * known, into that of {@link Measurement#NO_LAYER}.
   *
   * @return whether it says anything new
   */
  static boolean note(Map<Integer, LayerHistory> histories, Measurement measurement) {
    boolean isNew = false;
    if (measurement.hasLayer()) {
      isNew = note(histories, measurement, row(measurement));
    }
    if (measurement.trainingLoss() != null) {
      isNew |= note(histories, measurement.ofCheckpoint(), measurement.ofCheckpoint().values());
    }
    return isNew;
  }

  private static boolean note(
      Map<Integer, LayerHistory> histories, Measurement measurement, double[] row) {
    LayerHistory before = histories.getOrDefault(measurement.layer(), LayerHistory.EMPTY);
    LayerHistory after = before.with(measurement, row);
    histories.put(measurement.layer(), after);
    return after != before;
  }

  private static double[] row(Measurement measurement) {
    double[] row = new double[4];
    row[RANK_ME] = measurement.values()[LayerMetric.RANK_ME.ordinal()];
    row[ANISOTROPY] = measurement.values()[LayerMetric.ANISOTROPY.ordinal()];
    row[DEAD_SHARE] = measurement.deadShare();
    row[LAYERS] = measurement.layers();
    return row;
  }

  /**
   * Every alarm that is raised, or was and is cleared.
   *
   * @param histories by layer; that of {@link Measurement#NO_LAYER} holds the losses
   */
  static List<Alarm> judge(Map<Integer, LayerHistory> histories, AlarmRules rules) {
    AlarmJudge judge = new AlarmJudge(rules);
    judge.goOn(histories);
    return judge.alarms();
  }

  /** Judges on; all steps of these histories come after those that were judged before. */
  void goOn(Map<Integer, LayerHistory> histories) {
    Map<Long, LastLayer> lastLayers = rules.allLayers() ? Map.of() : lastLayers(histories);
    histories.forEach(
        (layer, history) -> {
          boolean judgesAll = rules.allLayers() || layer == Measurement.NO_LAYER;
          watches
              .computeIfAbsent(layer, this::watchesOf)
              .forEach(
                  (metric, watch) ->
                      feed(
                          watch,
                          history,
                          column(metric),
                          step -> judgesAll || lastLayers.get(step).is(layer)));
        });
  }

  private Map<AlarmMetric, AlarmWatch> watchesOf(int layer) {
    Map<AlarmMetric, AlarmWatch> ofLayer = new EnumMap<>(AlarmMetric.class);
    for (AlarmMetric metric : rules.thresholds().keySet()) {
      if (metric.hasThreshold() == (layer != Measurement.NO_LAYER)) {
        ofLayer.put(metric, new AlarmWatch(metric, layer, rules));
      }
    }
    return ofLayer;
  }

  /** Every alarm that is raised, or was and is cleared, by layer. */
  List<Alarm> alarms() {
    return watches.values().stream()
        .flatMap(ofLayer -> ofLayer.values().stream())
        .map(AlarmWatch::latest)
        .filter(Objects::nonNull)
        .toList();
  }

  private static void feed(
      AlarmWatch watch, LayerHistory history, int column, LongPredicate isJudged) {
    for (int i = 0; i < history.size(); i++) {
      if (isJudged.test(history.steps()[i])) {
        watch.take(history.steps()[i], history.checkpointIds()[i], history.value(i, column));
      }
    }
  }

  private static int column(AlarmMetric metric) {
    return switch (metric) {
      case RANK_ME -> RANK_ME;
      case ANISOTROPY -> ANISOTROPY;
      case DEAD_CLUSTERS -> DEAD_SHARE;
      case TRAINING_LOSS -> 0;
    };
  }

  /**
   * The last evaluated layer at a step. The layers of a step may be of different attempts or
   * checkpoints: all count towards how many are known, while the highest attempt says how many
   * there are. Where a later attempt evaluates fewer layers than the one before, the last layer of
   * that one is judged on.
   */
  private static final class LastLayer {
    private int last = Measurement.NO_LAYER;
    private int known;
    private int evaluated;
    private int attempt = -1;
    private String checkpointId = "";

    private void take(int layer, LayerHistory history, int index) {
      known++;
      last = Math.max(last, layer);
      int its = history.attempts()[index];
      String checkpoint = history.checkpointIds()[index];
      if (its > attempt || its == attempt && checkpoint.compareTo(checkpointId) >= 0) {
        attempt = its;
        checkpointId = checkpoint;
        evaluated = (int) history.value(index, LAYERS);
      }
    }

    /** Whether it is this one; none is before as many are known as the checkpoint announces. */
    private boolean is(int layer) {
      return layer == last && known >= evaluated;
    }
  }

  private static Map<Long, LastLayer> lastLayers(Map<Integer, LayerHistory> histories) {
    Map<Long, LastLayer> lastLayers = new HashMap<>();
    histories.forEach(
        (layer, history) -> {
          for (int i = 0; layer != Measurement.NO_LAYER && i < history.size(); i++) {
            lastLayers
                .computeIfAbsent(history.steps()[i], step -> new LastLayer())
                .take(layer, history, i);
          }
        });
    return lastLayers;
  }
}
