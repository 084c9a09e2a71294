package io.sounding.jobs;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.admit.AdmitAudio;
import io.sounding.operators.admit.AdmitCheckpoints;
import io.sounding.operators.admit.AdmitScores;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.admit.Chunk;
import io.sounding.operators.admit.DeadLetterOutput;
import io.sounding.operators.admit.FirstCheckpointWins;
import io.sounding.operators.admit.FirstManifestWins;
import io.sounding.operators.admit.KafkaRecord;
import io.sounding.operators.admit.Manifest;
import io.sounding.operators.admit.Rejection;
import io.sounding.operators.admit.Score;
import io.sounding.operators.assemble.AssembleUtterances;
import io.sounding.operators.assemble.DivideCorpus;
import io.sounding.operators.assemble.ShardKeySelector;
import io.sounding.operators.assemble.ShardUtterance;
import io.sounding.operators.embed.Control;
import io.sounding.operators.embed.EmbedOperatorFactory;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.merge.FailLayers;
import io.sounding.operators.merge.MergeShards;
import io.sounding.operators.publish.FirstFailureEnds;
import io.sounding.operators.publish.OutgoingRecord;
import io.sounding.operators.publish.Publication;
import io.sounding.operators.publish.PublishDeadLetters;
import io.sounding.operators.publish.PublishMetrics;
import io.sounding.operators.relate.Correlate;
import io.sounding.operators.relate.Evidence;
import io.sounding.operators.relate.JoinScores;
import io.sounding.operators.relate.JudgeAlarms;
import io.sounding.operators.relate.LatestValues;
import io.sounding.operators.relate.Measurement;
import io.sounding.operators.relate.ReadMeasurements;
import io.sounding.schemas.registry.WireFormat;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The map: every stage of the job in the order of the stream. Production, demo and tests run this
 * graph and differ in its ends alone.
 *
 * <pre>
 * checkpoints --admit------------------------- broadcast --.
 * audio -admit-assemble-divide- by shard --[ embed &gt; fold ]-- by (checkpoint, layer) -- merge -- publish --.-- metrics
 *                `-- dead letters                          `- by checkpoint - fail layers-'                |
 *                                                                                                     measurements
 * measurements --.-- latest values (gauges)
 *                |-- by (run, corpus) -- judge -- alarms
 *                `-- by run --.
 * scores -----admit-- by run --`-- join -- by (corpus, layer) -- correlate -- correlations
 *                `-- dead letters
 * </pre>
 */
public final class SoundingTopology {

  /**
   * Key groups of the job, hence the most subtasks and the most shards; fixed for its savepoints.
   */
  public static final int MAX_PARALLELISM = 128;

  /**
   * The most subtasks of the stages that see a few records per checkpoint or corpus: more would add
   * tasks, files of state and transactions, and no speed.
   */
  private static final int FEW = 4;

  private SoundingTopology() {}

  /**
   * Where records come from and go to.
   *
   * @param checkpoints records of the topic of checkpoints
   * @param audio records of the topic of audio: chunks and manifests
   * @param scores records of the topic of scores
   * @param metrics takes metric events
   * @param alarms takes alarm events
   * @param correlations takes correlation events
   * @param deadLetters takes what could not be used
   * @param wire how the values of those records are encoded; what is taken is in single-object
   *     encoding here
   */
  public record Ends(
      Source<KafkaRecord, ?, ?> checkpoints,
      Source<KafkaRecord, ?, ?> audio,
      Source<KafkaRecord, ?, ?> scores,
      Sink<OutgoingRecord> metrics,
      Sink<OutgoingRecord> alarms,
      Sink<OutgoingRecord> correlations,
      Sink<OutgoingRecord> deadLetters,
      WireFormat wire) {}

  /** Lays the graph out in {@code environment}, all stages in the same slots. */
  public static void lay(
      StreamExecutionEnvironment environment, Ends ends, EvaluationSettings settings) {
    lay(environment, ends, settings, EmbedSlots.SHARED);
  }

  /** Lays the graph out in {@code environment}. */
  public static void lay(
      StreamExecutionEnvironment environment,
      Ends ends,
      EvaluationSettings settings,
      EmbedSlots slots) {
    environment.setMaxParallelism(MAX_PARALLELISM);
    // every type has a Flink serializer (no Kryo), every stage a uid; records are immutable, few or
    // large, and nothing asks for event time
    environment.configure(
        new Configuration()
            .set(PipelineOptions.GENERIC_TYPES, false)
            .set(PipelineOptions.AUTO_GENERATE_UIDS, false)
            .set(PipelineOptions.OBJECT_REUSE, true)
            .set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ZERO)
            .set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO));
    int all = environment.getParallelism();
    environment.setParallelism(Math.min(all, FEW)); // of what does not say otherwise

    var admittedCheckpoints =
        environment
            .fromSource(ends.checkpoints(), WatermarkStrategy.noWatermarks(), "checkpoints")
            .uid(Uids.CHECKPOINTS)
            .process(new AdmitCheckpoints(ends.wire()))
            .name("admit checkpoints")
            .uid(Uids.ADMIT_CHECKPOINTS);

    var checkpoints =
        admittedCheckpoints
            .keyBy(CheckpointRequest::evaluationId)
            .process(new FirstCheckpointWins(settings.patience().requests()))
            .name("first checkpoint wins")
            .uid(Uids.FIRST_CHECKPOINT_WINS);

    var admittedAudio =
        environment
            .fromSource(ends.audio(), WatermarkStrategy.noWatermarks(), "audio")
            .uid(Uids.AUDIO)
            .setParallelism(all)
            .process(new AdmitAudio(ends.wire()))
            .name("admit audio")
            .uid(Uids.ADMIT_AUDIO)
            .setParallelism(all);

    var manifests =
        admittedAudio
            .getSideOutput(AdmitAudio.MANIFESTS)
            .keyBy(Manifest::corpusId)
            .process(new FirstManifestWins())
            .name("first manifest wins")
            .uid(Uids.FIRST_MANIFEST_WINS);

    var utterances =
        admittedAudio
            .keyBy(Chunk::utteranceKey)
            .process(new AssembleUtterances(settings.patience().utterance(), settings.shards()))
            .name("assemble")
            .uid(Uids.ASSEMBLE)
            .setParallelism(all);

    var shardUtterances =
        utterances
            .keyBy(ShardUtterance::utteranceKey)
            .connect(manifests.broadcast(DivideCorpus.DIVISIONS))
            .process(new DivideCorpus(settings.shards()))
            .name("divide")
            .uid(Uids.DIVIDE)
            .setParallelism(all);

    DataStream<Control> control =
        checkpoints
            .map(Control::of)
            .name("checkpoint to all")
            .uid(Uids.CHECKPOINT_TO_ALL)
            .union(manifests.map(Control::of).name("manifest to all").uid(Uids.MANIFEST_TO_ALL));

    var embedded =
        shardUtterances
            .keyBy(new ShardKeySelector(settings.shards(), MAX_PARALLELISM))
            .connect(control.broadcast())
            .transform(
                "embed and fold",
                TypeInformation.of(ShardSummary.class),
                new EmbedOperatorFactory(settings))
            .uid(Uids.EMBED)
            .setParallelism(all)
            .slotSharingGroup(slots.ofModels());

    var failures =
        embedded
            .map(ShardSummary::withoutSummary)
            .name("layers of shards")
            .uid(Uids.LAYERS_OF_SHARDS)
            .setParallelism(all)
            .keyBy(ShardSummary::evaluationId)
            .process(new FailLayers(settings.patience().retention()))
            .name("fail layers")
            .uid(Uids.FAIL_LAYERS)
            .slotSharingGroup(EmbedSlots.OTHERS);

    var merged =
        embedded
            .union(failures)
            .keyBy(ShardSummary::mergeKey)
            .process(new MergeShards(settings.patience().retention()))
            .name("merge")
            .uid(Uids.MERGE)
            .setParallelism(all)
            .slotSharingGroup(EmbedSlots.OTHERS); // and so do the stages after it

    var metrics =
        merged
            .map(new PublishMetrics(settings))
            .name("publish")
            .uid(Uids.PUBLISH)
            .setParallelism(all)
            .keyBy(Publication::evaluationId)
            .process(new FirstFailureEnds(settings.patience().retention()))
            .name("first failure ends")
            .uid(Uids.FIRST_FAILURE_ENDS);

    metrics.sinkTo(ends.metrics()).name("metrics").uid(Uids.METRICS);

    var measurements =
        metrics
            .flatMap(new ReadMeasurements())
            .name("read measurements")
            .uid(Uids.READ_MEASUREMENTS);

    measurements
        .process(new LatestValues(settings.relate()))
        .name("latest values")
        .uid(Uids.LATEST_VALUES)
        .forceNonParallel()
        .disableChaining(); // in a chain it would count as parallel as the stages before it

    measurements
        .keyBy(Measurement::runAndCorpus)
        .process(new JudgeAlarms(settings.relate()))
        .name("judge alarms")
        .uid(Uids.JUDGE_ALARMS)
        .sinkTo(ends.alarms())
        .name("alarms")
        .uid(Uids.ALARMS);

    var admittedScores =
        environment
            .fromSource(ends.scores(), WatermarkStrategy.noWatermarks(), "scores")
            .uid(Uids.SCORES)
            .process(new AdmitScores(ends.wire()))
            .name("admit scores")
            .uid(Uids.ADMIT_SCORES);

    var evidence =
        measurements
            .keyBy(Measurement::runId)
            .connect(admittedScores.keyBy(Score::runId))
            .process(new JoinScores(settings.relate().history()))
            .name("join scores")
            .uid(Uids.JOIN_SCORES);

    evidence
        .keyBy(Evidence::corpusAndLayer)
        .process(new Correlate(settings.relate()))
        .name("correlate")
        .uid(Uids.CORRELATE)
        .sinkTo(ends.correlations())
        .name("correlations")
        .uid(Uids.CORRELATIONS);

    DataStream<Rejection> rejections =
        admittedCheckpoints
            .getSideOutput(DeadLetterOutput.TAG)
            .union(
                checkpoints.getSideOutput(DeadLetterOutput.TAG),
                admittedAudio.getSideOutput(DeadLetterOutput.TAG),
                manifests.getSideOutput(DeadLetterOutput.TAG),
                utterances.getSideOutput(DeadLetterOutput.TAG),
                embedded.getSideOutput(DeadLetterOutput.TAG),
                metrics.getSideOutput(DeadLetterOutput.TAG),
                admittedScores.getSideOutput(DeadLetterOutput.TAG));

    rejections
        .map(new PublishDeadLetters())
        .name("publish dead letters")
        .uid(Uids.PUBLISH_DEAD_LETTERS)
        .sinkTo(ends.deadLetters())
        .name("dead letters")
        .uid(Uids.DEAD_LETTERS);
  }
}
