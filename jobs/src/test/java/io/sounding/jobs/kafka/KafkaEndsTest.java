package io.sounding.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class KafkaEndsTest {

  /** As where transaction.max.timeout.ms of the brokers is lower than ours. */
  @Test
  void transactionsLastTenMinutesUnlessTheUserGivesThemAnotherTime() {
    KafkaClients kafka = KafkaClients.of("nowhere:9092", Topics.withPrefix("sounding"));
    assertThat(KafkaEnds.ofProducers(kafka)).isEqualTo(Map.of("transaction.timeout.ms", "600000"));

    Properties settings = new Properties();
    settings.put("transaction.timeout.ms", "120000");
    settings.put("linger.ms", "5");
    assertThat(KafkaEnds.ofProducers(kafka.with(settings)))
        .isEqualTo(Map.of("transaction.timeout.ms", "120000", "linger.ms", "5"));
  }
}
