package io.sounding.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.Chunk;
import io.sounding.operators.admit.KafkaRecord;
import io.sounding.operators.admit.Rejection;
import io.sounding.operators.admit.Score;
import io.sounding.operators.assemble.AssembleUtterances;
import io.sounding.operators.embed.Control;
import io.sounding.operators.embed.InFlight;
import io.sounding.operators.embed.ShardManifest;
import io.sounding.operators.fold.EmbedTiming;
import io.sounding.operators.fold.ShardFold;
import io.sounding.operators.fold.ShardSummaries;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.merge.MergeShards;
import io.sounding.operators.merge.MergedLayer;
import io.sounding.operators.merge.MergedSummary;
import io.sounding.operators.publish.OutgoingRecord;
import io.sounding.operators.publish.Publication;
import io.sounding.operators.relate.Alarm;
import io.sounding.operators.relate.Evidence;
import io.sounding.operators.relate.LatestValues;
import io.sounding.operators.relate.LayerHistory;
import io.sounding.operators.relate.Measurement;
import io.sounding.operators.relate.RunEvidence;
import io.sounding.operators.relate.TaskScores;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.PcmEncoding;
import io.sounding.schemas.RejectReason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.api.java.typeutils.MapTypeInfo;
import org.apache.flink.api.java.typeutils.ObjectArrayTypeInfo;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every type that crosses the graph or sits in state has a serializer of Flink's own, no Kryo. */
class RecordTypesTest {

  /** At least one of each type, with and without what may be null. */
  static Stream<Record> records() {
    KafkaRecord full = Examples.record(new byte[] {1, 2});
    KafkaRecord bare = new KafkaRecord("t", 0, 1, 2, null, null);
    var request = Examples.request("step1", 1, "dev", Path.of("/model.onnx"));
    var utterance = Examples.utterance("dev", "u", 3);
    var manifest = Examples.manifest(List.of(utterance, Examples.utterance("dev", "v", 4)));
    var summary = ShardSummaries.of(1, 4, 2, 8);
    var saved =
        new ShardFold.Saved(
            new int[] {0, 11}, 8, new byte[][] {{1, 2}, {}}, new double[] {0.25, 1e-300});
    var score = new Score("r", 3, "asr-wer", 7.25, 1_800_000_000_123L, 9);
    var measurement = new Measurement("r", "c", 3, 1, "dev", 0.5, 4, 5, 0.25, new double[] {1, 2});
    var failure = new Measurement("r", "c", 3, 1, "dev", null, -1, 0, 0, new double[] {3});
    var history =
        new LayerHistory(
            new long[] {1, 2}, new int[] {0, 1}, new String[] {"a", "b"}, new double[] {3, 4});
    var scores = new TaskScores(new long[] {1}, new double[] {2}, new long[] {3}, new long[] {4});
    return Stream.of(
        full,
        bare,
        request,
        new CheckpointRequest(
            "r",
            "c",
            0,
            3,
            "dev",
            "s3://m",
            request.modelFormat(),
            "0".repeat(64),
            "s3://w",
            "1".repeat(64),
            8_000,
            request.inputNormalisation(),
            new int[] {0, -1},
            null,
            bare),
        new Chunk(
            "dev", "u", 0, 2, 16_000, 1, PcmEncoding.FLOAT32LE, new byte[] {0, 0, 0, 0}, bare),
        manifest,
        Control.of(request),
        Control.of(manifest),
        Rejection.of(full, RejectReason.BAD_PCM, "Why."),
        Rejection.of(RejectReason.INCOMPLETE_UTTERANCE, "Why."),
        utterance,
        new AssembleUtterances.Progress(16_000, 1, "PCM_S16LE", new long[] {0, -5}, 1, 9, false),
        new ShardManifest(
            "dev",
            "d",
            2,
            1.5,
            new String[] {"u"},
            new long[] {3},
            new int[] {4},
            new String[] {"s"}),
        new ShardManifest(
            "dev", "d", 2, 1.5, new String[0], new long[0], new int[0], new String[0]),
        new InFlight("e", "identity", 3, 1.5, 0.5, 7, "sha", saved),
        new InFlight("e", "identity", 0, 0, 0, 0, null, null),
        saved,
        summary,
        ShardSummary.failed(request, 1, 4, "Why."),
        new MergeShards.Progress(new int[] {-1, 2}, false, 7),
        new MergedLayer(
            MetricStatus.FINAL,
            request,
            "d",
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            new MergedSummary(LayerSummary.fromBytes(summary.summary())),
            9.5,
            "cpu",
            10,
            11,
            new EmbedTiming(0.5, 12, 13),
            null),
        new MergedLayer(
            MetricStatus.FAILED,
            request,
            null,
            -1,
            0,
            3,
            0,
            0,
            0,
            0,
            null,
            null,
            null,
            0,
            0,
            null,
            "Why."),
        new OutgoingRecord(new byte[] {1}, new byte[] {2, 3}),
        new OutgoingRecord(null, new byte[0]),
        new Publication("e", new OutgoingRecord(null, new byte[] {1}), null),
        new Publication(
            "e",
            new OutgoingRecord(new byte[] {1}, new byte[0]),
            Rejection.of(bare, RejectReason.EVALUATION_FAILED, "Why.")),
        score,
        measurement,
        failure,
        new Evidence("dev", 4, measurement, null),
        new Evidence("dev", -1, null, score),
        history,
        new LayerHistory(new long[0], new int[0], new String[0], new double[0]),
        scores,
        new RunEvidence(history, Map.of("asr-wer", scores, "pr-per", scores)),
        new RunEvidence(history, Map.of()),
        new Alarm(true, 4, "rankMe", 50, "c", 2.5, 93.8, 0.75, "Why."),
        new LatestValues.Latest(measurement, 7));
  }

