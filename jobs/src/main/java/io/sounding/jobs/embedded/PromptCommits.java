package io.sounding.jobs.embedded;

import io.sounding.jobs.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a Flink checkpoint taken as soon as the job has written an event: nobody can read it before.
 * So events are prompt although periodic checkpoints, which cost the same whether something was
 * written or not, are rare. One checkpoint begins a second after another at the earliest.
 */
final class PromptCommits implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PromptCommits.class);
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private final KafkaConsumer<byte[], byte[]> events;
  private final CompletableFuture<Void> closing = new CompletableFuture<>();
  private Thread thread; // null: not started

  private PromptCommits(KafkaConsumer<byte[], byte[]> events) {
    this.events = events;
  }

  /** Notices events that are written from now on. */
  static PromptCommits of(KafkaClients kafka) {
    KafkaConsumer<byte[], byte[]> events = kafka.uncommittedConsumer();
    try {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : kafka.topics().written()) {
        events
            .partitionsFor(topic)
            .forEach(of -> partitions.add(new TopicPartition(topic, of.partition())));
      }
      events.assign(partitions);
      events.seekToEnd(partitions);
      partitions.forEach(events::position); // where the end is now, not when it polls
    } catch (KafkaException failure) {
      events.close();
      throw failure;
    }
    return new PromptCommits(events);
  }

  /**
   * Has checkpoints taken from now on.
   *
   * @param checkpoint takes one, which may fail: the next periodic one does as well
   */
  void start(Supplier<? extends CompletableFuture<?>> checkpoint) {
    thread = new Thread(() -> run(checkpoint), "prompt commits");
    thread.setDaemon(true);
    thread.start();
  }

  private void run(Supplier<? extends CompletableFuture<?>> checkpoint) {
    try {
      while (!closing.isDone()) {
        if (!events.poll(Duration.ofMillis(Long.MAX_VALUE)).isEmpty()) {
          long begun = System.nanoTime();
          take(checkpoint);
          awaitClosing(BETWEEN.toNanos() - (System.nanoTime() - begun));
        }
      }
    } catch (WakeupException closed) {
      // as it should be
    } catch (KafkaException failure) {
      LOG.warn("Events are readable with periodic checkpoints only from now on.", failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(Supplier<? extends CompletableFuture<?>> checkpoint)
      throws InterruptedException {
    try {
      CompletableFuture.anyOf(checkpoint.get(), closing).get();
    } catch (ExecutionException | IllegalStateException failure) { // the job restarts, or ends
      LOG.debug("A checkpoint was not taken.", failure);
    }
  }

  private void awaitClosing(long nanos) throws InterruptedException {
    try {
      closing.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException passed) {
      // the next one may begin
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Looks no longer; a checkpoint that was begun goes on. */
  @Override
  public void close() {
    closing.complete(null);
    events.wakeup();
    try {
      if (thread != null) {
        thread.join();
      }
      events.close();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
