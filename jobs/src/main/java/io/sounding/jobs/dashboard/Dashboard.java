package io.sounding.jobs.dashboard;

import io.sounding.jobs.kafka.KafkaClients;

/** A page, and an API behind it, that show what is in the topics of a Kafka as it comes. */
public final class Dashboard implements AutoCloseable {

  private final DashboardServer server;
  private final Feed feed;

  private Dashboard(DashboardServer server, Feed feed) {
    this.server = server;
    this.feed = feed;
  }

  /**
   * Starts it; Kafka need not be there.
   *
   * @throws DashboardException with a sentence, if it cannot listen
   */
  public static Dashboard start(KafkaClients kafka, DashboardSettings settings) {
    Board board = new Board(settings.maxEvents());
    DashboardServer server = DashboardServer.start(board, settings, ServerLimits.DEFAULT);
    return new Dashboard(server, Feed.start(board, kafka));
  }

  /** Where it is, for a browser of this machine. */
  public String address() {
    return server.address();
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
    feed.close();
  }
}
