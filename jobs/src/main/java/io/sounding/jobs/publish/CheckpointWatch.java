package io.sounding.jobs.publish;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.schemas.CheckpointEvent;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Publishes each checkpoint of a folder once it is complete. It keeps no memory of its own: what
 * was published is read from Kafka, so that it may be stopped and started at will, and several may
 * watch one folder. While Kafka is out of reach it keeps trying.
 */
public final class CheckpointWatch {

  /**
   * How it goes on.
   *
   * @param pause between two looks at the folder
   * @param idle it ends when nothing was written or published for so long; zero: as soon as what is
   *     there is published; null: never
   */
  public record Pace(Duration pause, Duration idle) {}

  /**
   * What came of it.
   *
   * @param published checkpoints that were published
   * @param waiting checkpoints that are complete, but that Kafka has not taken yet
   * @param unpublished files that were not, each with the reason
   */
  public record Outcome(int published, int waiting, List<String> unpublished) {}

  /** Topics may be made anew while nothing is published. */
  private static final Duration ASKED_EVERY = Duration.ofMinutes(1);

  private final KafkaClients kafka;
  private final Supplier<String> corpus;
  private final FolderWatch folder;
  private final Pace pace;
  private final Consumer<String> terminal;
  private final Map<List<Object>, String> digests = new HashMap<>();
  private CheckpointEvents events;
  private CheckpointTopic topic;
  private RuntimeException outage;
  private int published;
  private int waiting;
  private boolean changedMeanwhile;
  private long activeNanos;
  private long askedNanos = System.nanoTime();

  /**
   * Watches a folder for the run of {@code events}.
   *
   * @param corpus names the corpus once Kafka answers; asked again after {@link
   *     KafkaUnavailableException}
   * @param terminal takes sentences on what happens
   */
  public CheckpointWatch(
      KafkaClients kafka,
      CheckpointEvents events,
      Supplier<String> corpus,
      FolderWatch folder,
      Pace pace,
      Consumer<String> terminal) {
    this.kafka = kafka;
    this.events = events;
    this.corpus = corpus;
    this.folder = folder;
    this.pace = pace;
    this.terminal = terminal;
  }

