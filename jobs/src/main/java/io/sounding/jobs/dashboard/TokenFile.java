package io.sounding.jobs.dashboard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * A file whose one line is a token.
 *
 * @param path the file
 * @param token what it says
 */
public record TokenFile(Path path, String token) {

  private static final int SHORTEST = 16;
  private static final int LONGEST = 512;
  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException with a sentence that does not repeat the token, if it cannot
   *     be read or holds none that is any good
   */
  public static TokenFile read(Path path) {
    String token;
    try {
      token = Files.size(path) > 2 * LONGEST ? "" : Files.readString(path).strip();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The token file %s cannot be read (%s).".formatted(path, e), e);
    }
    boolean usable = token.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (token.length() < SHORTEST || token.length() > LONGEST || !usable) {
      throw new IllegalArgumentException(
          "The token file %s must have one line of %d to %d characters without spaces, such as openssl rand -hex 32 prints."
              .formatted(path, SHORTEST, LONGEST));
    }
    return new TokenFile(path, token);
  }

  /** Whether others than its owner may read or change it, as far as the file system can tell. */
  public boolean isOpenToOthers() {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    try {
      return view != null
          && view.readAttributes().permissions().stream().anyMatch(OTHERS::contains);
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "TokenFile[" + path + "]"; // a token is not for logs
  }
}
