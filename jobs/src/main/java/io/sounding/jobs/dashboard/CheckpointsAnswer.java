package io.sounding.jobs.dashboard;

import io.sounding.jobs.dashboard.Evaluation.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Checkpoints: status, failures, cost. */
record CheckpointsAnswer(int total, List<Checkpoint> checkpoints) {

  static final Set<String> PARAMETERS = Set.of("run", "corpus", "status", "limit", "offset");

  /** See openapi.json. */
  record Checkpoint(
      String run,
      String checkpoint,
      String corpus,
      long step,
      int attempt,
      String status,
      double progress,
      Integer layers,
      int layersFinal,
      Object trainingLoss,
      String failureReason,
      long utterances,
      long frames,
      double audioSeconds,
      double corpusAudioSeconds,
      String device,
      double embedSeconds,
      double foldSeconds,
      double loadSeconds,
      double audioSecondsPerSecond,
      Instant emittedAt) {

    private static Checkpoint of(Found found) {
      Evaluation evaluation = found.evaluation();
      double progress = 0;
      String failure = null;
      long utterances = 0;
      long frames = 0;
      double audio = 0;
      double corpusAudio = 0;
      String device = null;
      double embed = Double.NaN;
      double fold = Double.NaN;
      double load = Double.NaN;
      double rate = Double.NaN;
      for (LayerEvent event : evaluation.events()) {
        progress = Math.max(progress, event.progress());
        failure = event.failureReason() == null ? failure : event.failureReason();
        utterances = Math.max(utterances, event.utterances());
        frames = Math.max(frames, event.frames());
        audio = Math.max(audio, event.audioSeconds());
        corpusAudio = Math.max(corpusAudio, event.facts().corpusAudioSeconds());
        device = event.facts().device() == null ? device : event.facts().device();
        if (!Double.isNaN(event.embedSeconds())) {
          embed = larger(embed, event.embedSeconds());
          fold = (Double.isNaN(fold) ? 0 : fold) + event.foldSeconds();
        }
        load = larger(load, event.loadSeconds());
        rate = larger(rate, event.audioSecondsPerSecond());
      }
      return new Checkpoint(
          found.run().run(),
          evaluation.checkpointId(),
          found.run().corpus(),
          evaluation.step(),
          evaluation.attempt(),
          found.status().name(),
          progress,
          evaluation.layers(),
          evaluation.layersFinal(),
          loss(evaluation.trainingLoss()),
          found.status() == Status.FAILED ? failure : null,
          utterances,
          frames,
          audio,
          corpusAudio,
          device,
          embed,
          fold,
          load,
          rate,
          Instant.ofEpochMilli(found.emittedAt()));
    }

    /** The larger of what is known of the two. */
    private static double larger(double a, double b) {
      return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b);
    }

    private static Object loss(Double loss) {
      return loss == null || Double.isFinite(loss) ? loss : loss.toString();
    }
  }

  private record Found(RunOnCorpus run, Evaluation evaluation, Status status, long emittedAt) {}

  private static final Comparator<Found> NEWEST_FIRST =
      Comparator.comparingLong(Found::emittedAt)
          .thenComparingLong(found -> found.evaluation().step())
          .reversed()
          .thenComparing(Found::run)
          .thenComparing(found -> found.evaluation().checkpointId());

  static CheckpointsAnswer of(Board board, Question question) throws RefusedException {
    Set<String> runs = question.runs();
    String corpus = question.name("corpus");
    Status status = question.choice("status", List.of(Status.values()));
    int limit = question.number("limit", 1, 1_000, 200);
    int offset = question.number("offset", 0, 1_000_000, 0);
    List<Found> found = new ArrayList<>();
    board
        .metrics()
        .runs()
        .forEach(
            (run, checkpoints) -> {
              if ((runs.isEmpty() || runs.contains(run.run()))
                  && (corpus == null || corpus.equals(run.corpus()))) {
                for (Evaluation evaluation : checkpoints.values()) {
                  Status its = evaluation.status();
                  if (status == null || status == its) {
                    found.add(new Found(run, evaluation, its, evaluation.emittedAt()));
                  }
                }
              }
            });
    found.sort(NEWEST_FIRST);
    return new CheckpointsAnswer(
        found.size(), found.stream().skip(offset).limit(limit).map(Checkpoint::of).toList());
  }
}
