package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryReaderTest {
  private static final StatisticsSettings SETTINGS = new StatisticsSettings(3, 300, 16, 100, 2, 0);

  @Test
  void readsSummariesInTheirOrder() {
    SummaryReader reader = new SummaryReader();
    assertThat(reader.summaries()).isEmpty();
    List<LayerSummary> expected = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      LayerAccumulator accumulator = new LayerAccumulator(2, SETTINGS);
      accumulator.addUtterance("u" + i, new float[] {i, 1, 2, -i}, 2);
      expected.add(accumulator.snapshot());
      reader.add(accumulator.snapshot().toBytes());
    }
    assertThat(reader.summaries()).isEqualTo(expected);
  }

  @Test
  void saysWhatIsNoSummary() {
    SummaryReader reader = new SummaryReader();
    reader.add(LayerSummary.empty(2, SETTINGS).toBytes());
    reader.add(new byte[100]);
    assertThatThrownBy(reader::summaries)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not start with its mark");
  }
}
