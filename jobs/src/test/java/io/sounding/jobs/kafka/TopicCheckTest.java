package io.sounding.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is dangerous about a topic, by what Kafka's settings mean. */
class TopicCheckTest {

  private static final List<TopicDesign> DESIGNS =
      TopicDesign.of(Topics.withPrefix("sounding"), Optional.of(4), 1);

  /** What a broker of Kafka 4.2 says of a topic that was made without settings. */
  private static final Map<String, String> KAFKA_DEFAULTS =
      Map.of(
          "cleanup.policy", "delete",
          "retention.ms", "604800000",
          "retention.bytes", "-1",
          "max.message.bytes", "1048588",
          "min.insync.replicas", "1",
          "unclean.leader.election.enable", "false");

  private static TopicDesign design(String name) {
    return DESIGNS.stream()
        .filter(design -> design.name().equals("sounding." + name))
        .findFirst()
        .orElseThrow();
  }

  private static TopicState state(int replicas, int brokers, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(KAFKA_DEFAULTS);
    all.putAll(settings);
    return new TopicState(1, replicas, brokers, all);
  }

  @Test
  void asTheyAreMadeNothingIsDangerous() {
    assertThat(DESIGNS)
        .hasSize(7)
        .allSatisfy(
            design ->
                assertThat(TopicCheck.of(design, state(3, 3, design.configuration()))).isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "checkpoints  | cleanup.policy=compact | is compacted, which drops all but the latest record of a key | cleanup.policy=delete",
        "audio        | cleanup.policy=compact,retention.ms=-1 | is compacted | cleanup.policy=delete",
        "audio        | retention.ms=604800000 | forgets records after 7 days | retention.ms=-1",
        "audio        | retention.ms=3600000 | forgets records after 60 minutes | retention.ms=-1",
        "audio        | retention.ms=-1,retention.bytes=1000000 | forgets records beyond 1000000 bytes of a partition | retention.bytes=-1",
        "audio        | retention.ms=-1,max.message.bytes=500000 | takes records of at most 500000 bytes: chunks of audio have 0.5 MB | max.message.bytes=1048588",
        "audio        | retention.ms=-1,max.message.bytes=9000000 | - | -",
        "scores       | retention.ms=604800000 | forgets records after 7 days | retention.ms=-1",
        "scores       | cleanup.policy=compact | - | -",
        "metrics      | cleanup.policy=delete,retention.ms=-1 | is not compacted | cleanup.policy=compact",
        "metrics      | cleanup.policy=compact,retention.ms=604800000 | - | -",
        "alarms       | cleanup.policy=compact;delete,retention.ms=86400000 | forgets results after 1440 minutes (cleanup.policy is compact,delete) | cleanup.policy=compact",
        "alarms       | cleanup.policy=compact;delete,retention.ms=172800000 | forgets results after 2 days (cleanup.policy is compact,delete) | cleanup.policy=compact",
        "alarms       | cleanup.policy=compact;delete,retention.ms=-1,retention.bytes=1000000 | forgets results beyond 1000000 bytes of a partition (cleanup.policy is compact,delete) | cleanup.policy=compact",
        "alarms       | cleanup.policy=compact;delete,retention.ms=-1 | - | -",
        "dead-letters | cleanup.policy=compact | refuses records without a key | cleanup.policy=delete",
        "dead-letters | retention.ms=86400000 | - | -",
        "dead-letters | max.message.bytes=100000 | the dead letter of a large record would stop the job | max.message.bytes=1048588"
      })
  void whatLosesRecordsOrKeepsThemFromBeingWrittenIsFound(
      String topic, String settings, String sentence, String remedy) {
    Map<String, String> given = new HashMap<>();
    for (String setting : settings.split(",")) {
      given.put(setting.split("=")[0], setting.split("=")[1].replace(';', ','));
    }
    List<TopicFinding> findings = TopicCheck.of(design(topic), state(1, 1, given));
    if (sentence == null) {
      assertThat(findings).isEmpty();
    } else {
      assertThat(findings)
          .anySatisfy(
              finding -> {
                assertThat(finding.sentence())
                    .startsWith("Topic sounding." + topic)
                    .contains(sentence)
                    .endsWith(".");
                assertThat(finding.command("kafka:9092"))
                    .isEqualTo(
                        "kafka-configs.sh --bootstrap-server kafka:9092 --alter --entity-type topics --entity-name sounding.%s --add-config %s",
                        topic, remedy);
              });
    }
  }

  @Test
  void topicsThatABrokerMakesByItselfForgetInputsAndAreNotCompacted() {
    assertThat(DESIGNS)
        .flatExtracting(design -> TopicCheck.of(design, state(1, 1, Map.of())))
        .extracting(TopicFinding::topic)
        .containsExactlyInAnyOrder(
            "sounding.checkpoints",
            "sounding.audio",
            "sounding.scores",
            "sounding.metrics", // grows, and forgets
            "sounding.metrics",
            "sounding.alarms",
            "sounding.alarms",
            "sounding.correlations",
            "sounding.correlations");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "1 | 1 | 1 | - | -",
        "1 | 3 | 1 | has one replica, though there are 3 brokers | -",
        "2 | 3 | 2 | asks for 2 replicas in sync and has 2: nothing can be written while one broker is away | 1",
        "3 | 3 | 3 | asks for 3 replicas in sync and has 3: nothing can be written while one broker is away | 2",
        "1 | 1 | 2 | asks for 2 replicas in sync and has 1: nothing can be written. | 1",
        "3 | 5 | 4 | asks for 4 replicas in sync and has 3: nothing can be written. | 2",
        "3 | 3 | 2 | - | -"
      })
  void replicasAreAtLeastWhatIsAskedForAndMoreThanOneWhereTheyCanBe(
      int replicas, int brokers, String inSync, String sentence, String mended) {
    Map<String, String> settings = new HashMap<>(design("metrics").configuration());
    settings.put("min.insync.replicas", inSync);
    List<TopicFinding> findings =
        TopicCheck.of(design("metrics"), state(replicas, brokers, settings));
    if (sentence == null) {
      assertThat(findings).isEmpty();
    } else {
      assertThat(findings)
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.sentence()).contains(sentence);
                assertThat(finding.remedy())
                    .isEqualTo(mended == null ? Map.of() : Map.of("min.insync.replicas", mended));
              });
    }
  }

  @Test
  void aReplicaThatIsNotInSyncMustNotLead() {
    Map<String, String> settings = new HashMap<>(design("audio").configuration());
    settings.put("unclean.leader.election.enable", "true");
    assertThat(TopicCheck.of(design("audio"), state(3, 3, settings)))
        .singleElement()
        .extracting(TopicFinding::remedy)
        .isEqualTo(Map.of("unclean.leader.election.enable", "false"));
    assertThat(TopicCheck.of(design("audio"), state(1, 1, settings))).isEmpty(); // there is none
  }

  @Test
  void whatKafkaDoesNotTellIsNotJudged() {
    assertThat(DESIGNS)
        .flatExtracting(design -> TopicCheck.of(design, new TopicState(1, 3, 3, Map.of())))
        .isEmpty();
  }
}
