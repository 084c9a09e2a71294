package io.sounding.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Properties;
import org.junit.jupiter.api.Test;

/** Settings of the user's before those of ours. */
class KafkaClientsTest {

  @Test
  void howLongKafkaMayTakeIsReadFromTheSettings() {
    Properties settings = new Properties();
    settings.put("default.api.timeout.ms", "nonsense");
    KafkaClients kafka =
        KafkaClients.of("127.0.0.1:1", Topics.withPrefix("sounding")).with(settings);
    assertThatThrownBy(() -> kafka.require("topic"))
        .isInstanceOf(KafkaUnavailableException.class)
        .hasMessageContaining("nonsense");
  }
}
