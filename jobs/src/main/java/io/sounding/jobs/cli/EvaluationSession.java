package io.sounding.jobs.cli;

import io.sounding.jobs.embedded.EmbeddedSounding;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.publish.AudioFiles;
import io.sounding.jobs.publish.CheckpointFiles;
import io.sounding.jobs.publish.CheckpointPublisher;
import io.sounding.jobs.publish.CorpusPublisher;
import io.sounding.jobs.publish.Counted;
import io.sounding.jobs.publish.UnusableInputException;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.jobs.watch.EvaluationWatch;
import io.sounding.operators.EvaluationSettings;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.DeadLetter;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.schemas.RejectReason;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Publishes a corpus and the checkpoints of runs to an embedded job, as producers would, and reads
 * the metric events back until every checkpoint is done.
 */
final class EvaluationSession {

  /**
   * A training run to evaluate.
   *
   * @param settings what holds for all its checkpoints
   * @param checkpoints in the order in which they are published
   * @param losses training loss by step
   */
  record Run(
      CheckpointPublisher.RunSettings settings,
      List<CheckpointFiles.CheckpointFile> checkpoints,
      Map<Long, Double> losses) {}

  /** Who looks on while the job runs, and is closed before it ends. */
  interface Audience extends AutoCloseable {

    /** The job has started. */
    default void arrive(KafkaClients kafka) {}

    /** Every checkpoint is done; the job ends when this returns. */
    default void lookOn() throws IOException {}

    @Override
    default void close() {}
  }

  private final WorkFolder folder;
  private final int parallelism;
  private final EvaluationSettings settings;
  private final PrintWriter terminal;
  private final Function<String, ? extends RuntimeException> unusable;
  private final List<MetricEvent> closing = new ArrayList<>();

  EvaluationSession(
      WorkFolder folder,
      int parallelism,
      EvaluationSettings settings,
      PrintWriter terminal,
      Function<String, ? extends RuntimeException> unusable) {
    this.folder = folder;
    this.parallelism = parallelism;
    this.settings = settings;
    this.terminal = terminal;
    this.unusable = unusable;
  }

  /** FINAL and FAILED events of the last {@link #run}, as they came. */
  List<MetricEvent> closing() {
    return closing;
  }

  /** Does it all; closing events go to {@code out} as JSON lines. */
  EvaluationWatch run(
      List<AudioFiles.AudioFilePath> audio, String corpusId, List<Run> runs, Path out)
      throws Exception {
    return run(audio, corpusId, runs, out, new Audience() {});
  }

  /** The same, while somebody looks on. */
  EvaluationWatch run(
      List<AudioFiles.AudioFilePath> audio,
      String corpusId,
      List<Run> runs,
      Path out,
      Audience audience)
      throws Exception {
    EvaluationWatch watch =
        new EvaluationWatch(
            runs.stream()
                .flatMap(
                    run ->
                        run.checkpoints().stream()
                            .map(
                                file ->
                                    new EvaluationWatch.Checkpoint(
                                        run.settings().runId(), file.checkpointId())))
                .toList());
    long start = System.nanoTime();
    try (EmbeddedSounding sounding = EmbeddedSounding.start(folder.path(), parallelism, settings);
        CommittedRecords<MetricEvent> reader =
            new CommittedRecords<>(
                sounding.kafka(), sounding.topics().metrics(), MetricEvent.class);
        CommittedRecords<AlarmEvent> alarms =
            new CommittedRecords<>(sounding.kafka(), sounding.topics().alarms(), AlarmEvent.class);
        CommittedRecords<DeadLetter> deadLetters =
            new CommittedRecords<>(
                sounding.kafka(), sounding.topics().deadLetters(), DeadLetter.class);
        MetricLines lines = new MetricLines(out);
        audience) {
      terminal.printf(
          "Kafka at %s, Flink at %s, log in %s%n",
          sounding.bootstrapServers(), sounding.webAddress(), folder.log());
      audience.arrive(sounding.kafka());
      CorpusPublisher.Published corpus = publish(sounding, audio, corpusId, runs);
      terminal.printf(
          "published corpus %s: %s, %.0f s of speech; %s%n",
          corpusId,
          Counted.of(corpus.utterances(), "utterance"),
          corpus.audioSeconds(),
          Counted.of(watch.open(), "checkpoint"));
      double total = corpus.audioSeconds() * watch.open();
      MetricTable table = new MetricTable(terminal, total, start);
      table.header();
      CompletableFuture<JobExecutionResult> job = sounding.job().getJobExecutionResult();
      while (!watch.allDone()) {
        for (MetricEvent event : reader.poll(Duration.ofMillis(200))) {
          if (watch.take(event)) {
            take(event, watch, lines, table);
          }
        }
        alarms.poll(Duration.ofMillis(20)).forEach(table::alarm);
        for (DeadLetter letter : deadLetters.poll(Duration.ZERO)) {
          if (letter.getReason() != RejectReason.EVALUATION_FAILED) { // which is an event as well
            throw unusable.apply(letter.getMessage());
          }
        }
        if (job.isDone()) {
          throw new JobFailedException(job, folder.log());
        }
      }
      alarms.toEnd().forEach(table::alarm);
      table.end();
      lines.finish();
      audience.lookOn();
    }
    return watch;
  }

  private void take(MetricEvent event, EvaluationWatch watch, MetricLines lines, MetricTable table)
      throws IOException {
    if (event.getStatus() != MetricStatus.PARTIAL) {
      closing.add(event);
      lines.add(event);
    }
    table.progress(event, watch.audioSecondsDone());
    if (watch.isDone(event)) {
      table.row(
          closing.stream()
              .filter(e -> e.getRunId().equals(event.getRunId()))
              .filter(e -> e.getCheckpointId().equals(event.getCheckpointId()))
              .toList());
    }
  }

  private CorpusPublisher.Published publish(
      EmbeddedSounding sounding,
      List<AudioFiles.AudioFilePath> audio,
      String corpusId,
      List<Run> runs)
      throws IOException {
    try (KafkaProducer<byte[], byte[]> producer = sounding.kafka().producer()) {
      CorpusPublisher.Published corpus =
          new CorpusPublisher(producer, sounding.topics().audio()).publish(corpusId, audio);
      CheckpointPublisher publisher =
          new CheckpointPublisher(producer, sounding.topics().checkpoints());
      for (Run run : runs) {
        for (CheckpointFiles.CheckpointFile file : run.checkpoints()) {
          publisher.publish(run.settings(), file, run.losses().get(file.step()));
        }
      }
      publisher.flush();
      return corpus;
    } catch (UnusableInputException e) {
      throw unusable.apply(e.getMessage());
    }
  }
}
