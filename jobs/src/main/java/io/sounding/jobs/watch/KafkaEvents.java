package io.sounding.jobs.watch;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.MetricEvent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What the topics of metrics and alarms hold now, committed records only. Both are compacted: of
 * each metric and alarm the latest event is there, earlier ones may be.
 */
public final class KafkaEvents implements RecordedEvents {

  private final KafkaClients kafka;
  private final Map<String, List<PassedOver>> passedOver = new TreeMap<>();

  /**
   * Makes sure that the topic of metrics can be read.
   *
   * @throws KafkaUnavailableException with a sentence, if not
   */
  public KafkaEvents(KafkaClients kafka) {
    this.kafka = kafka;
    kafka.require(kafka.topics().metrics());
  }

  @Override
  public void metrics(Consumer<MetricEvent> taker) {
    try (CommittedRecords<MetricEvent> records =
        new CommittedRecords<>(kafka, kafka.topics().metrics(), MetricEvent.class)) {
      records.toEnd(taker);
      passedOver.put(kafka.topics().metrics(), records.passedOver());
    }
  }

  @Override
  public Alarms alarms() throws UnusableInputException {
    if (!kafka.has(kafka.topics().alarms())) {
      return Alarms.judged(this, "since Kafka has no topic " + kafka.topics().alarms());
    }
    try (CommittedRecords<AlarmEvent> records =
        new CommittedRecords<>(kafka, kafka.topics().alarms(), AlarmEvent.class)) {
      List<AlarmEvent> events = records.toEnd();
      passedOver.put(kafka.topics().alarms(), records.passedOver());
      return new Alarms(events, null);
    }
  }

  @Override
  public List<PassedOver> passedOver() {
    return passedOver.values().stream().flatMap(List::stream).toList();
  }
}
