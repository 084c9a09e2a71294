package io.sounding.jobs.publish;

import java.io.IOException;
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
   * id. Other files in folders, and those whose name starts with a dot, are passed over.
   *
   * @throws UnusableInputException when a path does not exist, no audio file is found, a path is no
   *     id, or two files would be one utterance
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
    try (Stream<Path> below = Files.walk(given)) {
      return new ArrayList<>(below.filter(f -> isAudio(f) && Files.isRegularFile(f)).toList());
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new UnusableInputException(
          given, "cannot be listed (" + e.getMessage() + ")", "check its permissions", e);
    }
  }

  private static boolean isAudio(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && EXTENSIONS.stream().anyMatch(name::endsWith);
  }
}
