package io.sounding.jobs.dashboard;

import io.sounding.jobs.dashboard.FeedStatus.State;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaUnavailableException;
import io.sounding.jobs.kafka.TopicIds;
import io.sounding.schemas.registry.RegistryException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that reads the topics onto a board: from the start, committed records only, for as
 * long as it takes. Whatever Kafka does, it goes on: where it stopped, with a consumer of its own
 * or a new one; from the start, where a topic turns out not to be the one that it read.
 */
final class Feed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

  /** Wait of one poll. */
  private static final Duration TURN = Duration.ofMillis(500);

  /**
   * Kafka is asked for topics, partitions and their ends; a consumer that polls in vain cannot tell
   * whether it is there.
   */
  private static final Duration ASKED_EVERY = Duration.ofSeconds(2);

  /** Pause before another try. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** How long the consumer may take to close. */
  private static final Duration GOOD_ORDER = Duration.ofSeconds(5);

  private final Board board;
  private final KafkaClients kafka;
  private final FeedRecords records;
  private final TopicIds topicIds;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "dashboard-feed");
  private volatile KafkaConsumer<byte[], byte[]> consumer;
  private boolean answered;

  private Feed(Board board, KafkaClients kafka) {
    this.board = board;
    this.kafka = kafka.with(settings(kafka));
    this.records = new FeedRecords(board, kafka);
    this.topicIds = new TopicIds(kafka, kafka.topics().compacted());
    thread.setDaemon(true);
  }

  /** Begins to read. */
  static Feed start(Board board, KafkaClients kafka) {
    Feed feed = new Feed(board, kafka);
    feed.state(State.CONNECTING, "Connecting to Kafka at %s.".formatted(kafka.bootstrapServers()));
    feed.thread.start();
    return feed;
  }

  private static Properties settings(KafkaClients kafka) {
    Properties settings = new Properties();
    settings.putAll(kafka.settings());
    settings.putIfAbsent(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "30000");
    settings.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "2000");
    return settings;
  }

  private void run() {
    try (topicIds) {
      readOn();
    }
  }

  private void readOn() {
    while (!isClosed()) {
      try (KafkaConsumer<byte[], byte[]> made = kafka.strictConsumer()) {
        consumer = made;
        follow(new FeedPartitions(made, kafka.topics(), records.positions()));
      } catch (WakeupException e) {
        // closed
      } catch (OffsetOutOfRangeException e) {
        startOver();
      } catch (KafkaUnavailableException e) {
        lost(e.getMessage());
      } catch (KafkaException e) {
        LOG.info("Kafka cannot be read; another consumer is made.", e);
        lost(
            "Kafka at %s cannot be read (%s)."
                .formatted(kafka.bootstrapServers(), KafkaClients.reason(e)));
      } catch (RegistryException e) {
        state(State.UNREACHABLE, e.getMessage() + " Reading goes on by itself when it answers.");
      } catch (RuntimeException | Error e) { // such as a codec that is missing, or no memory
        lost("Reading stopped on a fault of the dashboard, which its log tells of.");
        LOG.error("Reading stopped on a fault of the dashboard; it is tried again.", e);
      }
      pause();
    }
  }

  /** Until a topic is not the one that it was. */
  private void follow(FeedPartitions partitions) {
    long asked = System.nanoTime() - ASKED_EVERY.toNanos();
    while (!isClosed()) {
      if (System.nanoTime() - asked >= ASKED_EVERY.toNanos()) {
        if (!ask(partitions)) {
          continue;
        }
        if (topicIds.changed()) {
          startOver();
          return;
        }
        asked = System.nanoTime();
      }
      if (partitions.haveMetrics()) {
        records.take(consumer.poll(TURN));
        tellProgress(partitions.left());
      } else {
        pause();
      }
    }
  }

  private void startOver() {
    LOG.info("A topic was made anew; all is read again.");
    records.startOver();
    state(
        State.LOADING,
        "A topic in Kafka at %s was made anew: all is read again."
            .formatted(kafka.bootstrapServers()));
  }

  /** Looks for topics and partitions that are new, and for the ends; whether Kafka answers. */
  private boolean ask(FeedPartitions partitions) {
    try {
      partitions.refresh();
    } catch (TimeoutException e) {
      lost(
          "Kafka at %s does not answer%s."
              .formatted(kafka.bootstrapServers(), answered ? " any more" : " yet"));
      return false;
    }
    answered = true;
    if (!partitions.haveMetrics()) {
      state(
          State.WAITING,
          "Kafka at %s has no topic %s: the dashboard waits for it. It is made before the job starts; if it has another name, correct --topics."
              .formatted(kafka.bootstrapServers(), kafka.topics().metrics()));
    }
    return true;
  }

  private void tellProgress(long left) {
    FeedStatus status = board.feed();
    long toRead = status.recordsToRead();
    if (status.state() != State.LIVE) {
      toRead = records.count() + left;
      status =
          left > 0
              ? status.in(
                  State.LOADING,
                  "What is recorded in Kafka at %s is being read."
                      .formatted(kafka.bootstrapServers()))
              : status.in(
                  State.LIVE,
                  "All that is recorded in Kafka at %s is read; what is new follows."
                      .formatted(kafka.bootstrapServers()));
    }
    board.feed(status.having(records.count(), toRead, records.passedOver()));
  }

  private void lost(String sentence) {
    if (answered) {
      state(
          State.UNREACHABLE,
          sentence
              + " What was read before is still shown; reading goes on by itself when it answers.");
    } else {
      state(
          State.CONNECTING,
          sentence
              + " Check that it runs, and --bootstrap and --kafka-properties; it is tried again and again.");
    }
  }

  private void state(State state, String sentence) {
    board.feed(board.feed().in(state, sentence));
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void pause() {
    try {
      closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closed.countDown(); // nobody else knows this thread
    }
  }

  @Override
  public void close() {
    closed.countDown();
    KafkaConsumer<byte[], byte[]> reading = consumer;
    if (reading != null) {
      reading.wakeup();
    }
    try {
      thread.join(GOOD_ORDER.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
