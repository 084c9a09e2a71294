package io.sounding.jobs.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.TopicConfig;

/**
 * How a topic is made, here and on the embedded broker.
 *
 * @param name its name
 * @param use what it is for
 * @param partitions how many; empty: as many as the broker makes by default
 * @param configuration settings by Kafka's names; the others are the broker's
 */
public record TopicDesign(
    String name, Use use, Optional<Integer> partitions, Map<String, String> configuration) {

  /** What a topic is for, which says how it must be configured. */
  public enum Use {
    /** Read from the start by every new job, several records of a key: all of them stay. */
    INPUT,
    /**
     * Read from the start by every new job: the latest record of every key stays, or all of them.
     */
    LATEST_INPUT,
    /** The latest record of every key stays. */
    RESULT,
    /** For people to look into: may expire. */
    DEAD_LETTERS
  }

  /**
   * Kafka's own default, made explicit where records may be large: a manifest or a dead letter is
   * nearly as large as the largest request that producers send by default (1 MiB).
   */
  static final int LARGEST_RECORD_BYTES = 1_048_588;

  /** A dead letter names the position of a record that its topic keeps for ever. */
  private static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(30);

  /** A retention without a limit, of time or of bytes. */
  static final String FOR_EVER = "-1";

  public TopicDesign {
    configuration = Map.copyOf(configuration);
  }

  /**
   * All of the job's topics. Audio alone is bulky enough for several partitions: events are a few
   * kilobytes per checkpoint and layer.
   *
   * @param audioPartitions partitions of the topic of audio; empty: the broker's default
   * @param partitions partitions of each of the others
   */
  public static List<TopicDesign> of(
      Topics topics, Optional<Integer> audioPartitions, int partitions) {
    Optional<Integer> others = Optional.of(partitions);
    Stream<TopicDesign> inputs =
        Stream.of(
            new TopicDesign(topics.checkpoints(), Use.INPUT, others, keeping(FOR_EVER, false)),
            new TopicDesign(topics.audio(), Use.INPUT, audioPartitions, keeping(FOR_EVER, true)),
            new TopicDesign(topics.scores(), Use.LATEST_INPUT, others, keeping(FOR_EVER, false)));
    Stream<TopicDesign> results =
        topics.compacted().stream()
            .map(
                name ->
                    new TopicDesign(
                        name,
                        Use.RESULT,
                        others,
                        Map.of(
                            TopicConfig.CLEANUP_POLICY_CONFIG,
                            TopicConfig.CLEANUP_POLICY_COMPACT)));
    Stream<TopicDesign> deadLetters =
        Stream.of(
            new TopicDesign(
                topics.deadLetters(),
                Use.DEAD_LETTERS,
                others,
                keeping(Long.toString(DEAD_LETTERS_KEPT.toMillis()), true)));
    return Stream.of(inputs, results, deadLetters).flatMap(topic -> topic).toList();
  }

  private static Map<String, String> keeping(String retentionMillis, boolean largeRecords) {
    Map<String, String> configuration = new TreeMap<>();
    configuration.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    configuration.put(TopicConfig.RETENTION_MS_CONFIG, retentionMillis);
    configuration.put(TopicConfig.RETENTION_BYTES_CONFIG, FOR_EVER);
    if (largeRecords) {
      configuration.put(
          TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(LARGEST_RECORD_BYTES));
    }
    return configuration;
  }

  /** The settings as text: {@code a=1, b=2}. */
  public String settings() {
    return new TreeMap<>(configuration)
        .entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(", "));
  }
}
