package io.sounding.jobs.export;

import io.sounding.schemas.MetricEvent;
import java.io.Closeable;
import java.io.IOException;

/** A file of metric events that is being written, one after the other. */
interface EventTable extends Closeable {

  void write(MetricEvent event) throws IOException;
}
