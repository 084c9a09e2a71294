package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkId;
import static io.sounding.jobs.cli.Arguments.checkNotEmpty;
import static io.sounding.jobs.cli.Arguments.checkSampleRate;
import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.configuration.Setting;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.publish.ArtifactUris;
import io.sounding.jobs.publish.CheckpointEvents;
import io.sounding.jobs.publish.CheckpointFolder;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.CorpusLookup;
import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.InputNormalisation;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What checkpoint events say beside their file: the options of every command that publishes them.
 */
@Configured(section = "checkpoint")
final class CheckpointOptions {

  private static final int DEFAULT_SAMPLE_RATE_HZ = 16_000;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--run", required = true, paramLabel = "NAME", description = "The training run.")
  private String run;

  @Option(
      names = "--corpus",
      paramLabel = "NAME",
      description =
          "The corpus to evaluate on; it may be published later (default: the only one that is sealed in Kafka).")
  private String corpus;

  @Option(
      names = "--layers",
      paramLabel = "all|LIST",
      description = "Outputs of the model to evaluate, e.g. 0,4 or -1 for the last (default: all).")
  private String layers;

  @Option(
      names = "--sample-rate",
      paramLabel = "HZ",
      description = "Sample rate that the models expect (default: 16000).")
  private Integer sampleRateHz;

  @Option(
      names = "--normalise",
      fallbackValue = "true",
      description =
          "Bring each utterance to zero mean and unit variance, as Hugging Face's wav2vec 2.0 does.")
  private boolean normalise;

  @Option(
      names = "--tag",
      split = Setting.SEPARATOR,
      splitSynopsisLabel = "",
      paramLabel = "KEY=VALUE",
      description = "A note that travels with the event; repeat it for more.")
  private Map<String, String> tags = new TreeMap<>();

  @Option(
      names = "--graph",
      paramLabel = "FILE",
      description =
          "The checkpoints are weights (.safetensors) for this model, exported once as ONNX or TorchScript.")
  private Path graph;

  @Option(
      names = "--uri-prefix",
      paramLabel = "URI",
      description =
          "What the task managers call the checkpoints' folder, e.g. s3://bucket/run1 (default: the same path).")
  private String uriPrefix;

  @Option(
      names = "--graph-uri",
      paramLabel = "URI",
      description = "What the task managers call the file of --graph, if it lies elsewhere.")
  private String graphUri;

  /** The checkpoints' files in a folder. */
  CheckpointFolder in(Path folder) {
    return graph == null ? CheckpointFolder.ofModels(folder) : CheckpointFolder.ofWeights(folder);
  }

  /**
   * The corpus. Where none was named it is looked up, once; what is asked for afterwards is about
   * it.
   *
   * @param told takes a sentence about the corpus that was found
   */
  String findCorpus(KafkaClients kafka, Consumer<String> told) {
    settings(); // what is wrong with the other options is told without Kafka
    if (corpus != null) {
      return corpus;
    }
    SortedSet<String> sealed = CorpusLookup.sealed(kafka);
    if (sealed.size() != 1) {
      throw unusable(
          command,
          sealed.isEmpty()
              ? "Say with --corpus on what to evaluate: no corpus is sealed in Kafka at %s yet. Publish one with: sounding publish audio DIR --corpus NAME"
                  .formatted(kafka.bootstrapServers())
              : "Say with --corpus on which one to evaluate; these are sealed in Kafka at %s: %s."
                  .formatted(kafka.bootstrapServers(), String.join(", ", sealed)));
    }
    corpus = sealed.first();
    told.accept("On corpus %s, the only one in Kafka.".formatted(corpus));
    return corpus;
  }

  /** Whether an option was given that is about files; what is configured may be for others. */
  boolean areAboutFiles() {
    var given = command.commandLine().getParseResult();
    return Stream.of("--graph", "--graph-uri", "--uri-prefix").anyMatch(given::hasMatchedOption);
  }

  /** Settings of an event that was published before, where options say otherwise. */
  CheckpointEvent.Builder override(CheckpointEvent.Builder event) {
    CheckpointPublisher.RunSettings settings = settings();
    if (layers != null) {
      event.setLayers(settings.layers());
    }
    if (sampleRateHz != null) {
      event.setSampleRateHz(settings.sampleRateHz());
    }
    if (normalise) {
      event.setInputNormalisation(settings.inputNormalisation());
    }
    event.getTags().putAll(tags);
    return event;
  }

  /** What holds for every checkpoint of the run; without a corpus, until it is named or found. */
  CheckpointPublisher.RunSettings settings() {
    checkId(command, "--run", run);
    checkNotEmpty(command, "--uri-prefix", uriPrefix);
    checkNotEmpty(command, "--graph-uri", graphUri);
    if (corpus != null) {
      checkId(command, "--corpus", corpus);
    }
    int rate = sampleRateHz == null ? DEFAULT_SAMPLE_RATE_HZ : sampleRateHz;
    checkSampleRate(command, rate);
    try {
      return new CheckpointPublisher.RunSettings(
          run,
          corpus,
          rate,
          normalise ? InputNormalisation.ZERO_MEAN_UNIT_VARIANCE : InputNormalisation.NONE,
          layers == null ? null : LayerList.parse(layers));
    } catch (IllegalArgumentException e) {
      throw unusable(command, e.getMessage());
    }
  }

  /**
   * Events of files in and below {@code folder}.
   *
   * @throws UnusableInputException if the graph cannot be used
   */
  CheckpointEvents events(Path folder) throws UnusableInputException {
    ArtifactUris uris = new ArtifactUris(folder, uriPrefix);
    if (graph == null) {
      return new CheckpointEvents(settings(), tags, null, uris);
    }
    if (graphUri == null && !uris.covers(graph)) {
      throw unusable(
          command,
          "%s does not lie below %s: say with --graph-uri what the task managers call it."
              .formatted(graph, folder));
    }
    String uri = graphUri == null ? uris.of(graph) : graphUri;
    return new CheckpointEvents(settings(), tags, new CheckpointEvents.Graph(graph, uri), uris);
  }
}
