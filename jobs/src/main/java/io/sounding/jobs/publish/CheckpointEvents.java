package io.sounding.jobs.publish;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.Sha256;
import io.sounding.schemas.SingleObjectCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Makes the checkpoint events of a run's files. */
public final class CheckpointEvents {

  /**
   * The tag that says which size and time a file had when its SHA-256 was taken: as long as it has
   * both, the digest of the event is taken for its own.
   */
  static final String FILE_TAG = "sounding.file";

  /**
   * A model that was exported once, whose weights are replaced by those of each checkpoint.
   *
   * @param file where it lies here
   * @param uri where it lies for the task managers
   */
  public record Graph(Path file, String uri) {}

  private final CheckpointPublisher.RunSettings run;
  private final Map<String, String> tags;
  private final Graph graph;
  private final String graphSha256;
  private final ArtifactUris uris;

  /**
   * Events of this run.
   *
   * @param tags free key-value pairs
   * @param graph null: the checkpoints' files are models
   * @param uris what the files are called by the task managers
   * @throws UnusableInputException if the graph is no whole model file
   */
  public CheckpointEvents(
      CheckpointPublisher.RunSettings run, Map<String, String> tags, Graph graph, ArtifactUris uris)
      throws UnusableInputException {
    SingleObjectCodec.initialise();
    this.run = run;
    this.tags = Map.copyOf(tags);
    this.graph = graph;
    this.uris = uris;
    if (graph != null) {
      requireWhole(graph.file());
    }
    this.graphSha256 = graph == null ? null : sha256(graph.file());
  }

  private CheckpointEvents(CheckpointEvents others, CheckpointPublisher.RunSettings run) {
    this.run = run;
    this.tags = others.tags;
    this.graph = others.graph;
    this.graphSha256 = others.graphSha256;
    this.uris = others.uris;
  }

  /** The same on this corpus. */
  CheckpointEvents on(String corpusId) {
    return new CheckpointEvents(this, run.on(corpusId));
  }

  /** SHA-256 of a file, 64 hexadecimal digits. */
  static String sha256(Path file) throws UnusableInputException {
    try {
      return Sha256.of(file);
    } catch (IOException e) {
      throw UnusableInputException.unreadable(file, e);
    }
  }

  /** What holds for every checkpoint of the run. */
  public CheckpointPublisher.RunSettings run() {
    return run;
  }

  /** Whether the checkpoints' files are weights for a graph. */
  boolean areWeights() {
    return graph != null;
  }

  /**
   * Makes sure that a model file, or file of weights, is whole.
   *
   * @throws UnusableInputException with a sentence, if it is not
   */
  static void requireWhole(Path file) throws UnusableInputException {
    try {
      String finding = ModelFileCheck.finding(file).orElse(null);
      if (finding != null) {
        throw new UnusableInputException(
            file, finding, "name one that was written completely, in the form of its ending");
      }
    } catch (IOException e) {
      throw UnusableInputException.unreadable(file, e);
    }
  }

  /**
   * The event of a file, attempt 0, published now.
   *
   * @param file its size and time
   * @param sha256 its SHA-256
   */
  CheckpointEvent of(
      CheckpointFolder.Entry entry, long step, Double loss, FileStamp file, String sha256) {
    Map<String, String> allTags = new HashMap<>(tags);
    allTags.put(FILE_TAG, file.text());
    String uri = uris.of(entry.path());
    CheckpointEvent.Builder event =
        CheckpointEvent.newBuilder()
            .setRunId(run.runId())
            .setCheckpointId(entry.checkpointId())
            .setStep(step)
            .setCorpusId(run.corpusId())
            .setModelUri(graph == null ? uri : graph.uri())
            .setModelFormat(format(graph == null ? entry.path() : graph.file()))
            .setModelSha256(graph == null ? sha256 : graphSha256)
            .setSampleRateHz(run.sampleRateHz())
            .setInputNormalisation(run.inputNormalisation())
            .setLayers(run.layers())
            .setTrainingLoss(loss)
            .setPublishedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
            .setTags(allTags);
    if (graph != null) {
      event.setWeightsUri(uri).setWeightsSha256(sha256);
    }
    return event.build();
  }

  /**
   * The SHA-256 of a file: that of an event of its checkpoint, if it has not changed since, else it
   * is read.
   *
   * @param latest the latest event of the checkpoint; null: none
   * @throws IOException if it cannot be read
   */
  String sha256(Path file, FileStamp stamp, CheckpointEvent latest) throws IOException {
    if (latest != null && stamp.text().equals(latest.getTags().get(FILE_TAG))) {
      String known = graph == null ? latest.getModelSha256() : latest.getWeightsSha256();
      if (known != null) {
        return known;
      }
    }
    return Sha256.of(file);
  }

  /** How a model file is read, by its name. */
  static ModelFormat format(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".onnx") ? ModelFormat.ONNX : ModelFormat.TORCHSCRIPT;
  }
}
