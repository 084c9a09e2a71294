package io.sounding.jobs.publish;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * What the file system says of a file without its being read: as long as it stays equal, the
 * content is taken for unchanged.
 *
 * @param bytes the file's size
 * @param modified when it was last written to
 * @param key tells it from another file of that name (device and inode), where there is such a key
 */
record FileStamp(long bytes, Instant modified, Object key) {

  /** The stamp of a file, links followed. */
  static FileStamp of(Path file) throws IOException {
    return of(file, Files.size(file));
  }

  /**
   * The same of a file that another machine may be writing: clients of network file systems
   * remember sizes and times for up to a minute, and ask the server again when a file is opened.
   */
  static FileStamp ofOpened(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return of(file, channel.size());
    }
  }

  private static FileStamp of(Path file, long bytes) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileStamp(bytes, attributes.lastModifiedTime().toInstant(), attributes.fileKey());
  }

  /** Size and time in one line, for a checkpoint event's tag. */
  String text() {
    return bytes + " bytes, " + modified;
  }
}
