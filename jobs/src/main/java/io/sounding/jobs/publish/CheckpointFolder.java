package io.sounding.jobs.publish;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The folder into which a training run writes its checkpoints: files directly in it, and files in
 * folders that are named after a checkpoint, as Hugging Face's Trainer writes them
 * (checkpoint-400/model.safetensors).
 *
 * <p>Passed over are temporary files and folders (names that start with a dot, {@code ~}, {@code #}
 * or {@code tmp}, or hold tmp, temp, part, partial or incomplete between dots), what else trainers
 * save beside a model (optimizer.pt, rng_state.pth, ...), the graph that the Python package lays
 * beside weights, pieces of a model (-00001-of-00002), and links to a file that is listed already.
 */
public final class CheckpointFolder {

  private static final Pattern CHECKPOINT_FOLDER =
      Pattern.compile(
          ".*(checkpoint|ckpt|chkpt|steps?|iter|iteration)[-_=+]?[0-9]+", Pattern.CASE_INSENSITIVE);
  private static final Pattern TEMPORARY =
      Pattern.compile(
          "[.~#].*|.*~|te?mp[-_.].*|.*\\.(te?mp|part|partial|incomplete)(\\..*)?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern NO_MODEL =
      Pattern.compile(
          "(optimizer|optim|scheduler|scaler|rng_state|random_states?)([-_.0-9].*)?\\.(pt|pth)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern PIECE = Pattern.compile(".*-[0-9]+-of-[0-9]+\\.[a-z]+");
  private static final String WEIGHTS = ".safetensors";

  /**
   * A checkpoint's file.
   *
   * @param checkpointId its path below the folder, '/' between its parts: unique, and the same
   *     whenever the folder is listed
   * @param path the file
   */
  public record Entry(String checkpointId, Path path) {

    /**
     * The training step in the file's name, or in that of its folder.
     *
     * @throws UnusableInputException if there is none
     */
    long step() throws UnusableInputException {
      return isNested() && !CheckpointFiles.namesStep(path)
          ? CheckpointFiles.step(path.resolveSibling(path.getParent().getFileName() + ".pt"))
          : CheckpointFiles.step(path);
    }

    /** The folder that the id is relative to. */
    public Path folder() {
      Path parent = path.toAbsolutePath().normalize().getParent();
      return isNested() ? parent.getParent() : parent;
    }

    /** Whether it lies in a folder of its own. */
    boolean isNested() {
      return checkpointId.indexOf('/') >= 0;
    }
  }

  /**
   * What is there.
   *
   * @param entries the checkpoints' files, by id
   * @param unlisted the folders that cannot be listed, each with the reason in words
   */
  public record Listing(List<Entry> entries, Map<Path, String> unlisted) {

    /** What could not be listed and why, each to be read as a sentence, without the full stop. */
    List<String> findings() {
      return unlisted.entrySet().stream()
          .map(folder -> "%s cannot be listed (%s)".formatted(folder.getKey(), folder.getValue()))
          .sorted()
          .toList();
    }
  }

  private final Path folder;
  private final boolean weights;

  private CheckpointFolder(Path folder, boolean weights) {
    this.folder = folder;
    this.weights = weights;
  }

  /** Model files, TorchScript and ONNX, in this folder, which need not exist yet. */
  public static CheckpointFolder ofModels(Path folder) {
    return new CheckpointFolder(folder, false);
  }

  /** Files of weights, safetensors, for a graph that was exported once. */
  public static CheckpointFolder ofWeights(Path folder) {
    return new CheckpointFolder(folder, true);
  }

  /** Which folder. */
  public Path path() {
    return folder;
  }

  /** Whether the folder is there. */
  public boolean exists() {
    return Files.isDirectory(folder);
  }

  /**
   * A file given by name, as it would be listed in its folder; one whose step is in the name of its
   * folder is listed in the folder above.
   */
  public static Entry entry(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    boolean nested =
        !CheckpointFiles.namesStep(absolute)
            && parent.getFileName() != null
            && CHECKPOINT_FOLDER.matcher(parent.getFileName().toString()).matches();
    String name = absolute.getFileName().toString();
    return new Entry(nested ? parent.getFileName() + "/" + name : name, absolute);
  }

  /** What is there now; whether the files are whole is not looked at. */
  public Listing list() {
    List<Entry> found = new ArrayList<>();
    Map<Path, String> unlisted = new HashMap<>();
    for (Path path : children(folder, unlisted)) {
      String name = path.getFileName().toString();
      if (isTaken(path)) {
        found.add(new Entry(name, path));
      } else if (CHECKPOINT_FOLDER.matcher(name).matches() && !TEMPORARY.matcher(name).matches()) {
        for (Path nested : children(path, unlisted)) {
          if (isTaken(nested)) {
            found.add(new Entry(name + "/" + nested.getFileName(), nested));
          }
        }
      }
    }
    return new Listing(withoutLinks(found), Map.copyOf(unlisted));
  }

  /** Whether the file's name has the ending of a file of weights, or else of a model. */
  static boolean isOfKind(Path file, boolean weights) {
    return weights
        ? file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(WEIGHTS)
        : CheckpointFiles.isCheckpoint(file);
  }

  private boolean isTaken(Path file) {
    String name = file.getFileName().toString();
    return isOfKind(file, weights)
        && !CheckpointFiles.isGraph(file)
        && !NO_MODEL.matcher(name).matches()
        && !TEMPORARY.matcher(name).matches()
        && !PIECE.matcher(name.toLowerCase(Locale.ROOT)).matches()
        && Files.isRegularFile(file);
  }

  /** The paths in a folder; none if it is no folder, or no more; unlisted, if not all are read. */
  private static List<Path> children(Path folder, Map<Path, String> unlisted) {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
      paths.forEach(children::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      unlisted.put(folder, UnusableInputException.reason(e.getCause()));
    } catch (IOException e) {
      unlisted.put(folder, UnusableInputException.reason(e));
    }
    return children;
  }

  /** Links followed; without asking the file system again and again where there is none. */
  private Path realPath(Entry entry) throws IOException {
    boolean linked =
        Files.isSymbolicLink(entry.path()) || Files.isSymbolicLink(entry.path().getParent());
    return linked ? entry.path().toRealPath() : folder.toRealPath().resolve(entry.checkpointId());
  }

  /** Of several names of one file the one that is no link, else the one that names a step. */
  private List<Entry> withoutLinks(Collection<Entry> entries) {
    Comparator<Entry> best =
        Comparator.<Entry, Boolean>comparing(entry -> Files.isSymbolicLink(entry.path()))
            .thenComparing(entry -> !CheckpointFiles.namesStep(entry.path()))
            .thenComparing(Entry::checkpointId);
    Map<Path, Entry> byFile = new HashMap<>();
    for (Entry entry : entries) {
      try {
        byFile.merge(realPath(entry), entry, (a, b) -> best.compare(a, b) <= 0 ? a : b);
      } catch (IOException e) {
        // it was renamed or deleted since it was listed
      }
    }
    return byFile.values().stream().sorted(Comparator.comparing(Entry::checkpointId)).toList();
  }
}
