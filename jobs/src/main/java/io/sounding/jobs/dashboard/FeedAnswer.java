package io.sounding.jobs.dashboard;

import java.time.Instant;
import java.util.Locale;

/** Where the numbers come from; see openapi.json. */
record FeedAnswer(
    String state,
    String sentence,
    Instant since,
    long recordsRead,
    long recordsToRead,
    long recordsPassedOver) {

  static FeedAnswer of(FeedStatus status) {
    return new FeedAnswer(
        status.state().name().toLowerCase(Locale.ROOT),
        status.sentence(),
        status.since(),
        status.recordsRead(),
        status.recordsToRead(),
        status.recordsPassedOver());
  }
}
