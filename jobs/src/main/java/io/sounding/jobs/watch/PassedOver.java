package io.sounding.jobs.watch;

import io.sounding.jobs.publish.Counted;

/**
 * Records of a topic that were passed over since they could not be read.
 *
 * @param topic where they are
 * @param records how many there are
 */
public record PassedOver(String topic, int records) {

  /** What to tell whoever expected them. */
  public String sentence() {
    return "%s of topic %s could not be read; did a newer version of Sounding write %s? Then read the topic with that version. Confluent's wire format is read with --schema-registry."
        .formatted(Counted.of(records, "record"), topic, records == 1 ? "it" : "them");
  }
}
