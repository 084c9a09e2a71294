package io.sounding.jobs.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.relate.FromStep;
import io.sounding.operators.relate.RecordedCorrelations;
import io.sounding.schemas.CorrelationEvent;
import io.sounding.schemas.MetricEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MetricFieldTest {

  @Test
  void theMetricsThatAreShownAreThoseThatAreCorrelated() {
    RecordedCorrelations correlations = new RecordedCorrelations();
    for (long step : new long[] {1, 2, 3}) {
      correlations.add(Events.finished("a", step, 0).build());
      correlations.add("a", step, "task", step, Events.NOON);
    }

    Stream<String> correlated =
        correlations.correlate(List.of(FromStep.of("0")), 0).stream()
            .filter(event -> event.getLayer() != null)
            .map(CorrelationEvent::getMetric);

    assertThat(MetricField.ALL.stream().map(MetricField::name))
        .containsExactlyElementsOf(correlated.toList());
  }

  private static String notes() throws IOException {
    return new String(
        MetricField.class
            .getResourceAsStream("/io/sounding/jobs/dashboard/page/metric-notes.js")
            .readAllBytes(),
        StandardCharsets.UTF_8);
  }

  @Test
  void everyMetricHasANoteOnThePage() throws Exception {
    String notes = notes();

    assertThat(MetricField.ALL)
        .allSatisfy(field -> assertThat(notes).contains("\n  " + field.name() + ": ["));
  }

  /** That of RankMe is over the choice of utterances. */
  @Test
  void notesOfErrorsOverFramesAloneSayThatUtterancesDifferMore() throws Exception {
    List<String> lines = notes().lines().toList();

    assertThat(MetricField.ALL)
        .filteredOn(field -> field.errorName() != null && !field.name().equals("rankMe"))
        .hasSize(2)
        .allSatisfy(
            field ->
                assertThat(lines)
                    .filteredOn(line -> line.startsWith("  " + field.name() + ": ["))
                    .singleElement()
                    .asString()
                    .contains("other utterances move it several times as far"));
  }

  @Test
  void valuesErrorsAndDefinitionsAreThoseOfTheEvent() {
    MetricEvent event = Events.finished("a", 0, 3).build();

    assertThat(MetricField.named("rankMe").value(event)).isEqualTo(53);
    assertThat(MetricField.named("rankMe").standardError(event)).isEqualTo(0.4);
    assertThat(MetricField.named("inertiaPerFrame").standardError(event)).isEqualTo(0.25);
    assertThat(MetricField.named("deadClusters").value(event)).isZero();
    assertThat(MetricField.named("anisotropy").standardError(event)).isNaN();
    assertThat(MetricField.named("meanNorm").definition()).isEqualTo("mean ||x||.");
    assertThat(MetricField.named("noMetric")).isNull();
  }

  @Test
  void whatAnEventDoesNotHaveIsNoNumber() {
    assertThat(MetricField.ALL)
        .allSatisfy(
            field -> assertThat(field.value(Events.failed("a", 1, "Gone.").build())).isNaN());
    assertThat(MetricField.named("silhouette").value(Events.partial("a", 1, 0).build())).isNaN();
  }
}
