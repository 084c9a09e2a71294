package io.sounding.jobs;

import io.sounding.jobs.kafka.ClientProperties;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The main class for a real cluster: the graph between the topics of a Kafka that is there already.
 * Parallelism, checkpointing and state backend are Flink's own settings.
 */
@Command(
    name = "sounding-job",
    description = "The Sounding job, to be submitted to a Flink cluster.",
    footer = {
      "",
      "Example:",
      "  flink run -c io.sounding.jobs.SoundingJob sounding-jobs.jar --bootstrap kafka:9092 \\",
      "    --models-from s3://bucket/checkpoints/"
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class SoundingJob implements Callable<Integer> {

  @Option(
      names = "--bootstrap",
      required = true,
      description = "Kafka, host:port, comma-separated.")
  private String bootstrapServers;

  @Option(names = "--topics", description = "Prefix of the topics' names.")
  private String topicPrefix = "sounding";

  @Option(
      names = "--name",
      description =
          "Name of the job; prefix of its consumer group and transactional ids, one per job.")
  private String name = "sounding";

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

  @Mixin private WireFormatOptions wireFormat;
  @Mixin private EvaluationOptions evaluation;

  /** Builds and submits the job. */
  public static void main(String[] arguments) throws Exception {
    int status = new CommandLine(new SoundingJob()).execute(arguments);
    if (status != 0) {
      throw new IllegalArgumentException(
          "The job was not submitted, or it has failed: see the message above; exit status "
              + status
              + ".");
    }
  }

  @Override
  public Integer call() throws Exception {
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    if (!environment.getCheckpointConfig().isCheckpointingEnabled()) {
      // without Flink checkpoints no transaction would ever commit
      environment.enableCheckpointing(Duration.ofSeconds(30).toMillis());
    }
    KafkaClients kafka =
        new KafkaClients(
            bootstrapServers,
            Topics.withPrefix(topicPrefix),
            ClientProperties.read(kafkaProperties),
            wireFormat.format());
    kafka.registerEvents();
    SoundingTopology.lay(environment, KafkaEnds.of(kafka, name), evaluation.settings());
    environment.execute(name);
    return 0;
  }
}
