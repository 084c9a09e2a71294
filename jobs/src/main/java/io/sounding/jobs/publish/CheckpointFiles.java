package io.sounding.jobs.publish;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the checkpoint files of a training run and reads their steps from their names.
 *
 * <p>The step is the number after the first "step" or "steps", directly or with one of {@code _ -
 * =} between (step00400.last.pt, global_step_123.pt, epoch=2-step=400.pt); in a name without that,
 * the last number before the extension (epoch_3_iter12000.pt) that names no precision and no
 * version (ckpt_12000_fp16.pt, ckpt12000.opset17.pt), or else the last one (v3.pt).
 */
public final class CheckpointFiles {
  private static final List<String> EXTENSIONS =
      List.of(".pt", ".pth", ".onnx", ".ts", ".torchscript");
  private static final Pattern STEP =
      Pattern.compile("steps?[-_=]?([0-9]+)", Pattern.CASE_INSENSITIVE);

  /** What makes another number of the digits before it: 10k, 1.5e3, 1_000. */
  private static final Pattern MORE_OF_NUMBER =
      Pattern.compile(
          "(?:\\.[0-9]+)?(?:[kKmM](?![A-Za-z])|[eE][-+]?[0-9]+)|(?:[_,][0-9]{3})*[_,]000(?![0-9])");

  /** The last number but those of {@code ckpt_12000_fp16}, {@code int8}, {@code opset17}, 1e5. */
  private static final Pattern LAST_NUMBER =
      Pattern.compile(
          ".*(?<![0-9])(?<![0-9][eE][-+]?)"
              + "(?!(?<=(?<![A-Za-z])(?i:fp|bf|float|f|int|uint|q|w|opset|v))[0-9]{1,2}(?![0-9]))"
              + "([0-9]+)",
          Pattern.DOTALL);

  private static final Pattern LAST_DIGITS =
      Pattern.compile(".*(?<![0-9])([0-9]+)", Pattern.DOTALL);
  private static final Pattern LOSS =
      Pattern.compile(
          "([a-z_]*loss)(?:[=_](?=-)|[-=_]?(?!-))"
              + "(-?[0-9]+(?:\\.[0-9]+)?(?:e[-+]?[0-9]+)?|(?<==)-?(?:nan|inf|infinity)(?![a-z0-9]))",
          Pattern.CASE_INSENSITIVE);

  /** The graph that the Python package lays beside the weights of its checkpoints. */
  private static final Pattern GRAPH = Pattern.compile("graph-[0-9a-f]{12}\\.onnx");

  private static final Set<String> TRAINING_LOSSES = Set.of("loss", "train_loss", "training_loss");

  private CheckpointFiles() {}

  /**
   * One checkpoint file.
   *
   * @param path where it lies
   * @param checkpointId its file name, with that of its folder if that holds the step; unique
   *     within the run
   * @param step training steps taken, at least 0
   */
  public record CheckpointFile(Path path, String checkpointId, long step) {

    /** Where it lies, as Flink's file systems read it: they do not decode percent signs. */
    public String uri() {
      return ArtifactUris.local(path);
    }
  }

  /**
   * The checkpoint files among the given files and in the given folders, as {@link
   * CheckpointFolder} lists these, by step, then by name. A file that is named twice is listed
   * once. The name of one without a number is that of its folder and its own.
   *
   * @throws UnusableInputException when a path does not exist, a named file has another extension,
   *     a folder cannot be listed or has no checkpoint files, a name is no id, holds no step or one
   *     above 2^63 - 1, or two files have the same name
   */
  public static List<CheckpointFile> list(Collection<Path> filesAndFolders)
      throws UnusableInputException {
    List<CheckpointFile> checkpoints = new ArrayList<>();
    Map<String, Path> pathsById = new HashMap<>();
    Set<Path> seen = new HashSet<>();
    for (Path given : filesAndFolders) {
      for (CheckpointFolder.Entry entry : expand(given)) {
        Path path = entry.path();
        if (!seen.add(path.toAbsolutePath().normalize())) {
          continue;
        }
        String name = entry.checkpointId();
        String finding = EventIds.finding(name);
        if (finding != null) {
          throw new UnusableInputException(
              path, "cannot name a checkpoint: its name " + finding, "rename it");
        }
        Path other = pathsById.put(name, path);
        if (other != null) {
          throw new UnusableInputException(
              path,
              "has the same name as " + other,
              "rename one, for checkpoints are told apart by their file names");
        }
        checkpoints.add(new CheckpointFile(path, name, entry.step()));
      }
    }
    checkpoints.sort(
        Comparator.comparingLong(CheckpointFile::step).thenComparing(CheckpointFile::checkpointId));
    return List.copyOf(checkpoints);
  }

