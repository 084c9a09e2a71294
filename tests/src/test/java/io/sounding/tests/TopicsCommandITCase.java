package io.sounding.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.embedded.EmbeddedBroker;
import io.sounding.jobs.embedded.KafkaTopic;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.TopicAdmin;
import io.sounding.jobs.kafka.TopicAdvice;
import io.sounding.jobs.kafka.TopicState;
import io.sounding.jobs.kafka.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Topics are made once, and never changed; what is dangerous about those that are there is told.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(600)
class TopicsCommandITCase {

  private static final List<String> NAMES =
      List.of(
          "checkpoints", "audio", "scores", "metrics", "alarms", "correlations", "dead-letters");

  @TempDir private static Path work;

  private EmbeddedBroker broker;

  @BeforeAll
  void start() {
    broker = EmbeddedBroker.start(work.resolve("kafka"));
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  private Verb topics(String verb, String prefix, String... more) {
    return Verb.run(
        Stream.concat(
                Stream.of(
                    "topics", verb, "--bootstrap", broker.bootstrapServers(), "--topics", prefix),
                Stream.of(more))
            .toList());
  }

  private KafkaClients clients(String prefix) {
    return KafkaClients.of(broker.bootstrapServers(), Topics.withPrefix(prefix));
  }

  private TopicState state(String topic) {
    try (TopicAdmin admin = new TopicAdmin(clients("any"))) {
      return admin.state(topic).orElse(null);
    }
  }

  @Test
  void topicsAreMadeOnceAndThenFoundToBeWell() {
    Verb rehearsed =
        topics("create", "own", "--dry-run", "--audio-partitions=3", "--replication-factor=1");
    assertThat(rehearsed.status()).as(rehearsed.told()).isZero();
    assertThat(rehearsed.told())
        .contains("own.audio would be made: partitions: 3, replicas: 1, cleanup.policy=delete");
    assertThat(NAMES).allSatisfy(name -> assertThat(state("own." + name)).isNull());
    Verb missing = topics("check", "own");
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.told()).contains("There is no topic own.metrics: sounding topics create");

    Verb made = topics("create", "own", "--audio-partitions=3");
    assertThat(made.status()).as(made.told()).isZero();
    assertThat(made.told())
        .contains("own.metrics is made: partitions: 1, replicas: 1, cleanup.policy=compact");
    assertThat(state("own.audio").partitions()).isEqualTo(3);
    assertThat(state("own.audio").configuration())
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("retention.ms", "-1")
        .containsEntry("max.message.bytes", "1048588");
    assertThat(state("own.alarms").configuration()).containsEntry("cleanup.policy", "compact");

    Verb again = topics("create", "own", "--audio-partitions=9");
    assertThat(again.status()).as(again.told()).isZero();
    assertThat(again.told()).contains("own.audio was there, and is left as it is.");
    assertThat(state("own.audio").partitions()).isEqualTo(3);
    Verb checked = topics("check", "own");
    assertThat(checked.status()).as(checked.told()).isZero();
    assertThat(checked.told().lines()).hasSize(7).allMatch(line -> line.endsWith(" will do."));
  }

