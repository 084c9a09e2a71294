package io.sounding.jobs.publish;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds the audio files of a corpus and names their utterances. */
public final class AudioFiles {

  private static final List<String> EXTENSIONS = List.of(".wav", ".wave", ".flac");

  private AudioFiles() {}

  /**
   * One utterance to be.
   *
   * @param utteranceId path below the named folder, '/' between its parts, without the extension;
   *     for a named file its name without the extension
   * @param path the audio file
   */
  public record AudioFilePath(String utteranceId, Path path) {}

  /**
   * The WAV and FLAC files among the given files and anywhere below the given folders, by utterance
   * id. Links are followed. Other files in folders, and those whose name starts with a dot, are
   * passed over.
   *
   * @throws UnusableInputException when a path does not exist, no audio file is found, a link leads
   *     nowhere or in a circle, a path is no id, or two files would be one utterance
   */
  public static List<AudioFilePath> list(Collection<Path> filesAndFolders)
      throws UnusableInputException {
    TreeMap<String, AudioFilePath> byId = new TreeMap<>();
    for (Path given : filesAndFolders) {
      for (Path file : expand(given)) {
        Path relative = Files.isDirectory(given) ? given.relativize(file) : file.getFileName();
        String name = relative.toString().replace(relative.getFileSystem().getSeparator(), "/");
        String utteranceId = name.substring(0, name.lastIndexOf('.'));
        String finding = EventIds.finding(utteranceId);
        if (finding != null) {
          throw new UnusableInputException(
              file, "cannot name an utterance: its path " + finding, "rename it");
        }
        AudioFilePath other = byId.put(utteranceId, new AudioFilePath(utteranceId, file));
        if (other != null && !other.path().equals(file)) {
          throw new UnusableInputException(
              file, "would be the same utterance as " + other.path(), "rename one of them");
        }
      }
    }
    if (byId.isEmpty()) {
      Path any = filesAndFolders.iterator().next();
      throw new UnusableInputException(
          any, "holds no WAV or FLAC file", "name a folder with .wav or .flac files");
    }
    return List.copyOf(byId.values());
  }

  private static List<Path> expand(Path given) throws UnusableInputException {
    if (!Files.exists(given)) {
      throw new UnusableInputException(given, "does not exist", "name a folder of audio files");
    }
    if (!Files.isDirectory(given)) {
      if (!isAudio(given)) {
        throw new UnusableInputException(
            given, "is not named like audio", "name .wav or .flac files, or a folder of them");
      }
      return List.of(given);
    }
    List<Path> found = new ArrayList<>();
    try (Stream<Path> below = Files.walk(given, FileVisitOption.FOLLOW_LINKS)) {
      for (Path path : (Iterable<Path>) below::iterator) {
        if (Files.isSymbolicLink(path) && !Files.exists(path) && mayHoldAudio(path)) {
          throw new UnusableInputException(
              path, "is a link to nothing", "take it away, or bring back what it leads to");
        } else if (isAudio(path) && Files.isRegularFile(path)) {
          found.add(path);
        }
      }
    } catch (UnusableInputException e) {
      throw e;
    } catch (IOException e) {
      throw unlisted(given, e);
    } catch (UncheckedIOException e) {
      throw unlisted(given, e.getCause());
    }
    return found;
  }

  private static UnusableInputException unlisted(Path given, IOException failure) {
    if (failure instanceof FileSystemLoopException loop) {
      return new UnusableInputException(
          Path.of(loop.getFile()), "is a link to a folder that it lies in", "take it away", loop);
    }
    Path folder =
        failure instanceof FileSystemException refused ? Path.of(refused.getFile()) : given;
    return new UnusableInputException(
        folder,
        "cannot be listed (" + UnusableInputException.reason(failure) + ")",
        "check its permissions",
        failure);
  }

  /** Of a link that leads nowhere: to a file of another kind, or to audio or a folder. */
  private static boolean mayHoldAudio(Path link) {
    return isAudio(link) || link.getFileName().toString().indexOf('.') < 0;
  }

  private static boolean isAudio(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && EXTENSIONS.stream().anyMatch(name::endsWith);
  }
}
