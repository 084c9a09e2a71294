package io.sounding.jobs.kafka;

import java.io.IOException;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumStateSerializer;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Which partitions of a topic are read, and which topic that is.
 *
 * @param partitions as Kafka's source keeps them
 * @param topicId Kafka's id of the topic; empty: not known
 */
record SourceState(KafkaSourceEnumState partitions, String topicId) {

  /**
   * State, layout 1000: the id (UTF-8 as Java writes it), then the layout of Kafka's source and
   * what that wrote, to the end. Layouts below are those of Kafka's source alone, as earlier
   * versions wrote them; they are read, and do not say which topic it was.
   */
  static final class Serializer implements SimpleVersionedSerializer<SourceState> {

    private static final int LAYOUT = 1_000;

    private final KafkaSourceEnumStateSerializer kafka = new KafkaSourceEnumStateSerializer();

    @Override
    public int getVersion() {
      return LAYOUT;
    }

    @Override
    public byte[] serialize(SourceState state) throws IOException {
      DataOutputSerializer out = new DataOutputSerializer(256);
      out.writeUTF(state.topicId());
      out.writeInt(kafka.getVersion());
      out.write(kafka.serialize(state.partitions()));
      return out.getCopyOfBuffer();
    }

    @Override
    public SourceState deserialize(int layout, byte[] bytes) throws IOException {
      if (layout < LAYOUT) {
        return new SourceState(kafka.deserialize(layout, bytes), "");
      }
      if (layout > LAYOUT) {
        throw new IOException(
            "The state of a source has layout %d, and this version of Sounding reads layouts up to %d. Start the job with the version that took the savepoint or a later one, or without the savepoint."
                .formatted(layout, LAYOUT));
      }
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      String topicId = in.readUTF();
      int layoutOfKafka = in.readInt();
      byte[] partitions = new byte[in.available()];
      in.readFully(partitions);
      return new SourceState(kafka.deserialize(layoutOfKafka, partitions), topicId);
    }
  }
}
