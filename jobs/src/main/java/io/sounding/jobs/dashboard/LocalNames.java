package io.sounding.jobs.dashboard;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The names under which this machine reaches itself. */
final class LocalNames {

  private static final Set<String> USUAL = Set.of("localhost", "[::1]");
  private static final Pattern LOOPBACK = Pattern.compile("127(\\.[0-9]{1,3}){3}");
  private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");

  private final String own;

  /**
   * The usual ones, and the one that was given.
   *
   * @param own the name or address that is listened on
   */
  LocalNames(String own) {
    this.own =
        (own.contains(":") && !own.startsWith("[") ? "[" + own + "]" : own)
            .toLowerCase(Locale.ROOT);
  }

  /**
   * Whether a Host header is one of them.
   *
   * @param header host or host:port; null: there is none
   */
  boolean contain(String header) {
    if (header == null) {
      return false;
    }
    String name = PORT.matcher(header).replaceFirst("").toLowerCase(Locale.ROOT);
    return USUAL.contains(name) || name.equals(own) || LOOPBACK.matcher(name).matches();
  }
}
