package io.sounding.jobs.cli;

import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.jobs.watch.PassedOver;
import io.sounding.jobs.watch.RecordedEvents;
import io.sounding.schemas.MetricEvent;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Events of which is told how many were read, while they are.
 *
 * @param events where they come from
 * @param progress where it is told
 */
record EventsWithProgress(RecordedEvents events, ProgressLine progress) implements RecordedEvents {

  @Override
  public void metrics(Consumer<MetricEvent> taker) throws UnusableInputException {
    AtomicLong read = new AtomicLong();
    events.metrics(
        event -> {
          taker.accept(event);
          read.incrementAndGet();
          progress.show(() -> "  read %d events".formatted(read.get()));
        });
    progress.erase();
  }

  @Override
  public Alarms alarms() throws UnusableInputException {
    return events.alarms();
  }

  @Override
  public List<PassedOver> passedOver() {
    return events.passedOver();
  }
}
