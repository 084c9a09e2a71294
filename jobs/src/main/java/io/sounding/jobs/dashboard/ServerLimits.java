package io.sounding.jobs.dashboard;

import java.time.Duration;

/**
 * What a client may take.
 *
 * @param streams clients that are told of changes at the same time
 * @param changesApart pause between two changes that a client is told
 * @param ping after which a client that there is nothing to tell gets a comment
 * @param stalled after which a client that reads nothing is given up
 */
record ServerLimits(int streams, Duration changesApart, Duration ping, Duration stalled) {

  static final ServerLimits DEFAULT =
      new ServerLimits(64, Duration.ofMillis(250), Duration.ofSeconds(15), Duration.ofSeconds(30));
}
