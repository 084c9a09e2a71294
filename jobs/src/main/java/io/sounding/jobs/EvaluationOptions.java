package io.sounding.jobs;

import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.configuration.DurationOption;
import io.sounding.jobs.configuration.Setting;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Patience;
import io.sounding.operators.embed.DeviceChoice;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.SketchChoice;
import io.sounding.operators.statistics.StatisticsSettings;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How the job evaluates: the options of every command that starts one for others to publish to. */
@Configured(section = "job")
public final class EvaluationOptions {

  private static final EvaluationSettings DEFAULTS =
      EvaluationSettings.defaults(ModelSettings.of(TrustedArtifacts.NONE, ""));

  @Option(
      names = "--models-from",
      split = Setting.SEPARATOR,
      splitSynopsisLabel = "",
      paramLabel = "URI",
      showDefaultValue = Help.Visibility.NEVER,
      description = {
        "A folder (or file) from which model files may be fetched, such as s3://bucket/checkpoints/ or file:///data/models; repeat it for more.",
        "Model files are code in effect: without this option every checkpoint FAILS, and whoever may write there can run code in the task managers."
      })
  private List<String> modelsFrom = List.of();

  @Option(
      names = "--require-sha256",
      fallbackValue = "true",
      description =
          "Checkpoints whose event gives no SHA-256 of the model file, or of the file of weights where there is one, FAIL.")
  private boolean requireSha256;

  @Option(
      names = "--shards",
      paramLabel = "SHARDS",
      description = "Shares of a corpus, 1 to 128; fixed for a savepoint.")
  private int shards = DEFAULTS.shards();

  @Option(
      names = "--k",
      paramLabel = "CLUSTERS",
      description = "Clusters; 16384 at most, lowered to a 39th of the sampled frames.")
  private int clusters = DEFAULTS.statistics().clusters();

  @Option(
      names = "--sample",
      paramLabel = "FRAMES",
      description =
          "Frames on which clusters are scored; they take about five times their bytes of heap beside 1 GB.")
  private int sampleFrames = DEFAULTS.statistics().sampleFrames();

  @Option(
      names = "--sketch",
      paramLabel = "NAME",
      description =
          "What is kept of the spectrum: exact, frequent-directions, or auto: exact up to d = 2048.")
  private String sketch = SketchChoice.AUTO.label();

  @Option(
      names = "--sketch-rows",
      paramLabel = "ROWS",
      description =
          "Rows of a Frequent Directions sketch; 0: 2097152 / d, at most d / 2 (a buffer of 32 MiB).")
  private int sketchRows;

  @Option(
      names = "--model-cache",
      paramLabel = "DIR",
      showDefaultValue = Help.Visibility.NEVER,
      description =
          "Folder on each task manager for fetched model files (default: sounding-models-USER below Java's folder for temporary files; of serve, in its own folder).")
  private String modelCache = "";

  @Option(
      names = "--model-cache-bytes",
      paramLabel = "BYTES",
      description =
          "How much the folder may hold, bytes; the files used longest ago go first, also when its disk is full.")
  private long modelCacheBytes = DEFAULTS.models().cacheBytes();

  @Option(
      names = "--model-bytes",
      paramLabel = "BYTES",
      description =
          "Largest model file, or file of weights, that is loaded, bytes: a process holds two models beside those in use.")
  private long modelBytes = DEFAULTS.models().fileBytes();

  @Option(
      names = "--model-time-limit",
      paramLabel = "DURATION",
      converter = DurationOption.class,
      showDefaultValue = Help.Visibility.NEVER,
      description =
          "How long fetching and loading a model may take, and one forward pass (default: 10m).")
  private Duration modelTimeLimit = DEFAULTS.models().timeLimit();

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "What models run on: cpu, gpu, or auto: a GPU where Flink lists some (external resource gpu) or CUDA shows some. Where one is asked for, or listed by Flink, and none is usable, models run on the CPU, and the log says so once.")
  private String device = DeviceChoice.AUTO.label();

  @Option(
      names = "--retention",
      paramLabel = "DURATION",
      converter = DurationOption.class,
      showDefaultValue = Help.Visibility.NEVER,
      description =
          "How long finished evaluations are remembered, so that none is done twice (default: 7d).")
  private Duration retention = DEFAULTS.patience().retention();

  @Mixin private RelateOptions relate;

  /** What was given, and the defaults for what was not. */
  public EvaluationSettings settings() {
    return settings(modelCache);
  }

  /** The same with fetched model files in {@code cache}, unless another folder was given. */
  public EvaluationSettings settingsWithCache(String cache) {
    return settings(modelCache.isEmpty() ? cache : modelCache);
  }

  private EvaluationSettings settings(String cache) {
    require("--shards", shards, 1, SoundingTopology.MAX_PARALLELISM);
    require("--k", clusters, 1, Integer.MAX_VALUE);
    require("--sample", sampleFrames, 1, Integer.MAX_VALUE);
    if (sketchRows != 0) {
      require("--sketch-rows", sketchRows, 2, Integer.MAX_VALUE);
    }
    require("--model-cache-bytes", modelCacheBytes, 1, Long.MAX_VALUE);
    require("--model-bytes", modelBytes, 1, Long.MAX_VALUE);
    if (modelTimeLimit.toMillis() < 1) {
      throw new IllegalArgumentException(
          "--model-time-limit is %s; it must be at least 1 ms.".formatted(modelTimeLimit));
    }
    TrustedArtifacts trusted = TrustedArtifacts.of(modelsFrom);
    return EvaluationSettings.defaults(
            ModelSettings.of(requireSha256 ? trusted.requiringSha256() : trusted, cache)
                .with(modelCacheBytes, modelBytes, modelTimeLimit)
                .on(DeviceChoice.of(device)))
        .with(
            shards,
            StatisticsSettings.defaults()
                .with(clusters, sampleFrames)
                .withSketch(SketchChoice.of(sketch), sketchRows))
        .with(Patience.DEFAULT.withRetention(retention))
        .with(relate.settings());
  }

  private static void require(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          most < Integer.MAX_VALUE
              ? "%s is %d; it must lie in %d to %d.".formatted(option, value, least, most)
              : "%s is %d; it must be at least %d.".formatted(option, value, least));
    }
  }
}