  @ParameterizedTest
  @MethodSource("records")
  void noPartOfARecordFallsToKryo(Record record) {
    assertThat(genericParts(TypeInformation.of(record.getClass()))).isEmpty();
    SerializerConfigImpl strict = new SerializerConfigImpl();
    strict.setGenericTypes(false);
    assertThat(TypeInformation.of(record.getClass()).createSerializer(strict)).isNotNull();
  }

  @Test
  void theGuardFires() {
    record WithList(List<String> list) {}
    assertThat(genericParts(TypeInformation.of(WithList.class))).isNotEmpty();
    SerializerConfigImpl strict = new SerializerConfigImpl();
    strict.setGenericTypes(false);
    assertThatThrownBy(() -> TypeInformation.of(WithList.class).createSerializer(strict))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @MethodSource("records")
  void aRecordComesBackFromItsBytes(Record record) throws Exception {
    assertRoundTrip(record);
  }

  private static <T extends Record> void assertRoundTrip(T record) throws Exception {
    @SuppressWarnings("unchecked")
    TypeSerializer<T> serializer =
        (TypeSerializer<T>)
            TypeInformation.of(record.getClass()).createSerializer(new SerializerConfigImpl());
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(record, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    assertSame(serializer.deserialize(in), record);
    assertThat(in.available()).isZero();
    assertSame(serializer.copy(record), record);
  }

  private static void assertSame(Record actual, Record expected) {
    assertThat(actual)
        .usingRecursiveComparison()
        .withComparatorForType(Double::compare, Double.class) // NaN is NaN
        .isEqualTo(expected);
  }

  private static List<TypeInformation<?>> genericParts(TypeInformation<?> type) {
    if (type instanceof GenericTypeInfo) {
      return List.of(type);
    }
    if (type instanceof ObjectArrayTypeInfo<?, ?> array) {
      return genericParts(array.getComponentInfo());
    }
    if (type instanceof MapTypeInfo<?, ?> map) {
      return Stream.of(map.getKeyTypeInfo(), map.getValueTypeInfo())
          .flatMap(part -> genericParts(part).stream())
          .toList();
    }
    if (type instanceof PojoTypeInfo<?> pojo) {
      return IntStream.range(0, pojo.getArity())
          .<TypeInformation<?>>mapToObj(pojo::getTypeAt)
          .flatMap(part -> genericParts(part).stream())
          .toList();
    }
    return List.of();
  }
}
