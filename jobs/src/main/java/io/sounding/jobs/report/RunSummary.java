package io.sounding.jobs.report;

import io.sounding.jobs.watch.MetricField;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What became of a run, in few numbers, of the last layer that was evaluated. */
final class RunSummary {

  private static final MetricField RANK_ME = MetricField.named("rankMe");
  private static final MetricField ANISOTROPY = MetricField.named("anisotropy");

  private final RunHistory run;
  private final List<PlotLine.Point> rankMe;
  private final List<PlotLine.Point> anisotropy;

  RunSummary(RunHistory run) {
    this.run = run;
    boolean any = !run.layers().isEmpty();
    rankMe = any ? run.metric(RANK_ME, run.layers().last()) : List.of();
    anisotropy = any ? run.metric(ANISOTROPY, run.layers().last()) : List.of();
  }

  /** The layer these numbers are of; a dash without one. */
  String layer() {
    return run.layers().isEmpty() ? "-" : run.layers().last().toString();
  }

  /** 12 FINAL, 1 FAILED, 2 under way. */
  String checkpoints() {
    long failed = run.checkpoints().stream().filter(CheckpointResult::isFailed).count();
    long done = run.checkpoints().stream().filter(CheckpointResult::isFinal).count();
    long open = run.checkpoints().size() - failed - done;
    return done
        + " FINAL"
        + (failed > 0 ? ", " + failed + " FAILED" : "")
        + (open > 0 ? ", " + open + " under way" : "");
  }

  String steps() {
    List<CheckpointResult> all = run.checkpoints();
    return all.get(0).step() + " to " + all.get(all.size() - 1).step();
  }

  String loss() {
    return fromTo(run.losses(), "%.4g");
  }

  String rankMe() {
    return fromTo(rankMe, "%.1f");
  }

  /** Where RankMe was highest, and how far below it is now. */
  String rankMePeak() {
    if (rankMe.isEmpty()) {
      return "-";
    }
    PlotLine.Point peak =
        rankMe.stream().max(Comparator.comparingDouble(PlotLine.Point::value)).orElseThrow();
    double fall = 1 - rankMe.get(rankMe.size() - 1).value() / peak.value();
    return String.format(
        Locale.ROOT, "%.1f at step %d (now %.0f %% below)", peak.value(), peak.step(), 100 * fall);
  }

  String anisotropy() {
    return fromTo(anisotropy, "%.3f");
  }

  /** How many are raised now, and how many were cleared. */
  String alarms() {
    Map<List<Object>, AlarmEvent> latest = new HashMap<>();
    for (AlarmEvent alarm : run.alarms()) {
      latest.put(List.of(alarm.getMetric(), Objects.toString(alarm.getLayer())), alarm);
    }
    long raised =
        latest.values().stream().filter(alarm -> alarm.getState() == AlarmState.RAISED).count();
    long cleared =
        run.alarms().stream().filter(alarm -> alarm.getState() == AlarmState.CLEARED).count();
    if (raised + cleared == 0) {
      return "none";
    }
    return raised + " raised" + (cleared > 0 ? ", " + cleared + " cleared" : "");
  }

  private static String fromTo(List<PlotLine.Point> points, String format) {
    if (points.isEmpty()) {
      return "-";
    }
    return number(format, points.get(0).value())
        + " \u2192 "
        + number(format, points.get(points.size() - 1).value());
  }

  /** A number in a format; NaN, Infinity and -Infinity as these words. */
  static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
