package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.Topics;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FeedTest {

  private final Board board = new Board(1_000);
  private final BlockingQueue<String> sentences = new LinkedBlockingQueue<>();
  private Feed feed;

  /** Fails the feed's thread once, in a way that nobody expects. */
  private final class Failing implements Board.Listener {

    private boolean failed;

    @Override
    public void changed(Change change) {}

    @Override
    public void fed() {
      if (!failed && Thread.currentThread().getName().equals("dashboard-feed")) {
        failed = true;
        throw new NoClassDefFoundError("A codec.");
      }
      sentences.add(board.feed().sentence());
    }
  }

  @Test
  void goesOnAfterAnErrorAndSaysSo() throws Exception {
    board.listen(new Failing());
    feed = Feed.start(board, KafkaClients.of("127.0.0.1:1", Topics.withPrefix("t")));

    assertThat(sentences.poll(1, TimeUnit.MINUTES)).startsWith("Connecting to Kafka");
    assertThat(sentences.poll(1, TimeUnit.MINUTES)).startsWith("Reading stopped on a fault");
    assertThat(sentences.poll(1, TimeUnit.MINUTES)).contains("does not answer yet");
  }

  @AfterEach
  void stop() {
    feed.close();
  }
}