  @Test
  void whatIsDangerousIsToldWithTheCommandThatMendsItAndNotChanged() throws Exception {
    broker.createTopics(
        new KafkaTopic(
            "old.audio", 2, Map.of("retention.ms", "86400000", "max.message.bytes", "600000")),
        new KafkaTopic("old.metrics", 1, Map.of("retention.ms", "-1")));
    Path properties = Files.writeString(work.resolve("client.properties"), "client.id=me\n");
    String audio =
        "Topic old.audio forgets records after 1440 minutes, though every new job reads them from the start";
    String mending =
        "kafka-configs.sh --bootstrap-server %s --alter --entity-type topics --entity-name old.audio --add-config retention.ms=-1"
            .formatted(broker.bootstrapServers());

    Verb created = topics("create", "old", "--kafka-properties", properties.toString());
    assertThat(created.status()).as(created.told()).isEqualTo(1);
    assertThat(created.told())
        .contains("old.audio was there, and is left as it is.", audio)
        .contains("  " + mending + " --command-config " + properties)
        .contains("Topic old.audio takes records of at most 600000 bytes")
        .contains("Topic old.metrics is not compacted")
        .contains("old.scores is made");
    assertThat(state("old.audio").configuration())
        .containsEntry("retention.ms", "86400000")
        .containsEntry("max.message.bytes", "600000");
    assertThat(topics("check", "old").status()).isEqualTo(1);

    List<String> warnings = new ArrayList<>();
    TopicAdvice.beforeStart(clients("old"), warnings::add);
    assertThat(warnings)
        .hasSize(3)
        .anySatisfy(warning -> assertThat(warning).startsWith(audio).endsWith(mending));

    Verb published =
        Verb.run(
            List.of(
                "publish",
                "audio",
                DemoData.audio().toString(),
                "--corpus=one",
                "--topics=old",
                "--bootstrap=" + broker.bootstrapServers()));
    assertThat(published.status()).as(published.told()).isZero();
    assertThat(published.told()).contains(audio).doesNotContain("old.metrics");
  }

  @Test
  void whatKafkaRefusesIsASentence() {
    Verb refused = topics("create", "many", "--replication-factor=3");
    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.told())
        .startsWith(
            "Kafka at %s refuses to create topic many.checkpoints: "
                .formatted(broker.bootstrapServers()))
        .containsIgnoringCase("replication");
    Verb none = topics("create", "many", "--partitions=0");
    assertThat(none.status()).isEqualTo(2);
    assertThat(none.told()).startsWith("--partitions is 0; it must lie in 1 to 10000.");
  }

  @Test
  void aKafkaThatIsAwayIsASentence() throws Exception {
    Path properties =
        Files.writeString(
            work.resolve("short.properties"),
            "default.api.timeout.ms=500\nrequest.timeout.ms=500\n");
    for (String verb : List.of("create", "check")) {
      Verb away =
          Verb.run(
              List.of(
                  "topics", verb, "--bootstrap=127.0.0.1:1", "--kafka-properties=" + properties));
      assertThat(away.status()).isEqualTo(3);
      assertThat(away.told())
          .startsWith("Kafka at 127.0.0.1:1 does not answer (")
          .contains("Check --bootstrap and --kafka-properties, and that it runs.");
    }
  }

  @Test
  void missingRightsAreASentence() throws Exception {
    String login =
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"p\"";
    String sasl = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=%s;\n";
    Path guest =
        Files.writeString(
            work.resolve("guest.properties"), sasl.formatted(login.formatted("guest")));
    try (EmbeddedBroker guarded =
        EmbeddedBroker.start(
            work.resolve("guarded"),
            0,
            Map.of(
                "listener.security.protocol.map",
                "BROKER:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms",
                "PLAIN",
                "sasl.mechanism.inter.broker.protocol",
                "PLAIN",
                "listener.name.broker.plain.sasl.jaas.config",
                login.formatted("admin") + " user_admin=\"p\" user_guest=\"p\";",
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users",
                "User:admin;User:ANONYMOUS"),
            Map.of())) {
      String at = "Kafka at %s does not let this client ".formatted(guarded.bootstrapServers());
      List<String> options =
          List.of("--bootstrap=" + guarded.bootstrapServers(), "--kafka-properties=" + guest);
      for (String verb : List.of("create", "check")) {
        Verb refused =
            Verb.run(Stream.concat(Stream.of("topics", verb), options.stream()).toList());
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.told().lines())
            .containsExactly(
                at
                    + (verb.equals("create")
                        ? "create topic sounding.checkpoints: it needs CREATE on the topic or the cluster."
                        : "see topic sounding.checkpoints: it needs DESCRIBE on it."));
      }
    }
  }
}
