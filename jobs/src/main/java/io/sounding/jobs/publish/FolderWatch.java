package io.sounding.jobs.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks at a folder again and again, and tells of each checkpoint in it once it is completely
 * written: when its size and time have not changed over a while, or a marker beside it says so, and
 * when besides its outline is that of a whole file. A writer that pauses for longer than that while
 * is thus found out by the outline. No notice is taken of the file system's events, which network
 * file systems do not have. Not thread-safe.
 */
public final class FolderWatch {

  /**
   * When a checkpoint is complete.
   *
   * @param settling how long its size and time must not have changed
   * @param doneMarker the ending of a file beside it, not older than it, that is there once it is
   *     complete (then {@code settling} is of no account); null: none
   * @param lossWait how long a complete one waits for its training loss, if that seems to come
   */
  public record Patience(Duration settling, String doneMarker, Duration lossWait) {}

  /** A checkpoint that is completely written, and what is known of it. */
  record Complete(CheckpointFolder.Entry entry, FileStamp stamp, TrainingFacts facts) {}

  private static final class Seen {
    private FileStamp stamp;
    private long sinceNanos;
    private Long completeNanos;
    private boolean whole;
    private boolean settled; // nothing more to be done until it changes
    private String finding;
    private String unreadable; // the reason, when it was last looked at
    private final Set<String> told = new HashSet<>();

    private void changed(FileStamp now, long nanos) {
      stamp = now;
      sinceNanos = nanos;
      completeNanos = null;
      whole = false;
      settled = false;
      finding = null;
      told.clear();
    }
  }

  private final CheckpointFolder folder;
  private final TrainingFacts.Source facts;
  private final Patience patience;
  private final Consumer<String> notes;
  private final Map<Path, Seen> files = new HashMap<>();
  private final Set<String> told = new HashSet<>();
  private List<String> unlisted = List.of();
  private int underWay;
  private Long changedNanos;

  /**
   * Watches a folder, which need not exist yet.
   *
   * @param losses a CSV of training losses, which need not exist yet and may grow; null: none
   * @param notes takes sentences on what cannot be published, each once
   */
  public FolderWatch(
      CheckpointFolder folder, Path losses, Patience patience, Consumer<String> notes) {
    this.folder = folder;
    facts = TrainingFacts.Source.growing(losses);
    this.patience = patience;
    this.notes = notes;
  }

  /**
   * The checkpoints that are complete and not {@link #done} yet, by step.
   *
   * @param nowNanos the time, on a clock that is never set
   */
  List<Complete> poll(long nowNanos) {
    underWay = 0;
    if (changedNanos == null) {
      changedNanos = nowNanos;
    }
    CheckpointFolder.Listing listing = folder.list();
    unlisted = listing.findings();
    unlisted.forEach(finding -> tellOnce(told, finding + "."));
    facts.refresh();
    tellOnce(told, facts.finding());
    Set<Path> present = new HashSet<>();
    List<Complete> complete = new ArrayList<>();
    for (CheckpointFolder.Entry entry : listing.entries()) {
      present.add(entry.path());
      Seen seen = files.computeIfAbsent(entry.path(), path -> new Seen());
      try {
        seen.unreadable = null;
        look(entry, seen, nowNanos, complete);
      } catch (NoSuchFileException e) {
        present.remove(entry.path()); // renamed or deleted since it was listed
      } catch (IOException e) {
        unreadable(entry.path(), seen, e);
      }
    }
    files.keySet().removeIf(file -> !present.contains(file) && isListed(file, listing));
    complete.sort(
        Comparator.<Complete>comparingLong(c -> c.facts().step())
            .thenComparing(c -> c.entry().checkpointId()));
    return complete;
  }

  private boolean isListed(Path file, CheckpointFolder.Listing listing) {
    return !listing.unlisted().containsKey(folder.path())
        && !listing.unlisted().containsKey(file.getParent());
  }

  /** Nothing is lost if it was published before. */
  private void unreadable(Path file, Seen seen, IOException failure) {
    if (!seen.settled && !isInterrupted()) {
      seen.unreadable = "cannot be read (%s)".formatted(UnusableInputException.reason(failure));
      tell(seen, "%s %s.".formatted(file, seen.unreadable));
    }
  }

