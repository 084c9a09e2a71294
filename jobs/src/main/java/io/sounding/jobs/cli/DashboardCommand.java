package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkNotEmpty;
import static io.sounding.jobs.cli.Arguments.checkRange;
import static io.sounding.jobs.cli.Arguments.unusable;

import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.dashboard.Dashboard;
import io.sounding.jobs.dashboard.DashboardSettings;
import io.sounding.jobs.dashboard.TokenFile;
import io.sounding.jobs.kafka.KafkaClients;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sounding dashboard}: a page that shows training runs as they happen. */
@Command(
    name = "dashboard",
    description =
        "Serves a page that shows metrics, alarms and correlations of training runs as they come, until it is stopped.",
    footer = {
      "",
      "Examples:",
      "  sounding dashboard --bootstrap kafka:9092",
      "  openssl rand -hex 32 > token && chmod 600 token",
      "  sounding dashboard --bootstrap kafka:9092 --host 0.0.0.0 --token-file token",
      "and in the browser http://HOST:8085/#token=TOKEN",
      "",
      "It reads Kafka and never writes to it. Kafka need not be there: the page says",
      "so, and goes on when it is. The API is described at /openapi.json.",
      "",
      "Exit status: 0 stopped, 2 unusable arguments, 3 the port is taken."
    },
    sortOptions = false,
    showDefaultValues = true,
    mixinStandardHelpOptions = true)
@Configured
final class DashboardCommand implements Callable<Integer> {

  private static final int MOST_EVENTS = 100_000_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "Name or address to listen on; 0.0.0.0: all of this machine's, for which --token-file is advised.")
  private String host = DashboardSettings.LOOPBACK;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on; 0: one that is free.")
  private int port = DashboardSettings.PORT;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file with a token: whoever does not send it gets no numbers.")
  private Path tokenFile;

  @Option(
      names = "--max-events",
      paramLabel = "EVENTS",
      description =
          "Metric events that are held, each about 300 bytes; beyond, the checkpoints go that were written longest ago.")
  private int maxEvents = DashboardSettings.MAX_EVENTS;

  @Mixin private KafkaOptions kafka;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter terminal = spec.commandLine().getOut();
    checkNotEmpty(spec, "--host", host);
    checkRange(spec, "--port", port, 0, 65_535);
    checkRange(spec, "--max-events", maxEvents, DashboardSettings.LEAST_EVENTS, MOST_EVENTS);
    TokenFile token = token();
    DashboardSettings settings =
        new DashboardSettings(host, port, token == null ? null : token.token(), maxEvents);
    KafkaClients clients = kafka.clients();
    warn(settings, token);
    try (Interruption interruption = new Interruption()) {
      try (Dashboard dashboard = Dashboard.start(clients, settings)) {
        terminal.printf(
            "Dashboard at %s%s%s, of Kafka at %s%nStop it with Ctrl+C.%n",
            dashboard.address(),
            token == null ? "" : "#token=...",
            settings.isOnAllAddresses()
                ? " and on port %d of every address of this machine".formatted(dashboard.port())
                : "",
            clients.bootstrapServers());
        terminal.flush();
        new CountDownLatch(1).await(); // until it is interrupted
      } catch (InterruptedException e) {
        if (!interruption.happened()) {
          throw e;
        }
      }
      return 0;
    }
  }

  private TokenFile token() {
    try {
      return tokenFile == null ? null : TokenFile.read(tokenFile);
    } catch (IllegalArgumentException e) {
      throw unusable(spec, e.getMessage());
    }
  }

  private void warn(DashboardSettings settings, TokenFile token) {
    PrintWriter errors = spec.commandLine().getErr();
    if (token != null && token.isOpenToOthers()) {
      errors.printf(
          "Others on this machine can read or change the token file %s: chmod 600 it.%n",
          token.path());
    }
    if (token == null && !settings.isLoopback()) {
      errors.printf(
          "Everybody who reaches %s can look at the dashboard: --token-file asks for a token.%n",
          settings.host());
    }
    errors.flush();
  }
}
