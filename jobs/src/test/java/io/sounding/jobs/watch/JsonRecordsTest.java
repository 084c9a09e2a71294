package io.sounding.jobs.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sounding.schemas.AlarmEvent;
import io.sounding.schemas.AlarmState;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRecordsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<MetricEvent> events() {
    return Stream.of(
        Events.finished("a \"quoted\" run, \u00fc\u4e2d", 400, 1).build(),
        Events.finished("a", 400, 1).setTrainingLoss(null).setK(null).build(),
        Events.partial("a", 0, 0).setTrainingLoss(-0.0).build(),
        Events.failed("a", Long.MAX_VALUE, "It\nbroke.").build());
  }

  @ParameterizedTest
  @MethodSource("events")
  void whatWasWrittenIsReadBack(MetricEvent event) throws Exception {
    String line = RecordJson.of(event).toString();

    assertThat(JsonRecords.read(JSON.readTree(line), MetricEvent.class)).isEqualTo(event);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void numbersThatJsonDoesNotHaveAreWords(double loss) throws Exception {
    MetricEvent event = Events.finished("a", 1, 0).setTrainingLoss(loss).build();

    ObjectNode json = RecordJson.of(event);

    assertThat(json.get("trainingLoss").textValue()).isEqualTo(Double.toString(loss));
    assertThat(
            JsonRecords.read(JSON.readTree(json.toString()), MetricEvent.class).getTrainingLoss())
        .isEqualTo(Double.valueOf(loss));
  }

  @Test
  void fieldsThatAreMissingTakeTheirDefaultAndOthersArePassedOver() {
    ObjectNode json = RecordJson.of(Events.finished("a", 1, 0).build());
    json.remove("attempt");
    json.remove("clusters");
    json.put("fieldOfANewerVersion", 7);

    MetricEvent read = JsonRecords.read(json, MetricEvent.class);

    assertThat(read.getAttempt()).isZero();
    assertThat(read.getClusters()).isNull();
  }

  @Test
  void aSymbolOfANewerVersionIsUnknown() {
    ObjectNode json = RecordJson.of(Events.finished("a", 1, 0).build());
    json.put("status", "PAUSED");

    assertThat(JsonRecords.read(json, MetricEvent.class).getStatus())
        .isEqualTo(MetricStatus.UNKNOWN);
  }

  @Test
  void recordsOfOtherKindsAreReadToo() {
    AlarmEvent alarm = Events.alarm(AlarmState.RAISED, "a", 50, null).build();

    assertThat(JsonRecords.read(RecordJson.of(alarm), AlarmEvent.class)).isEqualTo(alarm);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "step|\"400\"|MetricEvent.step is \"400\", not a whole number",
        "step|1.5|MetricEvent.step is 1.5, not a whole number",
        "step|null|MetricEvent.step is null, not a whole number",
        "attempt|3000000000|MetricEvent.attempt is 3000000000, not a whole number",
        "runId|7|MetricEvent.runId is 7, not text",
        "status|true|MetricEvent.status is true, not text",
        "trainingLoss|\"nan\"|MetricEvent.trainingLoss is \"nan\", not a number",
        "audioSeconds|null|MetricEvent.audioSeconds is null, not a number",
        "emittedAt|\"yesterday\"|MetricEvent.emittedAt is \"yesterday\", not a time in ISO 8601",
        "emittedAt|1800000000123|MetricEvent.emittedAt is 1800000000123, not a time in ISO 8601",
        "emittedAt|\"+1000000000-12-31T23:59:59Z\"|MetricEvent.emittedAt is \"+1000000000-12-31T23:59:59Z\", not a time in ISO 8601 that fits into milliseconds",
        "rank|[1]|MetricEvent.rank is ARRAY, not an object",
        "rank|{}|MetricEvent.rank.rankMe is missing"
      })
  void whatDoesNotFitIsNamed(String field, String value, String sentence) throws Exception {
    ObjectNode json = RecordJson.of(Events.finished("a", 1, 0).build());
    json.set(field, JSON.readTree(value));

    assertThatThrownBy(() -> JsonRecords.read(json, MetricEvent.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
  }

  @Test
  void whatDoesNotFitWithinARecordIsNamedByItsPath() {
    ObjectNode json = RecordJson.of(Events.finished("a", 1, 0).build());
    json.withObject("/rank").put("sampleLimited", "yes");

    assertThatThrownBy(() -> JsonRecords.read(json, MetricEvent.class))
        .hasMessage("MetricEvent.rank.sampleLimited is \"yes\", not true or false");
  }

  @Test
  void aRecordWithoutAFieldThatItNeedsIsRefused() throws Exception {
    assertThatThrownBy(() -> JsonRecords.read(JSON.readTree("{\"step\": 3}"), MetricEvent.class))
        .hasMessage("MetricEvent.status is missing");
    assertThatThrownBy(() -> JsonRecords.read(JSON.readTree("[]"), MetricEvent.class))
        .hasMessage("MetricEvent is ARRAY, not an object");
  }
}