  private void look(CheckpointFolder.Entry entry, Seen seen, long now, List<Complete> complete)
      throws IOException {
    Path file = entry.path();
    FileStamp stamp = seen.settled ? FileStamp.of(file) : FileStamp.ofOpened(file);
    if (!stamp.equals(seen.stamp)) {
      seen.changed(stamp, now);
      changedNanos = now;
    }
    if (seen.settled || !isComplete(file, seen, now)) {
      return;
    }
    if (!seen.whole) {
      String id = EventIds.finding(entry.checkpointId());
      seen.finding =
          id == null ? ModelFileCheck.finding(file).orElse(null) : "cannot be an id: it " + id;
      seen.settled = seen.finding != null;
      seen.whole = seen.finding == null;
      if (seen.settled) {
        tell(seen, "%s %s. It is looked at again when it changes.".formatted(file, seen.finding));
        return;
      }
    }
    TrainingFacts known = facts.of(entry);
    seen.completeNanos = seen.completeNanos == null ? Long.valueOf(now) : seen.completeNanos;
    if (known.awaited() != null && now - seen.completeNanos < patience.lossWait().toNanos()) {
      underWay++;
      tell(
          seen,
          "%s waits for %s, %d s at most."
              .formatted(file, known.awaited(), (patience.lossWait().toMillis() + 999) / 1000));
    } else if (known.step() == null) {
      tell(seen, file + " is passed over: " + TrainingFacts.NO_STEP);
    } else {
      tell(seen, known.finding());
      complete.add(new Complete(entry, stamp, known));
    }
  }

  private boolean isComplete(Path file, Seen seen, long now) throws IOException {
    if (patience.doneMarker() == null) {
      boolean settling = now - seen.sinceNanos < patience.settling().toNanos();
      underWay += settling ? 1 : 0;
      return !settling;
    }
    Path marker = file.resolveSibling(file.getFileName() + patience.doneMarker());
    boolean marked =
        Files.exists(marker)
            && !Files.getLastModifiedTime(marker).toInstant().isBefore(seen.stamp.modified());
    seen.finding = marked ? null : "has no file %s beside it".formatted(marker.getFileName());
    return marked;
  }

  /** Nothing more is to be done about it until it changes. */
  void done(Complete checkpoint) {
    Seen seen = files.get(checkpoint.entry().path());
    if (seen != null && checkpoint.stamp().equals(seen.stamp)) {
      seen.settled = true;
      seen.finding = null;
    }
  }

  /** What was done is to be done again. */
  void forgetDone() {
    files.values().stream().filter(seen -> seen.finding == null).forEach(s -> s.settled = false);
  }

  /** It could not be published; it is looked at again. */
  void failed(Complete checkpoint, String finding) {
    Seen seen = files.get(checkpoint.entry().path());
    if (seen != null && !isInterrupted()) {
      seen.finding = "could not be published: " + finding;
      tell(seen, finding);
    }
  }

  /** How many files are being written, as it seems, or wait for their training loss. */
  int underWay() {
    return underWay;
  }

  /** When a file last appeared or changed, or the folder was first looked at; nanoseconds. */
  long changedNanos() {
    return changedNanos;
  }

  /** Whether the folder is there. */
  boolean folderExists() {
    return folder.exists();
  }

  /** The folder. */
  Path folder() {
    return folder.path();
  }

  /** The files that could not be published, or not even looked for, each with the reason. */
  List<String> unpublished() {
    List<String> unpublished = new ArrayList<>(unlisted);
    files.forEach(
        (file, seen) -> {
          String finding = seen.unreadable == null ? seen.finding : seen.unreadable;
          if (finding != null) {
            unpublished.add(file + " " + finding);
          }
        });
    unpublished.sort(null);
    return unpublished;
  }

  private void tell(Seen seen, String sentence) {
    tellOnce(seen.told, sentence);
  }

  private void tellOnce(Set<String> before, String sentence) {
    if (sentence != null && !isInterrupted() && before.add(sentence)) {
      notes.accept(sentence);
    }
  }

  /** Then reading fails, which is no fault of a file. */
  private static boolean isInterrupted() {
    return Thread.currentThread().isInterrupted();
  }
}
