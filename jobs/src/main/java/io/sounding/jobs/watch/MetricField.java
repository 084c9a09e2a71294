package io.sounding.jobs.watch;

import io.sounding.schemas.ClusterFamily;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.RankFamily;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/**
 * A metric that has a value in every FINAL event: what is plotted and summarised.
 *
 * @param family the field of the event it stands in, {@code rank} or {@code clusters}
 * @param name its field there
 * @param title what people call it
 * @param errorName the field of its standard error; null: it has none
 */
public record MetricField(String family, String name, String title, String errorName) {

  /** Half the width of bands, standard errors: of a normal distribution they hold 95 %. */
  public static final double BAND = 1.96;

  private static final String RANK = "rank";
  private static final String CLUSTERS = "clusters";

  /** All metrics, in the order in which they are correlated: new ones at the end. */
  public static final List<MetricField> ALL =
      List.of(
          new MetricField(RANK, "rankMe", "RankMe", "rankMeStdErr"),
          new MetricField(RANK, "rankMeCentred", "RankMe, centred", null),
          new MetricField(RANK, "rankMeUtterance", "RankMe over utterances", null),
          new MetricField(RANK, "effectiveRankSquared", "Effective rank (squared)", null),
          new MetricField(RANK, "stableRank", "Stable rank", null),
          new MetricField(RANK, "participationRatio", "Participation ratio", null),
          new MetricField(RANK, "alphaReQ", "\u03b1-ReQ", null),
          new MetricField(RANK, "anisotropy", "Anisotropy", null),
          new MetricField(RANK, "meanNorm", "Mean norm", null),
          new MetricField(RANK, "normalisedStd", "Normalised standard deviation", null),
          new MetricField(CLUSTERS, "inertiaPerFrame", "Inertia per frame", "inertiaStdErr"),
          new MetricField(CLUSTERS, "inertiaNormalised", "Inertia, normalised", null),
          new MetricField(CLUSTERS, "daviesBouldin", "Davies-Bouldin index", null),
          new MetricField(CLUSTERS, "silhouette", "Silhouette", "silhouetteStdErr"),
          new MetricField(CLUSTERS, "simplifiedSilhouette", "Silhouette, simplified", null),
          new MetricField(CLUSTERS, "calinskiHarabasz", "Calinski-Harabasz index", null),
          new MetricField(CLUSTERS, "usagePerplexity", "Usage perplexity", null),
          new MetricField(CLUSTERS, "deadClusters", "Dead clusters", null));

  /** The metric of that field name; null if there is none. */
  public static MetricField named(String name) {
    return ALL.stream().filter(field -> field.name().equals(name)).findFirst().orElse(null);
  }

  /** Whether it is of the rank family, not of the clusters. */
  public boolean isRank() {
    return family.equals(RANK);
  }

  /** Its value; NaN where the event has none. */
  public double value(MetricEvent event) {
    return number(event, name);
  }

  /** The standard error of its value; NaN where the event has none. */
  public double standardError(MetricEvent event) {
    return errorName == null ? Double.NaN : number(event, errorName);
  }

  /** What it is, from the schema. */
  public String definition() {
    return schema().getField(name).doc();
  }

  private Schema schema() {
    return isRank() ? RankFamily.getClassSchema() : ClusterFamily.getClassSchema();
  }

  private double number(MetricEvent event, String field) {
    IndexedRecord metrics = isRank() ? event.getRank() : event.getClusters();
    Object value = metrics == null ? null : metrics.get(schema().getField(field).pos());
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
