package io.sounding.jobs.watch;

import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.MetricEvent;
import java.util.List;
import java.util.function.Consumer;

/** What has been told of evaluations up to now: read from Kafka, or from files. */
public interface RecordedEvents {

  /**
   * Hands out the metric events, each as often as it was recorded, in the order in which they were
   * within a checkpoint. May be called again.
   *
   * @throws UnusableInputException with a sentence, if they are in a file that cannot be used
   */
  void metrics(Consumer<MetricEvent> taker) throws UnusableInputException;

  /** The alarms, in the order in which they were raised and cleared. */
  List<AlarmEvent> alarms();
}
