package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SketchChoiceTest {
  private static final StatisticsSettings SETTINGS = StatisticsSettings.defaults();

  @ParameterizedTest
  @CsvSource({
    "AUTO, 1, second-moments-float64",
    "AUTO, 2048, second-moments-float64",
    "AUTO, 2049, frequent-directions-1023",
    "AUTO, 4096, frequent-directions-512",
    "EXACT, 2049, second-moments-float64",
    "FREQUENT_DIRECTIONS, 1, frequent-directions-1",
    "FREQUENT_DIRECTIONS, 3, frequent-directions-2",
    "FREQUENT_DIRECTIONS, 768, frequent-directions-384"
  })
  void theSketchFollowsFromChoiceAndDimension(SketchChoice choice, int d, String name) {
    assertThat(SpectrumSketch.empty(d, SETTINGS.withSketch(choice, 0)).name()).isEqualTo(name);
  }

  @Test
  void theDefaultBufferNeverTakesMoreThanTheLargestExactAccumulator() {
    for (int d = 2_048; d <= LayerSummary.MOST_DIMENSIONS; d += 7) {
      assertThat(2L * SketchChoice.rows(0, d) * d).isLessThanOrEqualTo(2_048L * 2_048);
      assertThat(SketchChoice.rows(0, d)).isGreaterThanOrEqualTo(128);
    }
  }

  @Test
  void moreRowsThanDimensionsAreAsManyAsDimensions() {
    assertThat(SketchChoice.rows(1_000, 24)).isEqualTo(24);
    assertThat(SketchChoice.rows(Integer.MAX_VALUE, 1)).isEqualTo(1);
    assertThat(SketchChoice.rows(2, 24)).isEqualTo(2);
  }

  @Test
  void labelsAreReadBack() {
    for (SketchChoice choice : SketchChoice.values()) {
      assertThat(SketchChoice.of(choice.label())).isEqualTo(choice);
      assertThat(SketchChoice.ofCode(choice.code())).isEqualTo(choice);
    }
  }

  @Test
  void unknownLabelsCodesAndRowsAreRefusedWithASentence() {
    assertThatThrownBy(() -> SketchChoice.of("svd"))
        .hasMessage(
            "The spectrum sketch is 'svd'; it must be one of auto, exact, frequent-directions.");
    assertThatThrownBy(() -> SketchChoice.ofCode(9))
        .hasMessage("Unusable layer summary: its choice of sketch has the unknown code 9.");
    for (int rows : new int[] {-1, 1}) {
      assertThatThrownBy(() -> SETTINGS.withSketch(SketchChoice.AUTO, rows))
          .hasMessage("sketchRows must be at least 2, or 0 for the default, but is " + rows + ".");
    }
  }
}
