package io.sounding.jobs.cli;

import static io.sounding.jobs.cli.Arguments.checkRange;

import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.dashboard.Dashboard;
import io.sounding.jobs.dashboard.DashboardException;
import io.sounding.jobs.dashboard.DashboardSettings;
import io.sounding.jobs.kafka.KafkaClients;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The page beside an embedded job: it is there unless somebody does not want it. */
@Configured
final class DashboardOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--no-dashboard", fallbackValue = "true", description = "Serve no page.")
  private boolean unwanted;

  @Option(
      names = "--dashboard-port",
      paramLabel = "PORT",
      description =
          "Port of the page on 127.0.0.1; 0: one that is free (default: 8085, or one that is free if that is taken).")
  private Integer port;

  /** Refuses a port that there is not. */
  void check() {
    if (port != null) {
      checkRange(command, "--dashboard-port", port, 0, 65_535);
    }
  }

  /**
   * Starts it; null: it is not wanted.
   *
   * @throws DashboardException with a sentence, if it cannot listen on the port that was named
   */
  Dashboard start(KafkaClients kafka) {
    if (unwanted) {
      return null;
    }
    return port == null ? onUsualPort(kafka) : on(port, kafka);
  }

  /** Where it is, as a line of the terminal; nothing where there is none. */
  static String line(Dashboard dashboard) {
    return dashboard == null ? "" : "Dashboard at %s%n".formatted(dashboard.address());
  }

  private static Dashboard onUsualPort(KafkaClients kafka) {
    try {
      return on(DashboardSettings.PORT, kafka);
    } catch (DashboardException e) {
      return on(0, kafka); // of two on a machine, the second is told where it is
    }
  }

  private static Dashboard on(int port, KafkaClients kafka) {
    return Dashboard.start(kafka, DashboardSettings.onLoopback(port));
  }
}
