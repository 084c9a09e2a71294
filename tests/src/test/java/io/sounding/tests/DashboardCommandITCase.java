package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.cli.Sounding;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command that serves the dashboard, as a process of its own. */
@Timeout(600)
class DashboardCommandITCase {

  private static final Pattern ADDRESS = Pattern.compile("Dashboard at (http://\\S+/)");

  @TempDir private Path work;

  private JavaProcess dashboard(String name, String... arguments) {
    List<String> all = new ArrayList<>(List.of("dashboard"));
    all.addAll(List.of(arguments));
    return JavaProcess.start(name, work.resolve(name), List.of("-Xmx128m"), Sounding.class, all);
  }

  @Test
  void aPortThatIsTakenIsToldInASentence() throws Exception {
    try (JavaProcess first = dashboard("first", "--bootstrap", "127.0.0.1:1", "--port", "0")) {
      String address = first.awaitPrinted(ADDRESS);
      String port = Integer.toString(URI.create(address).getPort());
      try (JavaProcess second = dashboard("second", "--bootstrap", "127.0.0.1:1", "--port", port)) {
        second.awaitEnd(90);

        assertThat(second.status()).isEqualTo(3);
        assertThat(second.printed())
            .startsWith("Port " + port + " on 127.0.0.1 could not be opened for the dashboard");
      }
      assertThat(first.terminate()).as(first.printed()).isZero(); // without any Kafka
    }
  }

  @Test
  void whoeverLetsEverybodyInIsTold() throws Exception {
    Path token = Files.writeString(work.resolve("token"), "0123456789abcdef\n");
    try (JavaProcess open =
        dashboard("open", "--bootstrap", "127.0.0.1:1", "--port", "0", "--host", "0.0.0.0")) {
      String address = open.awaitPrinted(ADDRESS);
      assertThat(address).startsWith("http://127.0.0.1:");
      assertThat(open.printed())
          .contains(
              " and on port %d of every address of this machine, of Kafka at"
                  .formatted(URI.create(address).getPort()));
      assertThat(open.printed()).contains("Everybody who reaches 0.0.0.0 can look");
    }
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
    try (JavaProcess closed =
        dashboard(
            "closed",
            "--bootstrap",
            "127.0.0.1:1",
            "--port",
            "0",
            "--host",
            "0.0.0.0",
            "--token-file",
            token.toString())) {
      closed.awaitPrinted(ADDRESS);
      assertThat(closed.printed())
          .contains("Others on this machine can read or change the token file")
          .doesNotContain("Everybody", "0123456789abcdef");
    }
  }
}
