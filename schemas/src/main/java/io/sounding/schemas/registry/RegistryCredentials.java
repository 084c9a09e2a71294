package io.sounding.schemas.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;

/** What a file of credentials says to a registry. Its content is repeated nowhere. */
final class RegistryCredentials {

  private RegistryCredentials() {}

  /**
   * The value of the header Authorization.
   *
   * @throws IOException with a sentence, if the file is not one line of {@code basic USER:PASSWORD}
   *     or {@code bearer TOKEN}
   */
  static String authorization(String file) throws IOException {
    String line;
    try {
      line = Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      throw new IOException(
          "the credentials in %s cannot be read: %s".formatted(file, e.getClass().getSimpleName()),
          e);
    }
    String[] parts = line.split("[ \t]+", 2);
    String kind = parts[0].toLowerCase(Locale.ROOT);
    if (parts.length == 2 && kind.equals("basic") && parts[1].indexOf(':') > 0) {
      return "Basic "
          + Base64.getEncoder().encodeToString(parts[1].getBytes(StandardCharsets.UTF_8));
    }
    // anything else than visible ASCII would be refused by the HTTP client, in a message with it
    if (parts.length == 2 && kind.equals("bearer") && parts[1].matches("[\\x21-\\x7e]+")) {
      return "Bearer " + parts[1];
    }
    throw new IOException(
        "the credentials in %s are neither 'basic USER:PASSWORD' nor 'bearer TOKEN' on one line"
            .formatted(file));
  }
}
