package io.sounding.operators.admit;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.RecordReader;
import io.sounding.schemas.registry.WireFormat;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Records of the topic of checkpoints to requests; what is not a valid one is a dead letter. */
public final class AdmitCheckpoints extends ProcessFunction<KafkaRecord, CheckpointRequest> {

  private static final long serialVersionUID = 1L;

  private final WireFormat wire;
  private transient RecordReader reader;
  private transient DeadLetterOutput deadLetters;

  /** Reads records in this format. */
  public AdmitCheckpoints(WireFormat wire) {
    this.wire = wire;
  }

  @Override
  public void open(OpenContext context) {
    reader = wire.reading(CheckpointEvent.getClassSchema());
    deadLetters = new DeadLetterOutput(getRuntimeContext());
  }

  @Override
  public void processElement(
      KafkaRecord source, Context context, Collector<CheckpointRequest> out) {
    try {
      out.collect(CheckpointRequest.of((CheckpointEvent) reader.decode(source.value()), source));
    } catch (DecodingException e) {
      context.output(
          DeadLetterOutput.TAG,
          deadLetters.counted(Rejection.of(source, e.reason(), e.getMessage())));
    }
  }
}
