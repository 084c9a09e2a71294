package io.sounding.jobs.kafka;

import java.util.Map;

/**
 * A topic as it is.
 *
 * @param partitions how many there are
 * @param replicas of the partition that has the fewest
 * @param brokers how many brokers the cluster has
 * @param configuration settings that hold, by Kafka's names, the broker's defaults among them
 */
public record TopicState(
    int partitions, int replicas, int brokers, Map<String, String> configuration) {

  public TopicState {
    configuration = Map.copyOf(configuration);
  }
}
