package io.sounding.tests;

import io.sounding.schemas.registry.RegistryAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Apicurio Registry with storage in memory, as a process of its own from the distribution that
 * Maven unpacked (system property {@code sounding.registry.server}). It ends with this JVM.
 */
final class ApicurioServer implements AutoCloseable {

  private static final Pattern LISTENING = Pattern.compile("Listening on: (http://\\S+)");

  private final Process shell;
  private final long pid;
  private final String url;

  private ApicurioServer(Process shell, long pid, String url) {
    this.shell = shell;
    this.pid = pid;
    this.url = url;
  }

  /**
   * Starts it on a free port.
   *
   * @param folder where its log goes
   */
  static ApicurioServer start(Path folder) {
    Path log = folder.resolve("apicurio.log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
              "sh",
              "-c",
              "log=$1; shift; : >\"$log\"; \"$@\" >\"$log\" 2>&1 & echo $!; cat >/dev/null; kill -KILL $!",
              "sh",
              log.toString(),
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx256m",
              "-XX:TieredStopAtLevel=1",
              "-Dquarkus.http.host=127.0.0.1",
              "-Dquarkus.http.port=0",
              "-jar",
              runner().toString());
      Process shell = builder.start();
      long pid = Long.parseLong(shell.inputReader().readLine());
      Await.until(
          "Apicurio Registry listens",
          () -> {
            if (ProcessHandle.of(pid).isEmpty()) {
              throw new AssertionError("It ended: " + Files.readString(log));
            }
            return LISTENING.matcher(Files.readString(log)).find();
          },
          () -> log);
      Matcher listening = LISTENING.matcher(Files.readString(log));
      if (!listening.find()) {
        throw new AssertionError("It does not say where it listens.");
      }
      return new ApicurioServer(shell, pid, listening.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException("Apicurio Registry could not be started.", e);
    }
  }

  private static Path runner() throws IOException {
    Path distribution = Path.of(System.getProperty("sounding.registry.server"));
    try (Stream<Path> files = Files.list(distribution)) {
      return files
          .filter(file -> file.toString().endsWith("-runner.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Confluent's interface. */
  RegistryAddress confluent() {
    return RegistryAddress.of(url + "/apis/ccompat/v7");
  }

  /** Apicurio's own interface, which its serializers use. */
  String own() {
    return url + "/apis/registry/v2";
  }

  /** The subjects that it knows, as JSON. */
  String subjects() throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(confluent().url() + "/subjects")).build(),
            BodyHandlers.ofString())
        .body();
  }

  /** Stops it with SIGSTOP until what is returned ends: it takes questions and does not answer. */
  JavaProcess.Pause pause() {
    return JavaProcess.pause(pid);
  }

  @Override
  public void close() {
    try {
      shell.getOutputStream().close();
      shell.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