  /**
   * Watches until the thread is interrupted, or it has been idle for as long as its pace says.
   *
   * @throws KafkaUnavailableException if Kafka is out of reach when it would end for being idle
   * @throws UnusableInputException if the folder has not appeared then
   */
  public Outcome run() throws UnusableInputException {
    if (!folder.folderExists()) {
      terminal.accept(folder.folder() + " does not exist yet; it is waited for.");
    }
    activeNanos = System.nanoTime();
    boolean interrupted = false;
    try {
      boolean over = false;
      while (!over) {
        List<FolderWatch.Complete> complete = folder.poll(System.nanoTime());
        changedMeanwhile = false;
        boolean nothingNew = complete.isEmpty() && topic != null;
        if (nothingNew && System.nanoTime() - askedNanos >= ASKED_EVERY.toNanos()) {
          askWhetherTopicsAreTheSame();
        }
        over = isOver(nothingNew || publishAll(complete));
        if (!over) {
          TimeUnit.MILLISECONDS.sleep(pace.pause().toMillis());
        }
      }
    } catch (InterruptedException | InterruptException e) {
      interrupted = true;
      Thread.interrupted(); // closing would be cut short otherwise
    } finally {
      interrupted |= close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new Outcome(published, waiting, folder.unpublished());
  }

  /** Whether the thread was interrupted meanwhile. */
  private boolean close() {
    try {
      if (topic != null) {
        topic.close();
      }
      return false;
    } catch (InterruptException e) {
      return true;
    }
  }

  private boolean isOver(boolean allPublished) throws UnusableInputException {
    if (pace.idle() == null || folder.underWay() > 0 || changedMeanwhile) {
      return false;
    }
    long active = Math.max(activeNanos, folder.changedNanos());
    if (System.nanoTime() - active < pace.idle().toNanos()) {
      return false;
    } else if (!allPublished) {
      throw outage;
    } else if (!folder.folderExists()) {
      throw new UnusableInputException(folder.folder(), "does not exist", "check the path");
    }
    return true;
  }

  /** Whether Kafka has them all. */
  private boolean publishAll(List<FolderWatch.Complete> complete) {
    waiting = complete.size();
    try {
      if (topic == null) {
        topic = connect();
      } else if (topic.isMadeAnew()) {
        startOver();
        return false;
      }
      PublishedCheckpoints known = topic.refresh();
      for (FolderWatch.Complete checkpoint : complete) {
        publish(checkpoint, known);
      }
      waiting = 0;
      if (outage != null) {
        terminal.accept("Kafka answers again.");
        outage = null;
      }
      return true;
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaUnavailableException | RetriableException e) {
      boolean ending = Thread.currentThread().isInterrupted();
      if (outage == null && !ending && !Duration.ZERO.equals(pace.idle())) {
        terminal.accept(sentence(e) + " Trying again until it works.");
      }
      outage = e;
      return false;
    }
  }

  private void askWhetherTopicsAreTheSame() {
    askedNanos = System.nanoTime();
    try {
      if (topic.isMadeAnew()) {
        startOver();
      }
    } catch (KafkaUnavailableException e) {
      // with nothing to publish that is no matter
    }
  }

  /** What is known of another topic is none of this one's. */
  private void startOver() {
    terminal.accept(
        "Topics in Kafka were made anew, so %s is looked at again.".formatted(folder.folder()));
    folder.forgetDone();
    changedMeanwhile = true;
    CheckpointTopic before = topic;
    topic = null;
    before.close();
  }

  private CheckpointTopic connect() {
    events = events.on(corpus.get());
    CheckpointPublisher.RunSettings run = events.run();
    CheckpointTopic connected = new CheckpointTopic(kafka, run.runId(), run.corpusId());
    try {
      int known = connected.refresh().size();
      terminal.accept(
          "Watching %s; published before of run %s on corpus %s: %s."
              .formatted(
                  folder.folder(), run.runId(), run.corpusId(), Counted.of(known, "checkpoint")));
      CorpusLookup.note(kafka, run.corpusId()).ifPresent(terminal);
      return connected;
    } catch (RuntimeException e) {
      try {
        connected.close(); // another attempt makes another
      } catch (RuntimeException further) {
        e.addSuppressed(further);
      }
      throw e;
    }
  }

  private void publish(FolderWatch.Complete complete, PublishedCheckpoints known) {
    CheckpointFolder.Entry entry = complete.entry();
    try {
      CheckpointEvent latest =
          known.latest(entry.checkpointId()).map(PublishedCheckpoints.Attempt::event).orElse(null);
      String sha256 = sha256(complete, latest);
      if (!FileStamp.ofOpened(entry.path()).equals(complete.stamp())) {
        changedMeanwhile = true; // it is looked at anew
        return;
      }
      TrainingFacts facts = complete.facts();
      Decision decision =
          Decision.once(
              known, events.of(entry, facts.step(), facts.loss(), complete.stamp(), sha256));
      if (decision.action() == Decision.Action.PUBLISH) {
        topic.publish(decision.event());
        published++;
        activeNanos = System.nanoTime();
        terminal.accept(decision.told());
      } else if (decision.isWorthTelling()) {
        terminal.accept(decision.told());
      }
      folder.done(complete);
      digests.remove(key(complete));
    } catch (NoSuchFileException e) {
      changedMeanwhile = true; // it was deleted, or has another name now
    } catch (IOException e) {
      folder.failed(complete, UnusableInputException.unreadable(entry.path(), e).getMessage());
    }
  }

  /** Read once, also if Kafka does not answer for a while. */
  private String sha256(FolderWatch.Complete complete, CheckpointEvent latest) throws IOException {
    String read = digests.get(key(complete));
    if (read == null) {
      read = events.sha256(complete.entry().path(), complete.stamp(), latest);
      digests.put(key(complete), read);
    }
    return read;
  }

  private static List<Object> key(FolderWatch.Complete complete) {
    return List.of(complete.entry().path(), complete.stamp());
  }

  private static String sentence(RuntimeException e) {
    return e instanceof KafkaUnavailableException
        ? e.getMessage()
        : "Kafka does not answer (%s).".formatted(e.getMessage());
  }
}
