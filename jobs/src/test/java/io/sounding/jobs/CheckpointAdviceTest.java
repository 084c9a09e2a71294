package io.sounding.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class CheckpointAdviceTest {

  private static final String PLACE = "execution.checkpointing.dir";
  private static final String STORAGE = "execution.checkpointing.storage";

  @Test
  void aJobWhoseCheckpointsAreKeptInMemoryIsWarnedOf() {
    assertThat(CheckpointAdvice.of(new Configuration()))
        .hasValueSatisfying(
            sentence ->
                assertThat(sentence)
                    .startsWith("execution.checkpointing.dir is not set here.")
                    .contains("5 MB")
                    .contains("Set it to a folder or bucket"));
    assertThat(CheckpointAdvice.of(Configuration.fromMap(Map.of(STORAGE, "jobmanager"))))
        .isPresent();
  }

  @Test
  void aPlaceOrAStorageOfOnesOwnIsEnough() {
    assertThat(CheckpointAdvice.of(Configuration.fromMap(Map.of(PLACE, "s3://bucket/checkpoints"))))
        .isEmpty();
    assertThat(CheckpointAdvice.of(Configuration.fromMap(Map.of(STORAGE, "org.example.Storage"))))
        .isEmpty();
  }

  /** With 40 s and 5 s, 11 of 60 FINAL events came in two minutes of six restarts, and no more. */
  @Test
  void checkpointsThatComeAfterKafkaGaveUpTheirTransactionsAreRefused() {
    Duration tenMinutes = Duration.ofMinutes(10);
    assertThat(CheckpointAdvice.ofTransactions(Duration.ofSeconds(30), tenMinutes)).isEmpty();
    assertThat(CheckpointAdvice.ofTransactions(tenMinutes, tenMinutes))
        .hasValueSatisfying(
            sentence ->
                assertThat(sentence)
                    .startsWith(
                        "execution.checkpointing.interval is 600 s, and Kafka gives up transactions after 600 s")
                    .contains("--kafka-properties"));
  }
}
