package io.sounding.jobs.cli;

import io.sounding.jobs.publish.UnusableInputException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import org.apache.flink.util.function.FunctionWithException;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * The one folder a command writes to: mostly a new one each time, so that nothing of the user's is
 * touched and nothing of an earlier run is read. Libraries that unpack native code or keep caches
 * are pointed below it, which must happen before the first of them is used.
 */
final class WorkFolder {

  private static final FileAttribute<?> OWNERS_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final String NAME_ANOTHER = "name another folder with --work";

  private final Path folder;
  private final Runnable ending = this::endAndClean;

  private WorkFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * A new folder below the given one, or below the system's folder for temporary files. When the
   * process is told to end, it does, and the folder is cleaned.
   */
  static WorkFolder below(Path given) throws UnusableInputException {
    Path parent = given == null ? Path.of(System.getProperty("java.io.tmpdir")) : given;
    return claimed(
        parent,
        folder -> Files.createTempDirectory(Files.createDirectories(folder), "sounding-"),
        work -> EndSignals.tell(work.ending));
  }

  /**
   * The given folder itself, to be written to again and again; made if it is missing, for its owner
   * alone: Kafka's records in it are audio.
   */
  static WorkFolder at(Path given) throws UnusableInputException {
    return claimed(given, folder -> Files.createDirectories(folder, OWNERS_ALONE), work -> {});
  }

  private static WorkFolder claimed(
      Path given,
      FunctionWithException<Path, Path, IOException> creation,
      Consumer<WorkFolder> first)
      throws UnusableInputException {
    try {
      WorkFolder work = new WorkFolder(creation.apply(given.toAbsolutePath().normalize()));
      first.accept(work);
      work.claim();
      return work;
    } catch (FileAlreadyExistsException e) {
      throw new UnusableInputException(Path.of(e.getFile()), "is no folder", NAME_ANOTHER, e);
    } catch (IOException e) {
      throw new UnusableInputException(
          given,
          "cannot be written to (%s)".formatted(UnusableInputException.reason(e)),
          NAME_ANOTHER,
          e);
    }
  }

  private void claim() throws IOException {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    System.setProperty("java.io.tmpdir", temporary.toString());
    System.setProperty("org.bytedeco.javacpp.cachedir", folder.resolve("natives").toString());
    System.setProperty("DJL_CACHE_DIR", folder.resolve("djl").toString());
    System.setProperty("ENGINE_CACHE_DIR", folder.resolve("djl").toString());
    OnnxLibraries.unpack(folder.resolve("natives").resolve("onnxruntime"));
    System.setProperty("sounding.log.file", log().toString());
    Configurator.reconfigure(); // whatever class of Avro came first has set logging up without it
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

  /**
   * Deletes what the job left, but not the files directly in the folder (log, results). Does not
   * return where the process was told to end meanwhile: it ends when that is done.
   */
  void clean() {
    folders().forEach(WorkFolder::delete);
    endIfTold();
  }

  private void endAndClean() {
    try {
      EndSignals.endAndClean(folder);
      folders().forEach(WorkFolder::delete);
    } finally {
      EndSignals.halt();
    }
  }

  /** A process that exits by itself would not be cleaned after. */
  private void endIfTold() {
    if (EndSignals.forget(ending)) {
      while (true) {
        LockSupport.park();
      }
    }
  }

  private List<Path> folders() {
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(Files::isDirectory).toList();
    } catch (IOException e) {
      return List.of(); // what cannot be deleted stays in the folder that the user was told of
    }
  }

  /** Deletes the folder. */
  void cleanAll() {
    delete(folder);
    endIfTold();
  }

  private static void delete(Path path) {
    FileUtils.deleteDirectoryQuietly(path.toFile());
  }
}
