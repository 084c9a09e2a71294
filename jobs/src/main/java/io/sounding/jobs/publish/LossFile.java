package io.sounding.jobs.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A table of training losses, which a run may still be writing: then it is read again whenever it
 * has changed, as {@link LossTable#readGrowing} does. A file that is not there yet is an empty
 * table; one that cannot be read just now is what was read before.
 */
final class LossFile {

  private final Path file;
  private FileStamp stamp;
  private TreeMap<Long, Double> losses = new TreeMap<>();
  private String finding;

  private LossFile(Path file) {
    this.file = file;
  }

  /** A table that a run may still be writing; nothing is read yet. */
  static LossFile growing(Path file) {
    return new LossFile(file);
  }

  /**
   * A table that is finished.
   *
   * @throws UnusableInputException as {@link LossTable#read}
   */
  static LossFile finished(Path file) throws UnusableInputException {
    LossFile finished = new LossFile(null);
    finished.losses.putAll(LossTable.read(file));
    return finished;
  }

  /** Reads it if it has changed. */
  void refresh() {
    if (file == null) {
      return;
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe would be waited for
      finding = file + ": is no file; name a CSV with the columns step and loss.";
      return;
    }
    try {
      FileStamp now = FileStamp.ofOpened(file);
      if (!now.equals(stamp)) {
        LossTable.Growing read = LossTable.readGrowing(file);
        losses = new TreeMap<>(read.losses());
        finding = read.finding();
        stamp = now;
      }
    } catch (NoSuchFileException e) {
      finding = file + ": does not exist yet.";
    } catch (IOException e) {
      finding = UnusableInputException.unreadable(file, e).getMessage();
    }
  }

  /** The loss of each step, as far as they are written. */
  Map<Long, Double> losses() {
    return losses;
  }

  /** Whether losses of this step may still be written: none of it or of a later one is there. */
  boolean mayReach(long step) {
    return file != null && (losses.isEmpty() || losses.lastKey() < step);
  }

  /** Which file, of a table that a run may still be writing. */
  Path file() {
    return file;
  }

  /** What is wrong with the file, a sentence; null if nothing is. */
  String finding() {
    return finding;
  }
}
