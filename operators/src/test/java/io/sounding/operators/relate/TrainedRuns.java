package io.sounding.operators.relate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Measurements of four trained runs, two of which collapse: runs.csv, see README.md beside it. */
final class TrainedRuns {

  static final String CORPUS = "dev";

  private TrainedRuns() {}

  /** A run's measurements in the order of layers, then steps. */
  static List<Measurement> of(String run) {
    List<Measurement> measurements = new ArrayList<>();
    try (InputStream in = TrainedRuns.class.getResourceAsStream("runs.csv")) {
      String table = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : table.lines().skip(1).toList()) {
        String[] cells = line.split(",");
        if (cells[0].equals(run)) {
          measurements.add(
              measurement(
                  run,
                  Integer.parseInt(cells[1]),
                  Integer.parseInt(cells[2]),
                  Long.parseLong(cells[3]),
                  Double.valueOf(cells[4]),
                  Double.parseDouble(cells[5]),
                  Double.parseDouble(cells[6])));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return measurements;
  }

  /** The same as training would publish it: checkpoint by checkpoint, all layers of each. */
  static List<Measurement> inOrder(String run) {
    return of(run).stream().sorted(java.util.Comparator.comparingLong(Measurement::step)).toList();
  }

  /** What a FINAL event says, cut down to what alarms are judged by. */
  static Measurement measurement(
      String run, int layer, int layers, long step, Double loss, double rankMe, double anisotropy) {
    double[] values = new double[LayerMetric.values().length];
    Arrays.fill(values, Double.NaN);
    values[LayerMetric.RANK_ME.ordinal()] = rankMe;
    values[LayerMetric.ANISOTROPY.ordinal()] = anisotropy;
    values[LayerMetric.DEAD_CLUSTERS.ordinal()] = 0;
    return new Measurement(
        run, "step%05d.pt".formatted(step), step, 0, CORPUS, loss, layer, layers, 0, values);
  }

  /** The same with a share of dead clusters. */
  static Measurement withDeadShare(Measurement measurement, double deadShare) {
    return new Measurement(
        measurement.runId(),
        measurement.checkpointId(),
        measurement.step(),
        measurement.attempt(),
        measurement.corpusId(),
        measurement.trainingLoss(),
        measurement.layer(),
        measurement.layers(),
        deadShare,
        measurement.values());
  }

  /** The same of another attempt. */
  static Measurement withAttempt(Measurement measurement, int attempt) {
    return new Measurement(
        measurement.runId(),
        measurement.checkpointId(),
        measurement.step(),
        attempt,
        measurement.corpusId(),
        measurement.trainingLoss(),
        measurement.layer(),
        measurement.layers(),
        measurement.deadShare(),
        measurement.values());
  }
}
