package io.sounding.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of the user's before those of ours. */
class KafkaClientsTest {

  @Test
  void whyAClientFailedIsSaidInItsWordsOrElseByItsName() {
    assertThat(KafkaClients.reason(new ExecutionException(new IllegalStateException("It broke."))))
        .isEqualTo("It broke.");
    assertThat(KafkaClients.reason(new IllegalStateException("It broke."))).isEqualTo("It broke.");
    assertThat(KafkaClients.reason(new TimeoutException())).isEqualTo("TimeoutException");
  }

  @ParameterizedTest
  @ValueSource(strings = {"default.api.timeout.ms", "request.timeout.ms"})
  void howLongKafkaMayTakeIsReadFromTheSettings(String name) {
    Properties settings = new Properties();
    settings.put(name, "nonsense");
    KafkaClients kafka =
        KafkaClients.of("127.0.0.1:1", Topics.withPrefix("sounding")).with(settings);
    assertThatThrownBy(() -> kafka.require("topic"))
        .isInstanceOf(KafkaUnavailableException.class)
        .hasMessageContaining("nonsense");
  }
}
