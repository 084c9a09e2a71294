package io.sounding.operators.admit;

import static io.sounding.operators.admit.Validity.check;
import static io.sounding.operators.admit.Validity.checkId;
import static io.sounding.operators.admit.Validity.isSha256;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.DecodingException;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.RejectReason;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * A checkpoint that is to be evaluated on a corpus: a checkpoint event that was found valid.
 *
 * @param runId the training run
 * @param checkpointId the checkpoint within the run
 * @param step training step, &gt;= 0
 * @param attempt raised to have the evaluation done again
 * @param corpusId the corpus to evaluate on
 * @param modelUri where the model file lies, or the graph whose weights are replaced
 * @param modelFormat how it is read
 * @param modelSha256 its SHA-256 in hexadecimal; null: not checked
 * @param weightsUri where the file of weights lies; null: the model file has them
 * @param weightsSha256 its SHA-256 in hexadecimal; null: not checked, or no such file
 * @param sampleRateHz sample rate the model expects, Hz
 * @param inputNormalisation what is done to the samples of an utterance
 * @param layers indices of the outputs to evaluate, negative ones from the end; null: all
 * @param trainingLoss training loss; null: not known
 * @param source where the event came from; its timestamp, then its offset, set the order of work
 */
public record CheckpointRequest(
    String runId,
    String checkpointId,
    long step,
    int attempt,
    String corpusId,
    String modelUri,
    ModelFormat modelFormat,
    String modelSha256,
    String weightsUri,
    String weightsSha256,
    int sampleRateHz,
    InputNormalisation inputNormalisation,
    int[] layers,
    Double trainingLoss,
    KafkaRecord source) {

  /** Lowest sample rate that is taken as meant, Hz. */
  public static final int MIN_SAMPLE_RATE_HZ = 1_000;

  /** Highest sample rate that is taken as meant, Hz. */
  public static final int MAX_SAMPLE_RATE_HZ = 768_000;

  /** Longest URI taken, characters: it appears in messages, which must fit a Kafka record. */
  private static final int MAX_URI_CHARACTERS = 4_096;

  static CheckpointRequest of(CheckpointEvent event, KafkaRecord source) throws DecodingException {
    checkId("runId", event.getRunId());
    checkId("checkpointId", event.getCheckpointId());
    checkId("corpusId", event.getCorpusId());
    check(
        event.getStep() >= 0,
        RejectReason.BAD_CHECKPOINT,
        "The step is %d; it must not be negative.",
        event.getStep());
    check(
        event.getAttempt() >= 0,
        RejectReason.BAD_CHECKPOINT,
        "The attempt is %d; it must not be negative.",
        event.getAttempt());
    checkUri("modelUri", "model file", event.getModelUri());
    if (event.getWeightsUri() != null) {
      checkUri("weightsUri", "file of weights", event.getWeightsUri());
    }
    check(
        event.getModelFormat() != ModelFormat.UNKNOWN,
        RejectReason.BAD_CHECKPOINT,
        "The modelFormat is not one this version knows (TORCHSCRIPT, ONNX). Update Sounding, or export the model again.");
    check(
        event.getInputNormalisation() != InputNormalisation.UNKNOWN,
        RejectReason.BAD_CHECKPOINT,
        "The inputNormalisation is not one this version knows (NONE, ZERO_MEAN_UNIT_VARIANCE). Update Sounding.");
    check(
        event.getSampleRateHz() >= MIN_SAMPLE_RATE_HZ
            && event.getSampleRateHz() <= MAX_SAMPLE_RATE_HZ,
        RejectReason.BAD_CHECKPOINT,
        "The model's sampleRateHz is %d; it must lie in %d to %d.",
        event.getSampleRateHz(),
        MIN_SAMPLE_RATE_HZ,
        MAX_SAMPLE_RATE_HZ);
    checkSha256("modelSha256", event.getModelSha256());
    checkSha256("weightsSha256", event.getWeightsSha256());
    check(
        event.getWeightsSha256() == null || event.getWeightsUri() != null,
        RejectReason.BAD_CHECKPOINT,
        "There is a weightsSha256, but no weightsUri. Say where the file of weights lies.");
    List<Integer> layers = event.getLayers();
    check(
        layers == null || !layers.isEmpty() && new HashSet<>(layers).size() == layers.size(),
        RejectReason.BAD_CHECKPOINT,
        "The layers are %s; name at least one and each once, or null for all.",
        layers);
    return new CheckpointRequest(
        event.getRunId(),
        event.getCheckpointId(),
        event.getStep(),
        event.getAttempt(),
        event.getCorpusId(),
        event.getModelUri(),
        event.getModelFormat(),
        event.getModelSha256(),
        event.getWeightsUri(),
        event.getWeightsSha256(),
        event.getSampleRateHz(),
        event.getInputNormalisation(),
        layers == null ? null : layers.stream().mapToInt(Integer::intValue).toArray(),
        event.getTrainingLoss(),
        source);
  }

  private static void checkUri(String field, String file, String uri) throws DecodingException {
    check(
        !uri.isBlank(),
        RejectReason.BAD_CHECKPOINT,
        "The %s is blank. Say where the %s lies.",
        field,
        file);
    check(
        uri.length() <= MAX_URI_CHARACTERS,
        RejectReason.BAD_CHECKPOINT,
        "The %s has %d characters; at most %d are taken.",
        field,
        uri.length(),
        MAX_URI_CHARACTERS);
  }

  private static void checkSha256(String field, String sha256) throws DecodingException {
    check(
        sha256 == null || isSha256(sha256),
        RejectReason.BAD_CHECKPOINT,
        "The %s is not 64 lower-case hexadecimal digits.",
        field);
  }

  /** The same without the event's bytes, which only a dead letter needs. */
  public CheckpointRequest withoutBytes() {
    return new CheckpointRequest(
        runId,
        checkpointId,
        step,
        attempt,
        corpusId,
        modelUri,
        modelFormat,
        modelSha256,
        weightsUri,
        weightsSha256,
        sampleRateHz,
        inputNormalisation,
        layers,
        trainingLoss,
        source.withoutValue());
  }

  /** Names the evaluation: run, checkpoint, corpus, attempt. Ids hold no line feeds. */
  public String evaluationId() {
    return String.join("\n", runId, checkpointId, corpusId, Integer.toString(attempt));
  }

  /** Whether both ask for the same thing, whenever they were published. */
  boolean asksTheSameAs(CheckpointRequest other) {
    return step == other.step
        && modelUri.equals(other.modelUri)
        && modelFormat == other.modelFormat
        && Objects.equals(modelSha256, other.modelSha256)
        && Objects.equals(weightsUri, other.weightsUri)
        && Objects.equals(weightsSha256, other.weightsSha256)
        && sampleRateHz == other.sampleRateHz
        && inputNormalisation == other.inputNormalisation
        && Arrays.equals(layers, other.layers)
        && Objects.equals(trainingLoss, other.trainingLoss);
  }

  /** Its name in sentences, at their beginning. */
  public String named() {
    return "Checkpoint %s of run %s".formatted(checkpointId, runId);
  }
}
