package io.sounding.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;

/**
 * The one folder a command writes to: mostly a new one each time, so that nothing of the user's is
 * touched and nothing of an earlier run is read. Libraries that unpack native code or keep caches
 * are pointed below it, which must happen before the first of them is used.
 */
final class WorkFolder {

  private final Path folder;

  private WorkFolder(Path folder) {
    this.folder = folder;
  }

  /** A new folder below the given one, or below the system's folder for temporary files. */
  static WorkFolder below(Path given) throws IOException {
    Path folder =
        given == null
            ? Files.createTempDirectory("sounding-")
            : Files.createTempDirectory(
                Files.createDirectories(given.toAbsolutePath().normalize()), "sounding-");
    WorkFolder work = new WorkFolder(folder);
    work.claim();
    return work;
  }

  /** The given folder itself, to be written to again and again; made if it is missing. */
  static WorkFolder at(Path given) throws IOException {
    WorkFolder work = new WorkFolder(Files.createDirectories(given.toAbsolutePath().normalize()));
    work.claim();
    return work;
  }

  private void claim() throws IOException {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    System.setProperty("java.io.tmpdir", temporary.toString());
    System.setProperty("org.bytedeco.javacpp.cachedir", folder.resolve("natives").toString());
    System.setProperty("DJL_CACHE_DIR", folder.resolve("djl").toString());
    System.setProperty("ENGINE_CACHE_DIR", folder.resolve("djl").toString());
    System.setProperty("sounding.log.file", folder.resolve("sounding.log").toString());
  }

  Path path() {
    return folder;
  }

  Path log() {
    return folder.resolve("sounding.log");
  }

  Path models() {
    return folder.resolve("models");
  }

  /** Deletes what the job left, but not the files directly in the folder (log, results). */
  void clean() {
    try (Stream<Path> children = Files.list(folder)) {
      for (Path child : children.filter(Files::isDirectory).toList()) {
        delete(child);
      }
    } catch (IOException e) {
      // what cannot be deleted stays in the folder that the user was told of
    }
  }

  /** Has {@link #clean} done when the process is interrupted. */
  void cleanOnInterrupt() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::clean, "clean-work-folder"));
  }

  /** Deletes the folder. */
  void cleanAll() {
    delete(folder);
  }

  private static void delete(Path path) {
    FileUtils.deleteDirectoryQuietly(path.toFile());
  }
}
