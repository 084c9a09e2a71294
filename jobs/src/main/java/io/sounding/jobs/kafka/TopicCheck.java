package io.sounding.jobs.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Finds what is dangerous about a topic: what loses records, or keeps them from being written. What
 * is merely otherwise, such as more partitions, is left alone. Whose setting is not known is not
 * judged.
 */
final class TopicCheck {

  private final TopicDesign design;
  private final TopicState state;
  private final List<TopicFinding> findings = new ArrayList<>();

  private TopicCheck(TopicDesign design, TopicState state) {
    this.design = design;
    this.state = state;
  }

  /** What is dangerous about the topic as it is. */
  static List<TopicFinding> of(TopicDesign design, TopicState state) {
    TopicCheck check = new TopicCheck(design, state);
    check.cleanup();
    check.recordSize();
    check.replicas();
    return check.findings;
  }

  private void cleanup() {
    boolean compacts = has(TopicConfig.CLEANUP_POLICY_COMPACT);
    boolean deletes = has(TopicConfig.CLEANUP_POLICY_DELETE);
    switch (design.use()) {
      case INPUT -> {
        if (compacts) {
          find(
              "is compacted, which drops all but the latest record of a key, though several of one key are needed",
              TopicConfig.CLEANUP_POLICY_CONFIG);
        }
        expiry(true);
      }
      case LATEST_INPUT -> expiry(deletes);
      case RESULT -> {
        if (!compacts) {
          find(
              "is not compacted, so it grows with every event, outdated ones included",
              TopicConfig.CLEANUP_POLICY_CONFIG);
        }
        resultExpiry(deletes);
      }
      case DEAD_LETTERS -> {
        if (compacts) {
          find(
              "is compacted, which refuses records without a key, as dead letters may be",
              TopicConfig.CLEANUP_POLICY_CONFIG);
        }
      }
    }
  }

  private void expiry(boolean deletes) {
    if (deletes && isLimited(TopicConfig.RETENTION_MS_CONFIG)) {
      find(
          "forgets records after %s, though every new job reads them from the start: a run, its audio and what is replayed may be longer ago"
              .formatted(age()),
          TopicConfig.RETENTION_MS_CONFIG);
    }
    if (deletes && isLimited(TopicConfig.RETENTION_BYTES_CONFIG)) {
      find(
          "forgets records beyond %s bytes of a partition, though every new job reads them from the start"
              .formatted(setting(TopicConfig.RETENTION_BYTES_CONFIG)),
          TopicConfig.RETENTION_BYTES_CONFIG);
    }
  }

  private void resultExpiry(boolean deletes) {
    boolean byAge = isLimited(TopicConfig.RETENTION_MS_CONFIG);
    if (deletes && (byAge || isLimited(TopicConfig.RETENTION_BYTES_CONFIG))) {
      find(
          "forgets results %s (cleanup.policy is %s)"
              .formatted(
                  byAge
                      ? "after " + age()
                      : "beyond %s bytes of a partition"
                          .formatted(setting(TopicConfig.RETENTION_BYTES_CONFIG)),
                  setting(TopicConfig.CLEANUP_POLICY_CONFIG)),
          TopicConfig.CLEANUP_POLICY_CONFIG);
    }
  }

  private void recordSize() {
    String most = setting(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    if (design.configuration().containsKey(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
        && most != null
        && Long.parseLong(most) < TopicDesign.LARGEST_RECORD_BYTES) {
      find(
          "takes records of at most %s bytes: %s"
              .formatted(
                  most,
                  design.use() == TopicDesign.Use.DEAD_LETTERS
                      ? "the dead letter of a large record would stop the job"
                      : "chunks of audio have 0.5 MB, manifests up to 1 MB"),
          TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    }
  }

  private void replicas() {
    String least = setting(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
    int inSync = least == null ? 1 : Integer.parseInt(least);
    if (state.replicas() == 1 && state.brokers() > 1) {
      find(
          "has one replica, though there are %d brokers: if one is lost, so are its records. Raise it with kafka-reassign-partitions.sh"
              .formatted(state.brokers()),
          Map.of());
    } else if (inSync == state.replicas() && inSync > 1) {
      find(
          "asks for %d replicas in sync and has %d: nothing can be written while one broker is away"
              .formatted(inSync, state.replicas()),
          Map.of(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(inSync - 1)));
    }
    if (inSync > state.replicas()) {
      find(
          "asks for %d replicas in sync and has %d: nothing can be written"
              .formatted(inSync, state.replicas()),
          Map.of(
              TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
              Integer.toString(Math.max(1, state.replicas() - 1))));
    }
    if (state.replicas() > 1
        && "true".equals(setting(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG))) {
      find(
          "lets a replica lead that is not in sync, which loses records that were acknowledged",
          Map.of(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false"));
    }
  }

  private String setting(String name) {
    return state.configuration().get(name);
  }

  private boolean has(String policy) {
    String policies = setting(TopicConfig.CLEANUP_POLICY_CONFIG);
    return policies == null
        ? policy.equals(design.configuration().get(TopicConfig.CLEANUP_POLICY_CONFIG))
        : Arrays.asList(policies.split("\\s*,\\s*")).contains(policy);
  }

  private boolean isLimited(String name) {
    String value = setting(name);
    return value != null && !value.equals(TopicDesign.FOR_EVER);
  }

  private String age() {
    Duration age = Duration.ofMillis(Long.parseLong(setting(TopicConfig.RETENTION_MS_CONFIG)));
    return age.toDays() >= 2 ? age.toDays() + " days" : age.toMinutes() + " minutes";
  }

  private void find(String what, String setting) {
    find(what, Map.of(setting, design.configuration().getOrDefault(setting, TopicDesign.FOR_EVER)));
  }

  private void find(String what, Map<String, String> remedy) {
    findings.add(
        new TopicFinding(design.name(), "Topic %s %s.".formatted(design.name(), what), remedy));
  }
}
