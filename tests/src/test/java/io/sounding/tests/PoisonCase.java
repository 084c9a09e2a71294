package io.sounding.tests;

import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RejectReason;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A line of the table: what is published, and what must come of it.
 *
 * @param name what is wrong; also the id of the checkpoint where there is one
 * @param reason of the dead letter that must come; null where there is to be a metric event
 * @param status of the metric event that must close the checkpoint; null where there is to be a
 *     dead letter
 * @param sentences what the dead letter or the FAILED event must say, among other things
 * @param records what is published, in this order
 */
record PoisonCase(
    String name,
    RejectReason reason,
    MetricStatus status,
    List<String> sentences,
    List<ProducerRecord<byte[], byte[]>> records) {

  /** Must become a dead letter. */
  static PoisonCase letter(
      String name,
      RejectReason reason,
      String sentence,
      List<ProducerRecord<byte[], byte[]>> records) {
    return new PoisonCase(name, reason, null, List.of(sentence), records);
  }

  /** Must become a FAILED event of the checkpoint that is called like the case. */
  static PoisonCase failed(
      String name, List<String> sentences, List<ProducerRecord<byte[], byte[]>> records) {
    return new PoisonCase(name, null, MetricStatus.FAILED, sentences, records);
  }

  /** Looks like poison, but must be evaluated. */
  static PoisonCase evaluated(String name, List<ProducerRecord<byte[], byte[]>> records) {
    return new PoisonCase(name, null, MetricStatus.FINAL, List.of(), records);
  }

  boolean isOfACheckpoint() {
    return status != null;
  }

  @Override
  public String toString() {
    return name;
  }
}
