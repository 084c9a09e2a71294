package io.sounding.jobs.publish;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.InputNormalisation;
import io.sounding.schemas.RecordKeys;
import io.sounding.schemas.SingleObjectCodec;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publishes checkpoint files as checkpoint events. */
public final class CheckpointPublisher {

  /**
   * What holds for every checkpoint of a run.
   *
   * @param runId the training run
   * @param corpusId the corpus to evaluate on; null: it is still to be found
   * @param sampleRateHz sample rate the model expects, Hz
   * @param inputNormalisation what is done to the samples of an utterance
   * @param layers indices of the model's outputs; null: all
   */
  public record RunSettings(
      String runId,
      String corpusId,
      int sampleRateHz,
      InputNormalisation inputNormalisation,
      List<Integer> layers) {

    RunSettings on(String corpus) {
      return new RunSettings(runId, corpus, sampleRateHz, inputNormalisation, layers);
    }
  }

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
    publish(
        CheckpointEvent.newBuilder()
            .setRunId(run.runId())
            .setCheckpointId(file.checkpointId())
            .setStep(file.step())
            .setCorpusId(run.corpusId())
            .setModelUri(file.uri())
            .setModelFormat(CheckpointEvents.format(file.path()))
            .setModelSha256(CheckpointEvents.sha256(file.path()))
            .setSampleRateHz(run.sampleRateHz())
            .setInputNormalisation(run.inputNormalisation())
            .setLayers(run.layers())
            .setTrainingLoss(trainingLoss)
            .setPublishedAt(Instant.now())
            .build());
  }

  /** Publishes an event. */
  public void publish(CheckpointEvent event) {
    sends.send(new ProducerRecord<>(topic, RecordKeys.of(event), SingleObjectCodec.encode(event)));
  }

  /** Returns when the broker has everything; throws if it refused something. */
  public void flush() throws UnusableInputException {
    sends.flush();
  }
}
