package io.sounding.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.schemas.MetricEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** FINAL events by what they are about, to be compared with those of an undisturbed run. */
record FinalEvents(Map<String, MetricEvent> byKey) {

  /** Rank family and moments, relative. */
  static final double RANK_TOLERANCE = 1e-9;

  /** Cluster family, relative. */
  static final double CLUSTER_TOLERANCE = 1e-6;

  /** Depend on the machine and on when it was done. */
  private static final Set<String> NOT_COMPARED = Set.of("cost", "emittedAt");

  /**
   * What a comparison came to.
   *
   * @param events number of events compared
   * @param rank largest relative difference of a number outside the cluster family
   * @param clusters largest relative difference of a number of the cluster family
   */
  record Difference(int events, double rank, double clusters) {}

  /** Refuses more than one event about the same. */
  static FinalEvents of(Map<String, List<MetricEvent>> finals) {
    Map<String, MetricEvent> single = new TreeMap<>();
    finals.forEach(
        (key, events) -> {
          assertThat(events).as("FINAL events of " + key).hasSize(1);
          single.put(key, events.get(0));
        });
    return new FinalEvents(single);
  }

  /** Compares every field; fails where events are missing, surplus or too different. */
  Difference comparedWith(FinalEvents reference) {
    assertThat(byKey.keySet()).isEqualTo(reference.byKey.keySet());
    double rank = 0;
    double clusters = 0;
    for (var entry : byKey.entrySet()) {
      MetricEvent expected = reference.byKey.get(entry.getKey());
      for (Schema.Field field : expected.getSchema().getFields()) {
        if (!NOT_COMPARED.contains(field.name())) {
          boolean ofClusters = field.name().equals("clusters");
          double difference =
              difference(
                  entry.getKey() + " " + field.name(),
                  expected.get(field.pos()),
                  entry.getValue().get(field.pos()),
                  ofClusters ? CLUSTER_TOLERANCE : RANK_TOLERANCE);
          rank = ofClusters ? rank : Math.max(rank, difference);
          clusters = ofClusters ? Math.max(clusters, difference) : clusters;
        }
      }
    }
    return new Difference(byKey.size(), rank, clusters);
  }

  private static double difference(String where, Object expected, Object actual, double tolerance) {
    if (expected instanceof IndexedRecord record) {
      double largest = 0;
      for (Schema.Field field : record.getSchema().getFields()) {
        largest =
            Math.max(
                largest,
                difference(
                    where + "." + field.name(),
                    record.get(field.pos()),
                    ((IndexedRecord) actual).get(field.pos()),
                    tolerance));
      }
      return largest;
    } else if (expected instanceof Double number && actual instanceof Double other) {
      double difference = number.equals(other) ? 0 : Math.abs(other - number) / Math.abs(number);
      assertThat(difference)
          .as("%s is %s, without faults %s", where, other, number)
          .isLessThanOrEqualTo(tolerance);
      return difference;
    }
    assertThat(actual).as(where).isEqualTo(expected);
    return 0;
  }
}
