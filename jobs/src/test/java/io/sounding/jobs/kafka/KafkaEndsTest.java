package io.sounding.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class KafkaEndsTest {

  /** As where transaction.max.timeout.ms of the brokers is lower than ours. */
  @Test
  void transactionsLastTenMinutesUnlessTheUserGivesThemAnotherTime() {
    KafkaClients kafka = KafkaClients.of("nowhere:9092", Topics.withPrefix("sounding"));
    assertThat(KafkaEnds.ofProducers(kafka)).containsEntry("transaction.timeout.ms", "600000");

    Properties settings = new Properties();
    settings.put("transaction.timeout.ms", "120000");
    settings.put("linger.ms", "5");
    assertThat(KafkaEnds.ofProducers(kafka.with(settings)))
        .containsEntry("transaction.timeout.ms", "120000")
        .containsEntry("linger.ms", "5");
    assertThat(KafkaEnds.transactionTimeout(kafka.with(settings))).hasValue(Duration.ofMinutes(2));
  }

  @Test
  void aTimeThatKafkaWouldNotTakeIsRefusedUnlessItIsReadWhereTheJobRuns() {
    KafkaClients kafka = KafkaClients.of("nowhere:9092", Topics.withPrefix("sounding"));
    Properties settings = new Properties();
    settings.put("transaction.timeout.ms", "${env:TIMEOUT}");
    assertThat(KafkaEnds.transactionTimeout(kafka.with(settings))).isEmpty();
    settings.put("transaction.timeout.ms", "10m");
    assertThatThrownBy(() -> KafkaEnds.transactionTimeout(kafka.with(settings)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("transaction.timeout.ms in --kafka-properties is \"10m\"");
  }

  /** Beans of JMX would hold the class loader of a job that failed while it started. */
  @Test
  void clientsHaveNoReportersUnlessTheUserNamesSome() {
    KafkaClients kafka = KafkaClients.of("nowhere:9092", Topics.withPrefix("sounding"));
    assertThat(KafkaEnds.ofProducers(kafka)).containsEntry("metric.reporters", "");

    Properties settings = new Properties();
    settings.put("metric.reporters", "org.apache.kafka.common.metrics.JmxReporter");
    assertThat(KafkaEnds.ofProducers(kafka.with(settings)))
        .containsAllEntriesOf(
            Map.of("metric.reporters", "org.apache.kafka.common.metrics.JmxReporter"));
  }

  @Test
  void onlyWhatIsCommittedIsReadAndNoTopicIsMadeByReadingIt() {
    Properties settings = new Properties();
    settings.put("allow.auto.create.topics", "true");
    settings.put("security.protocol", "SSL");
    KafkaClients kafka = KafkaClients.of("nowhere:9092", Topics.withPrefix("sounding"));
    assertThat(KafkaEnds.ofConsumers(kafka.with(settings)))
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("allow.auto.create.topics", "false")
        .containsEntry("security.protocol", "SSL")
        .containsEntry("metric.reporters", "");
  }
}
