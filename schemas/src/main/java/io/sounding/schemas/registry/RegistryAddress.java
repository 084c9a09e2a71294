package io.sounding.schemas.registry;

import java.io.Serializable;
import java.net.URI;

/**
 * Where a schema registry with Confluent's REST interface answers.
 *
 * @param url of the interface, such as {@code http://registry:8081} for Confluent's or {@code
 *     http://registry:8080/apis/ccompat/v7} for Apicurio's; https is checked against the trust
 *     store of the JVM
 * @param credentialsFile a file of one line, {@code basic USER:PASSWORD} or {@code bearer TOKEN},
 *     read for each request where it is made, so that it may change and never becomes part of a
 *     submitted job; null: no credentials
 */
public record RegistryAddress(String url, String credentialsFile) implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * Checks the URL.
   *
   * @throws IllegalArgumentException with a sentence that repeats no password
   */
  public RegistryAddress {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The schema registry's address is no URL. Write it like http://registry:8081.");
    }
    if (uri.getRawUserInfo() != null || url.contains("@")) {
      throw new IllegalArgumentException(
          "The schema registry's URL holds credentials, which would be logged. Put them into a file of their own.");
    }
    if (uri.getHost() == null
        || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "The schema registry's address %s is not a plain http or https URL. Write it like http://registry:8081."
              .formatted(url));
    }
    url = url.replaceAll("/+$", "");
  }

  /** A registry that asks for no credentials. */
  public static RegistryAddress of(String url) {
    return new RegistryAddress(url, null);
  }
}
