package io.sounding.operators.relate;

import io.sounding.operators.publish.OutgoingRecord;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.SingleObjectCodec;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Metric events on their way to Kafka to measurements: FINAL and FAILED ones; PARTIAL ones end. */
public final class ReadMeasurements extends RichFlatMapFunction<OutgoingRecord, Measurement> {

  private static final long serialVersionUID = 1L;

  private transient SingleObjectCodec codec;

  @Override
  public void open(OpenContext context) {
    codec = SingleObjectCodec.reading(MetricEvent.getClassSchema());
  }

  @Override
  public void flatMap(OutgoingRecord record, Collector<Measurement> out) {
    try {
      MetricEvent event = (MetricEvent) codec.decode(record.value());
      if (event.getStatus() == MetricStatus.FINAL || event.getStatus() == MetricStatus.FAILED) {
        out.collect(Measurement.of(event));
      }
    } catch (DecodingException e) {
      throw new IllegalStateException("A metric event of this job cannot be read back.", e);
    }
  }
}
