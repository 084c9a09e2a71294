package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StatisticsSettingsTest {

  @Test
  void clustersAreBetweenOneAndWhatFitsIntoMemory() {
    StatisticsSettings settings = StatisticsSettings.defaults();
    assertThat(settings.with(16_384, 700_000).clusters()).isEqualTo(16_384);
    assertThatThrownBy(() -> settings.with(0, 100))
        .hasMessage("clusters must be at least 1, but is 0.");
    assertThatThrownBy(() -> settings.with(16_385, 700_000))
        .hasMessage("clusters must be at most 16384, but is 16385.");
  }
}