  /**
   * The training step in the file's name.
   *
   * @throws UnusableInputException when there is none, it is above 2^63 - 1, or written as 10k,
   *     1_000 or 1.5e3
   */
  public static long step(Path file) throws UnusableInputException {
    String name = file.getFileName().toString();
    String stem = name.substring(0, Math.max(name.lastIndexOf('.'), 0));
    String searched = stem;
    Matcher digits = STEP.matcher(searched);
    if (!digits.find()) {
      searched = LOSS.matcher(stem).replaceAll("");
      digits = LAST_NUMBER.matcher(searched);
      if (!digits.find() && !digits.usePattern(LAST_DIGITS).reset().find()) {
        throw new UnusableInputException(
            file, "has no training step in its name", "rename it, for example to step00400.pt");
      }
    }
    Matcher more = MORE_OF_NUMBER.matcher(searched).region(digits.end(1), searched.length());
    if (more.lookingAt()) {
      throw new UnusableInputException(
          file,
          "writes its step as %s%s".formatted(digits.group(1), more.group()),
          "rename it so that all digits are there, for example to step00400.pt");
    }
    try {
      return Long.parseLong(digits.group(1));
    } catch (NumberFormatException e) {
      throw new UnusableInputException(
          file,
          "has a step of %d digits in its name".formatted(digits.group(1).length()),
          "rename it, for example to step00400.pt; a step has at most 18 digits",
          e);
    }
  }

  /** Whether the file's name says "step" and a number: not just any digits. */
  static boolean namesStep(Path file) {
    return STEP.matcher(file.getFileName().toString()).find();
  }

  /**
   * The training loss in the file's name, after "loss", "train_loss" or "training_loss", directly
   * or with one of {@code = _ -} between (step=400-loss=2.31.pt, step=500-loss=nan.pt); null if
   * there is none. A minus is one only after {@code =} or {@code _}.
   */
  static Double loss(Path file) {
    String name = file.getFileName().toString();
    Matcher loss = LOSS.matcher(name.substring(0, Math.max(name.lastIndexOf('.'), 0)));
    while (loss.find()) {
      String what = loss.group(1).toLowerCase(Locale.ROOT).replaceFirst("^_+", "");
      if (TRAINING_LOSSES.contains(what)) {
        return WrittenNumber.of(loss.group(2));
      }
    }
    return null;
  }

  private static List<CheckpointFolder.Entry> expand(Path given) throws UnusableInputException {
    if (Files.isRegularFile(given)) {
      if (!isCheckpoint(given)) {
        throw new UnusableInputException(
            given, "is not a checkpoint file", "name files of the kinds " + kinds());
      }
      return List.of(entry(given));
    }
    if (!Files.isDirectory(given)) {
      throw new UnusableInputException(given, "does not exist", "check the path");
    }
    CheckpointFolder.Listing listing = CheckpointFolder.ofModels(given).list();
    for (Map.Entry<Path, String> unlisted : listing.unlisted().entrySet()) {
      throw new UnusableInputException(
          unlisted.getKey(),
          "cannot be listed (" + unlisted.getValue() + ")",
          "check its permissions");
    }
    if (listing.entries().isEmpty()) {
      throw new UnusableInputException(
          given,
          "holds no checkpoint files",
          "name a folder with files of the kinds %s; weights for a graph are taken by watch and replay"
              .formatted(kinds()));
    }
    return listing.entries().stream().map(e -> e.isNested() ? e : entry(e.path())).toList();
  }

  /** Files of a folder such as exp_iter2 are not all of its step. */
  private static CheckpointFolder.Entry entry(Path file) {
    String name = file.getFileName().toString();
    return name.chars().anyMatch(Character::isDigit)
        ? new CheckpointFolder.Entry(name, file)
        : CheckpointFolder.entry(file);
  }

  static boolean isCheckpoint(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && EXTENSIONS.stream().anyMatch(name::endsWith);
  }

  /** Whether it is what the weights beside it are for, by its name. */
  static boolean isGraph(Path file) {
    return GRAPH.matcher(file.getFileName().toString()).matches();
  }

  private static String kinds() {
    return "*" + String.join(", *", EXTENSIONS);
  }
}
