package io.sounding.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/**
 * Kafka compacts by these keys, and topics hold those that versions before wrote: another key for
 * the same would keep what is outdated beside what replaces it.
 */
class RecordKeysTest {

  private static <T extends SpecificRecord> T example(Class<T> type) {
    return Examples.all().stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  private static String text(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }

  @Test
  void theKeyOfEachKindOfRecordIsThatOfAllVersionsBefore() {
    AlarmEvent alarm = example(AlarmEvent.class);
    assertThat(text(RecordKeys.of(Examples.checkpoint()))).isEqualTo("bestrq-a");
    assertThat(text(RecordKeys.of(Examples.chunk()))).isEqualTo("dev/theo_000");
    assertThat(text(RecordKeys.of(Examples.manifest()))).isEqualTo("dev");
    assertThat(text(RecordKeys.of(Examples.metric()))).isEqualTo("bestrq-a/step00400.pt/dev/4");
    assertThat(text(RecordKeys.of(alarm))).isEqualTo("b/dev/4/anisotropy");
    assertThat(text(RecordKeys.of(new DownstreamScore("r", 3L, "t", 0.5, alarm.getEmittedAt()))))
        .isEqualTo("r/3/t");
    alarm.setLayer(null);
    alarm.setMetric("trainingLoss");
    assertThat(text(RecordKeys.of(alarm))).isEqualTo("b/dev/-/trainingLoss");
  }

  @Test
  void ofACorrelationNeitherTheStepOfTheScoresNorAShareOfTheRunMakesAnotherKey() {
    CorrelationEvent alongRun = example(CorrelationEvent.class);
    alongRun.setScoreStep(null);
    String expected = "ALONG_RUN/a/-/-/last*0.1/dev/4/rankMe/digits";
    assertThat(text(RecordKeys.of(alongRun))).isEqualTo(expected);
    alongRun.setFromStep(300);
    assertThat(text(RecordKeys.of(alongRun))).isEqualTo(expected);
    alongRun.setFromShare(null);
    assertThat(text(RecordKeys.of(alongRun))).isEqualTo("ALONG_RUN/a/-/-/300/dev/4/rankMe/digits");

    CorrelationEvent acrossRuns = example(CorrelationEvent.class);
    acrossRuns.setScope(CorrelationScope.ACROSS_RUNS);
    acrossRuns.setRunId(null);
    acrossRuns.setFromStep(0);
    acrossRuns.setFromShare(null);
    acrossRuns.setStep(400L);
    acrossRuns.setScoreStep(400L);
    assertThat(text(RecordKeys.of(acrossRuns)))
        .isEqualTo("ACROSS_RUNS/-/400/same/0/dev/4/rankMe/digits");
    for (long later : new long[] {800, 1_600}) {
      acrossRuns.setScoreStep(later);
      assertThat(text(RecordKeys.of(acrossRuns)))
          .isEqualTo("ACROSS_RUNS/-/400/later/0/dev/4/rankMe/digits");
    }
  }

  @Test
  void idsThatHoldASlashOrOtherLettersDoNotRunIntoEachOther() {
    AudioChunk chunk = Examples.chunk();
    chunk.setCorpusId("a/b");
    chunk.setUtteranceId("c d/\u00fc~*-._+");
    assertThat(text(RecordKeys.of(chunk))).isEqualTo("a%2Fb/c+d%2F%C3%BC%7E*-._%2B");
    chunk.setCorpusId("a");
    chunk.setUtteranceId("b/c");
    AudioChunk other = Examples.chunk();
    other.setCorpusId("a/b");
    other.setUtteranceId("c");
    assertThat(RecordKeys.of(chunk)).isNotEqualTo(RecordKeys.of(other));
  }
}
