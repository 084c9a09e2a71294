package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkFile;
import static io.sounding.jobs.cli.Arguments.checkId;
import static io.sounding.jobs.cli.Arguments.checkRange;
import static io.sounding.jobs.cli.Arguments.checkSampleRate;
import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.SoundingTopology;
import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.embedded.EmbeddedSounding;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.CheckpointFiles;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.Counted;
import io.sounding.jobs.publish.LossTable;
import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.jobs.watch.EvaluationWatch;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.DeviceChoice;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.SketchChoice;
import io.sounding.operators.statistics.StatisticsSettings;
import io.sounding.schemas.InputNormalisation;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sounding evaluate}: the graph over the user's own audio and models. */
@Command(
    name = "evaluate",
    description =
        "Evaluates checkpoints on audio, in an embedded Kafka and Flink, and writes one JSON line per layer of each.",
    footer = {
      "",
      "Example:",
      "  sounding evaluate --audio recordings/ --checkpoints run1/ --k 64 \\",
      "    --out run1.jsonl",
      "",
      "Models take float32 samples (batch, samples) and return hidden states (batch, frames, d), (layers, batch, frames, d), or a tuple of (batch, frames, d). TorchScript: .pt .pth .ts .torchscript; ONNX: .onnx. The step is read from the file name (stepNNNNN, or the last number), or else from that of its folder (checkpoint-400/model.onnx).",
      "",
      "Exit status: 0 all FINAL, 1 at least one FAILED, 2 unusable arguments, 3 the job itself failed."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--audio",
      required = true,
      arity = "1..*",
      paramLabel = "DIR_OR_FILE",
      description =
          "WAV or FLAC files, or folders of them; 1 to 768 kHz, up to 8 channels, which are mixed into one.")
  private List<Path> audio;

  @Option(
      names = "--checkpoints",
      required = true,
      arity = "1..*",
      paramLabel = "DIR_OR_FILE",
      description =
          "Checkpoint files of one run, or folders of them and of folders such as checkpoint-400.")
  private List<Path> checkpoints;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE.jsonl",
      description = "Where the FINAL and FAILED metric events go, one JSON object a line.")
  private Path out;

  @Configured
  @Option(
      names = "--layers",
      defaultValue = "all",
      paramLabel = "all|LIST",
      description = "Outputs of the model to evaluate, e.g. 0,4 or -1 for the last (default: all).")
  private String layers;

  @Configured
  @Option(
      names = "--k",
      paramLabel = "CLUSTERS",
      description =
          "Clusters (default: 1024); 16384 at most, lowered to a 39th of the sampled frames.")
  private Integer clusters;

  @Configured
  @Option(
      names = "--sample",
      paramLabel = "FRAMES",
      description =
          "Frames on which clusters are scored (default: 40960); 1.5 GB of them at most, and about five times their bytes of heap beside 1 GB.")
  private Integer sampleFrames;

  @Configured
  @Option(
      names = "--sketch",
      defaultValue = "auto",
      paramLabel = "NAME",
      description =
          "What is kept of the spectrum: exact, frequent-directions, or auto: exact up to d = 2048 (default: ${DEFAULT-VALUE}).")
  private String sketch;

  @Configured
  @Option(
      names = "--sketch-rows",
      paramLabel = "ROWS",
      description =
          "Rows of a Frequent Directions sketch (default: 2097152 / d, at most d / 2: a buffer of 32 MiB).")
  private Integer sketchRows;

  @Configured
  @Option(
      names = "--shards",
      defaultValue = "16",
      paramLabel = "SHARDS",
      description = "Shares of the corpus, 1 to 128 (default: ${DEFAULT-VALUE}).")
  private int shards;

  @Configured
  @Option(
      names = "--parallelism",
      paramLabel = "SUBTASKS",
      description =
          "Subtasks that embed side by side, at most one per shard (default: the number of processors, at most 8).")
  private Integer parallelism;

  @Configured
  @Option(
      names = "--device",
      defaultValue = "auto",
      paramLabel = "DEVICE",
      description =
          "What models run on: cpu, gpu, or auto: a GPU where CUDA shows one. Where gpu is asked for and none is usable, models run on the CPU, and the log says so once (default: ${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--loss",
      paramLabel = "CSV",
      description = "Training loss per checkpoint: a CSV file with the columns step and loss.")
  private Path loss;

  @Configured
  @Option(
      names = "--sample-rate",
      defaultValue = "16000",
      paramLabel = "HZ",
      description = "Sample rate that the models expect (default: ${DEFAULT-VALUE}).")
  private int sampleRateHz;

  @Configured
  @Option(
      names = "--normalise",
      fallbackValue = "true",
      description =
          "Bring each utterance to zero mean and unit variance, as Hugging Face's wav2vec 2.0 does.")
  private boolean normalise;

  @Option(
      names = "--run",
      paramLabel = "NAME",
      description = "Name of the training run (default: the name of the checkpoints' folder).")
  private String run;

  @Option(
      names = "--corpus",
      paramLabel = "NAME",
      description = "Name of the corpus (default: the name of the audio's folder).")
  private String corpus;

  @Option(
      names = "--shuffle",
      paramLabel = "SEED",
      description =
          "Publish audio and checkpoints in a random order: a check, for results do not depend on it.")
  private Long shuffle;

  @Configured
  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "Where a new folder for temporary data is made (default: the system's).")
  private Path work;

  @Override
  public Integer call() throws Exception {
    PrintWriter terminal = spec.commandLine().getOut();
    List<AudioFiles.AudioFilePath> audioFiles;
    List<CheckpointFiles.CheckpointFile> checkpointFiles;
    Map<Long, Double> losses;
    try {
      audioFiles = new ArrayList<>(AudioFiles.list(audio));
      checkpointFiles = new ArrayList<>(CheckpointFiles.list(checkpoints));
      losses = loss == null ? Map.of() : LossTable.read(loss);
    } catch (UnusableInputException e) {
      throw unusable(spec, e.getMessage());
    }
    if (shuffle != null) {
      Collections.shuffle(audioFiles, new Random(shuffle));
      Collections.shuffle(checkpointFiles, new Random(shuffle));
    }
    List<Integer> layerList = parseLayers();
    checkRange(spec, "--shards", shards, 1, SoundingTopology.MAX_PARALLELISM);
    int subtasks = parallelism == null ? EmbeddedSounding.parallelism(shards) : parallelism;
    checkRange(spec, "--parallelism", subtasks, 1, shards);
    checkSampleRate(spec, sampleRateHz);
    SketchChoice sketchChoice = parseSketch();
    DeviceChoice deviceChoice = parseDevice();
    checkFile(spec, "--out", out);

    StatisticsSettings statistics = statistics(sketchChoice);
    TrustedArtifacts trusted = trusted(checkpointFiles);
    CheckpointPublisher.RunSettings runSettings = runSettings(checkpointFiles, layerList);

    WorkFolder folder = WorkFolder.below(work);
    EvaluationSettings settings =
        EvaluationSettings.defaults(
                ModelSettings.of(trusted, folder.models().toString()).on(deviceChoice))
            .with(shards, statistics);
    terminal.printf(
        "%s, %s; working in %s%n",
        Counted.of(audioFiles.size(), "audio file"),
        Counted.of(checkpointFiles.size(), "checkpoint"),
        folder.path());
    if (loss != null) {
      noteLosses(checkpointFiles, losses, terminal);
    }
    EvaluationSession session =
        new EvaluationSession(
            folder, subtasks, settings, terminal, sentence -> unusable(spec, sentence));
    EvaluationWatch watch;
    try {
      watch =
          session.run(
              audioFiles,
              runSettings.corpusId(),
              List.of(new EvaluationSession.Run(runSettings, checkpointFiles, losses)),
              out);
    } catch (CommandLine.ParameterException e) {
      folder.cleanAll();
      throw e;
    } catch (Exception e) {
      folder.clean(); // the log stays
      throw e;
    }
    folder.cleanAll();
    terminal.printf("Wrote %s.%n", out);
    return watch.anyFailed() ? 1 : 0;
  }

  private void noteLosses(
      List<CheckpointFiles.CheckpointFile> files, Map<Long, Double> losses, PrintWriter terminal) {
    long without = files.stream().filter(file -> !losses.containsKey(file.step())).count();
    if (without > 0) {
      terminal.printf(
          "Note: %s has no loss of %d of %s.%n",
          loss, without, Counted.of(files.size(), "checkpoint"));
    }
  }

  private StatisticsSettings statistics(SketchChoice sketchChoice) {
    StatisticsSettings defaults = StatisticsSettings.defaults();
    return defaults
        .with(
            atLeastOne("--k", clusters, defaults.clusters()),
            atLeastOne("--sample", sampleFrames, defaults.sampleFrames()))
        .withSketch(sketchChoice, sketchRows == null ? 0 : sketchRows);
  }

  private CheckpointPublisher.RunSettings runSettings(
      List<CheckpointFiles.CheckpointFile> files, List<Integer> layerList) {
    CheckpointPublisher.RunSettings settings =
        new CheckpointPublisher.RunSettings(
            run == null ? folderName(runFolder(files)) : run,
            corpus == null ? folderName(audio.get(0)) : corpus,
            sampleRateHz,
            normalise ? InputNormalisation.ZERO_MEAN_UNIT_VARIANCE : InputNormalisation.NONE,
            layerList);
    checkId(spec, "--run", settings.runId());
    checkId(spec, "--corpus", settings.corpusId());
    return settings;
  }

  /** The very files that were named, and where their links lead: nobody else's. */
  private TrustedArtifacts trusted(List<CheckpointFiles.CheckpointFile> files) {
    try {
      return TrustedArtifacts.of(files.stream().map(CheckpointFiles.CheckpointFile::uri).toList());
    } catch (IllegalArgumentException e) {
      throw unusable(spec, e.getMessage());
    }
  }

  private List<Integer> parseLayers() {
    try {
      return LayerList.parse(layers);
    } catch (IllegalArgumentException e) {
      throw unusable(spec, e.getMessage());
    }
  }

  private SketchChoice parseSketch() {
    if (sketchRows != null) {
      checkRange(spec, "--sketch-rows", sketchRows, 2, Integer.MAX_VALUE);
    }
    try {
      return SketchChoice.of(sketch);
    } catch (IllegalArgumentException e) {
      throw unusable(spec, "--sketch: " + e.getMessage());
    }
  }

  private DeviceChoice parseDevice() {
    try {
      return DeviceChoice.of(device);
    } catch (IllegalArgumentException e) {
      throw unusable(spec, "--device: " + e.getMessage());
    }
  }

  private int atLeastOne(String option, Integer given, int otherwise) {
    int value = given == null ? otherwise : given;
    checkRange(spec, option, value, 1, Integer.MAX_VALUE);
    return value;
  }

  /** What was named first or the folder of it; if that is one checkpoint's, the folder above. */
  private Path runFolder(List<CheckpointFiles.CheckpointFile> files) {
    Path first = checkpoints.get(0).toAbsolutePath().normalize();
    Path folder = Files.isDirectory(first) ? first : first.getParent();
    boolean ofOne =
        files.stream()
            .filter(file -> file.checkpointId().indexOf('/') >= 0)
            .map(file -> file.path().toAbsolutePath().normalize().getParent())
            .anyMatch(folder::equals);
    return ofOne ? folder.getParent() : folder;
  }

  /** The folder's own name, or that of the folder a file lies in. */
  private static String folderName(Path given) {
    Path path = given.toAbsolutePath().normalize();
    Path folder = Files.isDirectory(path) ? path : path.getParent();
    return folder.getFileName() == null ? "root" : folder.getFileName().toString();
  }
}
