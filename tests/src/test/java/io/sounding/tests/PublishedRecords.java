package io.sounding.tests;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.watch.CommittedRecords;
import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;

/** What is in a topic now. */
final class PublishedRecords {

  private PublishedRecords() {}

  static <T extends SpecificRecordBase> List<T> of(
      KafkaClients kafka, String topic, Class<T> kind) {
    try (CommittedRecords<T> records = new CommittedRecords<>(kafka, topic, kind)) {
      return records.toEnd();
    }
  }
}
