package io.sounding.jobs.publish;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publishes checkpoint files as checkpoint events. */
public final class CheckpointPublisher {

  /**
   * What holds for every checkpoint of a run.
   *
   * @param runId the training run
   * @param corpusId the corpus to evaluate on
   * @param sampleRateHz sample rate the model expects, Hz
   * @param inputNormalisation what is done to the samples of an utterance
   * @param layers indices of the model's outputs; null: all
   */
  public record RunSettings(
      String runId,
      String corpusId,
      int sampleRateHz,
      InputNormalisation inputNormalisation,
      List<Integer> layers) {}

  private final CheckedSends sends;
  private final String topic;

  public CheckpointPublisher(Producer<byte[], byte[]> producer, String topic) {
    this.sends = new CheckedSends(producer);
    this.topic = topic;
  }

  /**
   * Publishes one checkpoint with the SHA-256 of its file.
   *
   * @param trainingLoss null: not known
   * @throws UnusableInputException if the file cannot be read
   */
  public void publish(RunSettings run, CheckpointFiles.CheckpointFile file, Double trainingLoss)
      throws UnusableInputException {
    CheckpointEvent event =
        CheckpointEvent.newBuilder()
            .setRunId(run.runId())
            .setCheckpointId(file.checkpointId())
            .setStep(file.step())
            .setCorpusId(run.corpusId())
            .setModelUri(file.uri())
            .setModelFormat(format(file.path()))
            .setModelSha256(sha256(file.path()))
            .setSampleRateHz(run.sampleRateHz())
            .setInputNormalisation(run.inputNormalisation())
            .setLayers(run.layers())
            .setTrainingLoss(trainingLoss)
            .setPublishedAt(Instant.now())
            .build();
    sends.send(new ProducerRecord<>(topic, RecordKeys.of(event), SingleObjectCodec.encode(event)));
  }

  /** Returns when the broker has everything; throws if it refused something. */
  public void flush() throws UnusableInputException {
    sends.flush();
  }

  private static ModelFormat format(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".onnx") ? ModelFormat.ONNX : ModelFormat.TORCHSCRIPT;
  }

  private static String sha256(Path file) throws UnusableInputException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UnusableInputException(
          file, "cannot be read (" + e.getMessage() + ")", "check its permissions", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
