package io.sounding.jobs.dashboard;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Where the numbers come from, and how far reading them is.
 *
 * @param sentence the state in words, with what to do
 * @param since when it began
 * @param recordsRead of all topics, those that could not be decoded included
 * @param recordsToRead as many there were when reading began
 * @param recordsPassedOver that could not be decoded
 */
record FeedStatus(
    State state,
    String sentence,
    Instant since,
    long recordsRead,
    long recordsToRead,
    long recordsPassedOver) {

  /** In the order in which they usually come; their names are what the API says. */
  enum State {
    /** Kafka has not answered yet. */
    CONNECTING,
    /** It answers, but the topic of metrics is not there. */
    WAITING,
    /** What is recorded is being read. */
    LOADING,
    /** All is read, new events follow. */
    LIVE,
    /** Kafka stopped answering. */
    UNREACHABLE
  }

  static FeedStatus connecting(String sentence) {
    return new FeedStatus(State.CONNECTING, sentence, now(), 0, 0, 0);
  }

  FeedStatus in(State next, String words) {
    return new FeedStatus(
        next, words, next == state ? since : now(), recordsRead, recordsToRead, recordsPassedOver);
  }

  FeedStatus having(long read, long toRead, long passedOver) {
    return new FeedStatus(state, sentence, since, read, toRead, passedOver);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }
}
