package io.sounding.jobs.publish;

import java.nio.file.Path;

/**
 * What the task managers call files of this machine: the same path, or, for those below one folder,
 * a path of the same form below a URI.
 *
 * @param folder the folder here
 * @param prefix the URI of that folder for the task managers; null: they see the same paths
 */
public record ArtifactUris(Path folder, String prefix) {

  /** Whether a URI can be given for the file. */
  public boolean covers(Path file) {
    return prefix == null || absolute(file).startsWith(absolute(folder));
  }

  /** The URI of a file, as Flink's file systems read it: they do not decode percent signs. */
  public String of(Path file) {
    if (prefix == null) {
      return local(file);
    }
    Path relative = absolute(folder).relativize(absolute(file));
    String below = relative.toString().replace(relative.getFileSystem().getSeparator(), "/");
    return prefix.endsWith("/") ? prefix + below : prefix + "/" + below;
  }

  /** The same, of a file that is seen under its path here. */
  static String local(Path file) {
    return org.apache.flink.core.fs.Path.fromLocalFile(absolute(file).toFile()).toString();
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
