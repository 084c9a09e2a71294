package io.sounding.operators.admit;

import io.sounding.schemas.AudioChunk;
import io.sounding.schemas.CorpusSealed;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.RecordReader;
import io.sounding.schemas.registry.WireFormat;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Records of the topic of audio to chunks, and to manifests on a side output; what is not a valid
 * one of either is a dead letter.
 */
public final class AdmitAudio extends ProcessFunction<KafkaRecord, Chunk> {

  private static final long serialVersionUID = 1L;

  /** Manifests leave here. */
  public static final OutputTag<Manifest> MANIFESTS =
      new OutputTag<>("manifests", TypeInformation.of(Manifest.class));

  private final WireFormat wire;
  private transient RecordReader reader;
  private transient DeadLetterOutput deadLetters;

  /** Reads records in this format. */
  public AdmitAudio(WireFormat wire) {
    this.wire = wire;
  }

  @Override
  public void open(OpenContext context) {
    reader = wire.reading(AudioChunk.getClassSchema(), CorpusSealed.getClassSchema());
    deadLetters = new DeadLetterOutput(getRuntimeContext());
  }

  @Override
  public void processElement(KafkaRecord source, Context context, Collector<Chunk> out) {
    try {
      SpecificRecord record = reader.decode(source.value());
      if (record instanceof CorpusSealed sealed) {
        context.output(MANIFESTS, Manifest.of(sealed, source));
      } else {
        out.collect(Chunk.of((AudioChunk) record, source));
      }
    } catch (DecodingException e) {
      context.output(
          DeadLetterOutput.TAG,
          deadLetters.counted(Rejection.of(source, e.reason(), e.getMessage())));
    }
  }
}
