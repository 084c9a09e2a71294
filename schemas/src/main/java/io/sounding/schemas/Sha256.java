package io.sounding.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as 64 lower-case hexadecimal digits, the form of the contracts. */
public final class Sha256 {

  private Sha256() {}

  /** A digest that is still to be given its bytes. */
  public static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  /** What a digest that was given its bytes comes to. */
  public static String finish(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Reads the file to its end.
   *
   * @throws IOException if it cannot be read
   */
  public static String of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = start();
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return finish(digest);
    }
  }
}
