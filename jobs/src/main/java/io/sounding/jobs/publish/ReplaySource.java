package io.sounding.jobs.publish;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.watch.CommittedRecords;
import io.sounding.schemas.CheckpointEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Where the checkpoints of a run that is to be replayed come from. */
public interface ReplaySource {

  /**
   * From when to when.
   *
   * @param since the first moment, inclusive; null: no limit
   * @param until the last moment, exclusive; null: no limit
   */
  record Span(Instant since, Instant until) {

    private boolean isLimited() {
      return since != null || until != null;
    }

    /** What is lacking is lacking of that time, if one was named. */
    private String words() {
      return isLimited() ? " of that time" : "";
    }

    private String remedy(String other) {
      return isLimited() ? other + ", and check --since and --until" : other;
    }

    /** Whether the moment lies in it. */
    boolean holds(Instant moment) {
      return (since == null || !moment.isBefore(since))
          && (until == null || moment.isBefore(until));
    }
  }

  /**
   * The events, attempt 0, by step, then by id.
   *
   * @param known what Kafka remembers of the run: files whose digests it knows are not read
   * @param listener takes note of how it goes
   * @throws UnusableInputException if there is none at all
   */
  List<CheckpointEvent> events(PublishedCheckpoints known, Listener listener)
      throws UnusableInputException;

  /** Takes note of how it goes. */
  interface Listener {

    /** So many of so many files were read. */
    void read(int files, int all);

    /** Something that is no fault: a sentence. */
    void note(String sentence);

    /** A checkpoint cannot be published: a sentence. */
    void problem(String sentence);
  }

  /**
   * The files in a folder, as {@link CheckpointFolder} lists them.
   *
   * @param losses a CSV of training losses; null: none
   * @param span of the times at which they were last written to
   */
  static ReplaySource folder(
      CheckpointFolder folder, CheckpointEvents events, Path losses, Span span) {
    return (known, listener) -> {
      TrainingFacts.Source facts = TrainingFacts.Source.finished(losses);
      List<CheckpointEvent> found = new ArrayList<>();
      boolean any = false;
      List<CheckpointFolder.Entry> entries = list(folder, listener);
      for (int i = 0; i < entries.size(); i++) {
        CheckpointFolder.Entry entry = entries.get(i);
        listener.read(i, entries.size());
        try {
          FileStamp stamp = FileStamp.ofOpened(entry.path());
          TrainingFacts said = facts.of(entry);
          boolean asked = span.holds(stamp.modified());
          if (asked && said.finding() != null) {
            listener.note(said.finding());
          }
          if (asked && said.step() == null) {
            listener.note(entry.path() + " is passed over: " + TrainingFacts.NO_STEP);
          } else if (asked) {
            any = true;
            found.add(event(entry, stamp, said, events, known));
          }
        } catch (IOException e) {
          listener.problem(UnusableInputException.unreadable(entry.path(), e).getMessage());
        }
      }
      if (!any) {
        throw new UnusableInputException(
            folder.path(),
            "holds no checkpoint" + span.words() + (events.areWeights() ? " (.safetensors)" : ""),
            span.remedy("name the folder with the checkpoints of the run"));
      }
      return sorted(found);
    };
  }

  private static List<CheckpointFolder.Entry> list(CheckpointFolder folder, Listener listener)
      throws UnusableInputException {
    if (!folder.exists()) {
      throw new UnusableInputException(
          folder.path(), "is no folder", "name the folder with the checkpoints of the run");
    }
    CheckpointFolder.Listing listing = folder.list();
    String reason = listing.unlisted().get(folder.path());
    if (reason != null) {
      throw new UnusableInputException(
          folder.path(), "cannot be listed (" + reason + ")", "check its permissions");
    }
    listing.findings().forEach(finding -> listener.problem(finding + "."));
    return listing.entries();
  }

  private static CheckpointEvent event(
      CheckpointFolder.Entry entry,
      FileStamp stamp,
      TrainingFacts facts,
      CheckpointEvents events,
      PublishedCheckpoints known)
      throws IOException {
    CheckpointEvents.requireWhole(entry.path());
    CheckpointEvent latest =
        known.latest(entry.checkpointId()).map(PublishedCheckpoints.Attempt::event).orElse(null);
    String sha256 = events.sha256(entry.path(), stamp, latest);
    if (!FileStamp.ofOpened(entry.path()).equals(stamp)) {
      throw new UnusableInputException(
          entry.path(), "changed while it was read", "call this again when it is complete");
    }
    return events.of(entry, facts.step(), facts.loss(), stamp, sha256);
  }

  /**
   * The events of a topic, as they were published, the latest of each checkpoint.
   *
   * @param run the run, and the corpus to evaluate on, whichever they were published for
   * @param span of the times at which they were published
   * @param settings makes of an event's settings those that are asked for
   */
  static ReplaySource topic(
      KafkaClients kafka,
      String topic,
      CheckpointPublisher.RunSettings run,
      Span span,
      UnaryOperator<CheckpointEvent.Builder> settings) {
    return (known, listener) -> {
      kafka.require(topic);
      Map<String, CheckpointEvent> latest = new HashMap<>();
      try (CommittedRecords<CheckpointEvent> records =
          new CommittedRecords<>(kafka, topic, CheckpointEvent.class)) {
        records.toEnd(
            event -> {
              if (event.getRunId().equals(run.runId()) && span.holds(event.getPublishedAt())) {
                latest.merge(event.getCheckpointId(), event, (a, b) -> later(a, b, run.corpusId()));
              }
            });
      }
      if (latest.isEmpty()) {
        throw new UnusableInputException(
            Path.of(topic),
            "holds no checkpoint of run %s%s".formatted(run.runId(), span.words()),
            span.remedy("check --run"));
      }
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      return sorted(
          latest.values().stream()
              .map(
                  event ->
                      settings
                          .apply(CheckpointEvent.newBuilder(event))
                          .setCorpusId(run.corpusId())
                          .setAttempt(0)
                          .setPublishedAt(now)
                          .build())
              .toList());
    };
  }

  /** Of two events of one checkpoint the one for this corpus, else that with the higher attempt. */
  private static CheckpointEvent later(CheckpointEvent a, CheckpointEvent b, String corpusId) {
    boolean first = a.getCorpusId().equals(corpusId);
    if (first != b.getCorpusId().equals(corpusId)) {
      return first ? a : b;
    }
    return b.getAttempt() > a.getAttempt() || !first && b.getAttempt() == a.getAttempt() ? b : a;
  }

  private static List<CheckpointEvent> sorted(List<CheckpointEvent> events) {
    return events.stream()
        .sorted(
            Comparator.comparingLong(CheckpointEvent::getStep)
                .thenComparing(CheckpointEvent::getCheckpointId))
        .toList();
  }
}
