package io.sounding.jobs;

import io.sounding.jobs.kafka.ClientProperties;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.Topics;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Patience;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.SketchChoice;
import io.sounding.operators.statistics.StatisticsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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

  @Option(
      names = "--models-from",
      paramLabel = "URI",
      description = {
        "A folder (or file) from which model files may be fetched, such as s3://bucket/checkpoints/ or file:///data/models; repeat it for more.",
        "Model files are code in effect: without this option every checkpoint FAILS, and whoever may write there can run code in the task managers."
      })
  private List<String> modelsFrom = List.of();

  @Option(
      names = "--require-sha256",
      description = "Checkpoints whose event gives no SHA-256 of the model file FAIL.")
  private boolean requireSha256;

  @Option(names = "--shards", description = "Shares of a corpus, 1 to 128; fixed for a savepoint.")
  private int shards = 32;

  @Option(names = "--k", description = "Clusters.")
  private int clusters = 1_024;

  @Option(names = "--sample", description = "Frames on which clusters are scored.")
  private int sampleFrames = 40_960;

  @Option(
      names = "--sketch",
      description =
          "What is kept of the spectrum: exact, frequent-directions, or auto: exact up to d = 2048.")
  private String sketch = SketchChoice.AUTO.label();

  @Option(
      names = "--sketch-rows",
      description =
          "Rows of a Frequent Directions sketch; 0: 2097152 / d, at most d / 2 (a buffer of 32 MiB).")
  private int sketchRows;

  @Option(
      names = "--model-cache",
      description =
          "Folder on each task manager for fetched model files (default: below its folder for temporary files).")
  private String modelCache = "";

  @Option(
      names = "--model-bytes",
      description =
          "Largest model file that is loaded, bytes: a process holds two models beside those in use.")
  private long modelBytes = 8L << 30;

  @Option(
      names = "--model-time-limit",
      description =
          "How long fetching and loading a model may take, and one forward pass; PT10M is 10 minutes.")
  private Duration modelTimeLimit = Duration.ofMinutes(10);

  @Option(
      names = "--retention",
      description =
          "How long finished evaluations are remembered, so that none is done twice; PT168H is 7 days.")
  private Duration retention = Duration.ofDays(7);

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
    SoundingTopology.lay(
        environment,
        KafkaEnds.of(
            bootstrapServers,
            Topics.withPrefix(topicPrefix),
            name,
            ClientProperties.read(kafkaProperties)),
        EvaluationSettings.defaults(models())
            .with(
                shards,
                StatisticsSettings.defaults()
                    .with(clusters, sampleFrames)
                    .withSketch(SketchChoice.of(sketch), sketchRows))
            .with(Patience.DEFAULT.withRetention(retention)));
    environment.execute(name);
    return 0;
  }

  private ModelSettings models() {
    TrustedArtifacts trusted = TrustedArtifacts.of(modelsFrom);
    return ModelSettings.of(requireSha256 ? trusted.requiringSha256() : trusted, modelCache)
        .with(modelBytes, modelTimeLimit);
  }
}
