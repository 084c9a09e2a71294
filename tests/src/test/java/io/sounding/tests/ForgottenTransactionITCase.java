package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.Topics;
import java.nio.file.Path;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableSummary;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.flink.streaming.runtime.operators.sink.CommitterOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job goes on from state that is older than Kafka's memory of its transactions. */
class ForgottenTransactionITCase {

  private static final KafkaCommittable FORGOTTEN =
      new KafkaCommittable(4711, (short) 3, "job-metrics-0-17", null);

  @TempDir private Path folder;

  @Test
  @SuppressWarnings({"unchecked", "try"}) // closing as Flink does it may throw InterruptedException
  void doesNotMakeTheJobFail() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
      Topics topics = Topics.withPrefix("sounding");
      Object sink =
          KafkaEnds.of(KafkaClients.of(broker.bootstrapServers(), topics), "job").metrics();
      assertThat(sink).isInstanceOf(LineageVertexProvider.class);
      SupportsCommitter<KafkaCommittable> commits = (SupportsCommitter<KafkaCommittable>) sink;
      try (var stage =
          new OneInputStreamOperatorTestHarness<
              CommittableMessage<KafkaCommittable>, CommittableMessage<KafkaCommittable>>(
              new CommitterOperatorFactory<>(commits, false, true))) {
        stage.open();
        stage.processElement(new CommittableSummary<>(0, 1, 1, 1, 0), 0);
        stage.processElement(new CommittableWithLineage<>(FORGOTTEN, 1, 0), 0);
        assertThatCode(() -> stage.notifyOfCompletedCheckpoint(1)).doesNotThrowAnyException();
      }
    }
  }
}
