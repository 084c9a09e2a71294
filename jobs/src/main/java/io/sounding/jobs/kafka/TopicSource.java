package io.sounding.jobs.kafka;

import io.sounding.operators.admit.KafkaRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.flink.util.function.SerializableSupplier;

/**
 * Kafka's source of one topic, in a job that goes on from its state: offsets of a topic that was
 * deleted and made anew mean nothing in the new one, and are not told from those of the old one by
 * Kafka's source.
 *
 * @param kafka reads the topic
 * @param topic its name
 * @param ids makes what tells its id where the job manager runs
 * @see TopicEnumerator
 */
public record TopicSource(
    KafkaSource<KafkaRecord> kafka, String topic, SerializableSupplier<TopicIds> ids)
    implements Source<KafkaRecord, KafkaPartitionSplit, SourceState>,
        ResultTypeQueryable<KafkaRecord>,
        LineageVertexProvider {

  private static final long serialVersionUID = 1L;

  @Override
  public Boundedness getBoundedness() {
    return kafka.getBoundedness();
  }

  @Override
  public SourceReader<KafkaRecord, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    return kafka.createReader(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, SourceState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return new TopicEnumerator(kafka.createEnumerator(context), context, this, "");
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, SourceState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, SourceState state) throws Exception {
    return new TopicEnumerator(
        kafka.restoreEnumerator(context, state.partitions()), context, this, state.topicId());
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return kafka.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<SourceState> getEnumeratorCheckpointSerializer() {
    return new SourceState.Serializer();
  }

  @Override
  public TypeInformation<KafkaRecord> getProducedType() {
    return kafka.getProducedType();
  }

  @Override
  public LineageVertex getLineageVertex() {
    return kafka.getLineageVertex();
  }
}
