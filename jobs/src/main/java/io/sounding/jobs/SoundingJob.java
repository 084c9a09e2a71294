package io.sounding.jobs;

import io.sounding.jobs.cli.Components;
import io.sounding.jobs.configuration.ConfigOption;
import io.sounding.jobs.configuration.Configuration;
import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.kafka.ClientProperties;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.TopicAdvice;
import io.sounding.jobs.kafka.Topics;
import io.sounding.operators.EvaluationSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The main class for a real cluster: the graph between the topics of a Kafka that is there already.
 * Parallelism, checkpointing and state backend are Flink's own settings.
 */
@Command(
    name = "sounding-job",
    description = "The Sounding job, to be submitted to a Flink cluster.",
    footer = {
      "",
      "Example (docker/README.md says how sounding.jar is made):",
      "  flink run -c io.sounding.jobs.SoundingJob sounding.jar --bootstrap kafka:9092 \\",
      "    --models-from s3://bucket/checkpoints/"
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class SoundingJob implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Configured(section = Configured.TOP)
  @Option(
      names = "--bootstrap",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Kafka, host:port, comma-separated.")
  private String bootstrapServers;

  @Configured(section = Configured.TOP)
  @Option(names = "--topics", paramLabel = "PREFIX", description = "Prefix of the topics' names.")
  private String topicPrefix = "sounding";

  @Configured(section = "job")
  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "Name of the job; prefix of its consumer group and transactional ids, one per job.")
  private String name = "sounding";

  @Configured(section = Configured.TOP)
  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description = {
        "A properties file for Kafka's clients: TLS, SASL and others. It becomes part of the submitted job, so let it name secrets instead of holding them:",
        "  config.providers=file",
        "  config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider",
        "  sasl.jaas.config=... password=\"$${file:/run/secrets/kafka.properties:password}\";",
        "Job manager and task managers then read them from their own disk."
      })
  private Path kafkaProperties;

  @Configured(section = "job")
  @Option(
      names = "--embed-slots",
      paramLabel = "SLOTS",
      description = {
        "Slots in which models run: shared with all other stages; own, so that the job takes twice as many slots and only some need a GPU; or own of this size each:",
        "  cpu=2,heap=2g,managed=1g,gpu=1",
        "with offheap=4g for what models take on the CPU, and gpu where Flink has an external resource of that name."
      })
  private String embedSlots = "shared";

  @Mixin private WireFormatOptions wireFormat;
  @Mixin private EvaluationOptions evaluation;
  @Mixin private ConfigOption configOption;

  /** Builds and submits the job. */
  public static void main(String[] arguments) throws Exception {
    Configuration configuration = Configuration.of(Components::options, System.getenv(), arguments);
    configuration.warnings().forEach(SoundingJob::warn);
    int status = configuration.appliedTo(new CommandLine(new SoundingJob())).execute(arguments);
    if (status != 0) {
      throw new IllegalArgumentException(
          "The job was not submitted, or it has failed: see the message above; exit status "
              + status
              + ".");
    }
  }

  @Override
  public Integer call() throws Exception {
    EvaluationSettings settings;
    EmbedSlots slots;
    KafkaClients kafka;
    Optional<Duration> transactionTimeout;
    try {
      settings = evaluation.settings();
      slots = EmbedSlots.of(embedSlots);
      kafka =
          new KafkaClients(
              bootstrapServers,
              Topics.withPrefix(topicPrefix),
              ClientProperties.read(kafkaProperties),
              wireFormat.format());
      transactionTimeout = KafkaEnds.transactionTimeout(kafka);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    TopicAdvice.beforeStart(kafka, SoundingJob::warn);
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    CheckpointAdvice.of(environment.getConfiguration()).ifPresent(SoundingJob::warn);
    if (!environment.getCheckpointConfig().isCheckpointingEnabled()) {
      // without Flink checkpoints no transaction would ever commit
      environment.enableCheckpointing(Duration.ofSeconds(30).toMillis());
    }
    Duration interval =
        Duration.ofMillis(environment.getCheckpointConfig().getCheckpointInterval());
    transactionTimeout
        .flatMap(timeout -> CheckpointAdvice.ofTransactions(interval, timeout))
        .ifPresent(
            sentence -> {
              throw new CommandLine.ParameterException(spec.commandLine(), sentence);
            });
    kafka.registerEvents();
    SoundingTopology.lay(environment, KafkaEnds.of(kafka, name), settings, slots);
    environment.execute(name);
    return 0;
  }

  /** To whoever submits it from a terminal, and to the log where nobody sits at one. */
  private static void warn(String sentence) {
    System.err.println(sentence);
    LoggerFactory.getLogger(SoundingJob.class).warn(sentence);
  }
}
