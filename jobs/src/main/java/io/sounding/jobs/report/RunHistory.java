package io.sounding.jobs.report;

import io.sounding.jobs.watch.MetricField;
import io.sounding.schemas.AlarmEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** A run on a corpus: its checkpoints by ascending step, and its alarms. */
final class RunHistory {

  private static final Comparator<CheckpointResult> ORDER =
      Comparator.comparingLong(CheckpointResult::step)
          .thenComparing(CheckpointResult::checkpointId);

  private final String runId;
  private final String corpusId;
  private final List<CheckpointResult> checkpoints;
  private final List<AlarmEvent> alarms;

  RunHistory(
      String runId, String corpusId, List<CheckpointResult> checkpoints, List<AlarmEvent> alarms) {
    this.runId = runId;
    this.corpusId = corpusId;
    this.checkpoints = checkpoints.stream().sorted(ORDER).toList();
    this.alarms = List.copyOf(alarms);
  }

  String runId() {
    return runId;
  }

  String corpusId() {
    return corpusId;
  }

  List<CheckpointResult> checkpoints() {
    return checkpoints;
  }

  List<AlarmEvent> alarms() {
    return alarms;
  }

  /** The layers of which there is a FINAL event, ascending. */
  SortedSet<Integer> layers() {
    SortedSet<Integer> layers = new TreeSet<>();
    checkpoints.forEach(checkpoint -> layers.addAll(checkpoint.layers().keySet()));
    return layers;
  }

  /** FINAL values of a metric of a layer. */
  List<PlotLine.Point> metric(MetricField field, int layer) {
    List<PlotLine.Point> points = new ArrayList<>();
    for (CheckpointResult checkpoint : checkpoints) {
      CheckpointResult.Layer result = checkpoint.layers().get(layer);
      if (result != null && !Double.isNaN(result.value(field))) {
        points.add(new PlotLine.Point(checkpoint.step(), result.value(field), result.error(field)));
      }
    }
    return points;
  }

  /** Training losses as far as they are known, NaN and infinity among them. */
  List<PlotLine.Point> losses() {
    return checkpoints.stream()
        .filter(checkpoint -> checkpoint.loss() != null)
        .map(checkpoint -> new PlotLine.Point(checkpoint.step(), checkpoint.loss(), Double.NaN))
        .toList();
  }
}
