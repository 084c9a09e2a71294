package io.sounding.jobs.watch;

import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.operators.relate.AlarmRules;
import io.sounding.operators.relate.RecordedAlarms;
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
  Alarms alarms() throws UnusableInputException;

  /** What could not be read of them up to now, by topic; empty: nothing. */
  List<PassedOver> passedOver();

  /**
   * Alarms and where they come from.
   *
   * @param events raised and cleared
   * @param note a sentence to be shown with them; null: they are as the job published them
   */
  record Alarms(List<AlarmEvent> events, String note) {

    /** What the job would have published with its default rules. */
    static Alarms judged(RecordedEvents of, String because) throws UnusableInputException {
      RecordedAlarms alarms = new RecordedAlarms();
      of.metrics(alarms::add);
      return new Alarms(
          alarms.judge(AlarmRules.DEFAULT),
          "Alarms were judged with the default thresholds, " + because + ".");
    }
  }
}
