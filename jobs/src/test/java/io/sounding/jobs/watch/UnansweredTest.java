package io.sounding.jobs.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.jobs.kafka.Topics;
import io.sounding.schemas.MetricEvent;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import javax.management.ObjectName;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Readers of a Kafka that takes connections and says nothing. */
class UnansweredTest {

  private static final Topics TOPICS = Topics.withPrefix("sounding");

  private ServerSocket silent;

  @BeforeEach
  void listen() throws Exception {
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws Exception {
    silent.close();
  }

  private KafkaClients kafka() {
    Properties impatient = new Properties();
    impatient.put("client.id", "unanswered");
    impatient.put("request.timeout.ms", "100");
    impatient.put("default.api.timeout.ms", "200");
    return KafkaClients.of("127.0.0.1:" + silent.getLocalPort(), TOPICS).with(impatient);
  }

  /** Consumers that are open: each shows itself to JMX until it is closed. */
  private static int open() throws Exception {
    return ManagementFactory.getPlatformMBeanServer()
        .queryNames(new ObjectName("kafka.consumer:type=app-info,id=unanswered"), null)
        .size();
  }

  @Test
  void aConsumerThatIsOpenIsSeen() throws Exception {
    try (var consumer = kafka().consumer()) {
      assertThat(consumer.assignment()).isEmpty();
      assertThat(open()).isEqualTo(1);
    }
    assertThat(open()).isZero();
  }

  @Test
  void readersThatCannotBeginLeaveNoConsumerBehind() throws Exception {
    List<String> topics = List.of(TOPICS.metrics());

    assertThatThrownBy(() -> new CommittedRecords<>(kafka(), TOPICS.metrics(), MetricEvent.class))
        .isInstanceOf(TimeoutException.class);
    assertThat(open()).isZero();
    assertThatThrownBy(() -> EventFollower.fromNow(kafka(), topics))
        .isInstanceOf(TimeoutException.class);
    assertThat(open()).isZero();
    assertThatThrownBy(() -> EventFollower.since(kafka(), topics, Instant.EPOCH))
        .isInstanceOf(TimeoutException.class);
    assertThat(open()).isZero();
  }

  @Test
  void whetherATopicIsThereIsNotKnown() {
    assertThatThrownBy(() -> kafka().has(TOPICS.alarms()))
        .isInstanceOf(KafkaUnavailableException.class)
        .hasMessageContaining("does not answer");
  }
}
