package io.sounding.operators.relate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FromStepTest {

  @Test
  void everyWholeSharePerCentOfAHundredThousandIsThatManyThousands() {
    for (int percent = 1; percent < 100; percent++) {
      assertThat(FromStep.of(percent + "%").of(100_000)).isEqualTo(1_000L * percent);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10%, 400000, 40000",
    "10%, 11, 2",
    "10%, 0, 0",
    "12.3%, 1000, 123",
    "12.3%, 1001, 124",
    "0.1%, 9223372036854775807, 9223372036854776",
    "1e-320%, 100000, 1",
    "32000, 100, 32000",
    "0, 100, 0"
  })
  void aShareIsRoundedUpToTheNextStep(String text, long lastStep, long first) {
    assertThat(FromStep.of(text).of(lastStep)).isEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN%", "Infinity%", "-Infinity%", "0x1p3%", "10f%", "%", "", "1.5"})
  void whatIsNoNumberIsRefusedWithASentence(String text) {
    assertThatThrownBy(() -> FromStep.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'%s' is neither a step such as 32000 nor a share of the run such as 10%%.", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0%", "-1%", "100%", "1e999%", "1e-999999999%"})
  void whatIsNoPartOfTheRunIsRefusedWithASentence(String text) {
    assertThatThrownBy(() -> FromStep.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it must be more than 0 % and less than 100 %.");
  }
}
