package io.sounding.jobs.embedded;

import io.sounding.jobs.SoundingTopology;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.Topics;
import io.sounding.operators.EvaluationSettings;
import io.sounding.schemas.registry.WireFormat;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Everything in one process: a Kafka broker, a Flink cluster, and the job running between them. The
 * graph is the one of production; only its surroundings are small.
 */
public final class EmbeddedSounding implements AutoCloseable {

  /** What a failure may cost, as embedded shards are saved no more often; events do not wait. */
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(5);

  /**
   * So that each of them writes what is new, and not all audio and all summaries again. These are
   * numbers that do not get smaller by compression, which took a sixth of the processors' time.
   */
  private static final Configuration STATE_ON_DISK =
      Configuration.fromMap(
          Map.of(
              StateBackendOptions.STATE_BACKEND.key(),
              "rocksdb",
              RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL.key(),
              "NO_COMPRESSION",
              RocksDBConfigurableOptions.COMPACTION_STYLE.key(),
              "UNIVERSAL",
              CheckpointingOptions.INCREMENTAL_CHECKPOINTS.key(),
              "true"));

  private static final Topics TOPICS = Topics.withPrefix("sounding");

  private final Surroundings around;
  private final KafkaClients kafka;
  private final JobClient job;
  private final PromptCommits commits;

  private EmbeddedSounding(
      Surroundings around, KafkaClients kafka, JobClient job, PromptCommits commits) {
    this.around = around;
    this.kafka = kafka;
    this.job = job;
    this.commits = commits;
  }

  /**
   * Starts all three and returns when the job is submitted.
   *
   * @param work where everything is written
   * @param parallelism subtasks of each stage
   * @throws EmbeddedException with a sentence, if one of them does not start
   */
  public static EmbeddedSounding start(Path work, int parallelism, EvaluationSettings settings) {
    // a fault that comes back is told to the user instead of being tried for ever
    Configuration restarts =
        new Configuration()
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 2)
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
    return start(work, 0, parallelism, settings, WireFormat.singleObject(), restarts);
  }

  /**
   * Starts all three to be published to and read from by others, or again on the same folder, where
   * they then go on: Kafka with its records, the job from its newest Flink checkpoint.
   *
   * @param port Kafka's; 0: one that the system chooses
   * @param wire how records are encoded
   */
  public static EmbeddedSounding serve(
      Path work, int port, int parallelism, EvaluationSettings settings, WireFormat wire) {
    Configuration recovery =
        new Configuration()
            .set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay")
            .set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    RetainedCheckpoints.newestIn(work.resolve("flink"))
        .map(RetainedCheckpoints::flinkPath)
        .ifPresent(
            checkpoint ->
                recovery
                    .set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint)
                    .set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM));
    RetainedCheckpoints.nameFolderOf(work.resolve("flink"));
    return start(work, port, parallelism, settings, wire, recovery);
  }

  private static EmbeddedSounding start(
      Path work,
      int port,
      int parallelism,
      EvaluationSettings settings,
      WireFormat wire,
      Configuration jobSettings) {
    Surroundings around =
        Surroundings.start(
            work, port, KafkaTopic.of(TOPICS, parallelism), networkFor(parallelism), parallelism);
    try {
      return submitted(around, parallelism, settings, wire, jobSettings);
    } catch (Exception failure) {
      around.close();
      throw new EmbeddedException(
          "The job could not be started (" + EmbeddedException.reason(failure) + ").", failure);
    }
  }

  private static EmbeddedSounding submitted(
      Surroundings around,
      int parallelism,
      EvaluationSettings settings,
      WireFormat wire,
      Configuration jobSettings)
      throws Exception {
    StreamExecutionEnvironment environment = around.cluster().environment();
    environment.configure(STATE_ON_DISK);
    environment.configure(jobSettings);
    environment.setParallelism(parallelism);
    environment.enableCheckpointing(CHECKPOINT_INTERVAL.toMillis());
    environment
        .getCheckpointConfig()
        .setMinPauseBetweenCheckpoints(CHECKPOINT_INTERVAL.toMillis() / 2);
    KafkaClients kafka = KafkaClients.of(around.broker().bootstrapServers(), TOPICS).with(wire);
    kafka.registerEvents();
    SoundingTopology.lay(environment, KafkaEnds.of(kafka, "sounding"), settings);
    PromptCommits commits = PromptCommits.of(kafka);
    try {
      JobClient job = environment.executeAsync("Sounding");
      commits.start(() -> around.cluster().checkpoint(job.getJobID()));
      return new EmbeddedSounding(around, kafka, job, commits);
    } catch (Exception failure) {
      commits.close();
      throw failure;
    }
  }

  /** Subtasks for so many shards here: one per processor, but one process holds few models. */
  public static int parallelism(int shards) {
    return Math.max(1, Math.min(Math.min(shards, 8), Runtime.getRuntime().availableProcessors()));
  }

  /**
   * Every subtask exchanges records with every other in about fifteen places, each with a few
   * buffers of 32 KB.
   */
  private static Configuration networkFor(int parallelism) {
    MemorySize network = MemorySize.ofMebiBytes(32 + 3L * parallelism * parallelism);
    return new Configuration()
        .set(TaskManagerOptions.NETWORK_MEMORY_MIN, network)
        .set(TaskManagerOptions.NETWORK_MEMORY_MAX, network);
  }

  /** Where the broker answers, host:port. */
  public String bootstrapServers() {
    return around.broker().bootstrapServers();
  }

  /** The names of the topics. */
  public Topics topics() {
    return kafka.topics();
  }

  /** Where Flink's web UI answers. */
  public URI webAddress() {
    return around.cluster().webAddress();
  }

  /** The running job. */
  public JobClient job() {
    return job;
  }

  /** What failed the job, when it is about to be started again; empty: it is not. */
  public Optional<String> restartReason() throws InterruptedException {
    return around.cluster().restartReason(job.getJobID());
  }

  /** Clients as publishers and readers would make them. */
  public KafkaClients kafka() {
    return kafka;
  }

  /** Cancels the job and ends cluster and broker; nothing is left running. */
  @Override
  public void close() {
    commits.close();
    around.close();
  }
}
