package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessorsTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 1_000})
  void everyPartIsDoneOnce(int parts) {
    AtomicIntegerArray done = new AtomicIntegerArray(parts);
    Processors.forEach(parts, done::incrementAndGet);
    for (int part = 0; part < parts; part++) {
      assertThat(done.get(part)).isOne();
    }
  }

  @Test
  void rangesCoverEveryIndexAndTheLastOneIsShorter() {
    int[] lengths = new int[4];
    int[] covered = new int[1_000];
    Processors.forRanges(
        1_000,
        300,
        (from, to) -> {
          lengths[from / 300] = to - from;
          Arrays.fill(covered, from, to, 1);
        });
    assertThat(lengths).containsExactly(300, 300, 300, 100);
    assertThat(covered).containsOnly(1);
  }

  @Test
  void partsMayHavePartsOfTheirOwn() {
    AtomicIntegerArray done = new AtomicIntegerArray(64);
    Processors.forEach(
        8, outer -> Processors.forEach(8, inner -> done.incrementAndGet(8 * outer + inner)));
    for (int part = 0; part < 64; part++) {
      assertThat(done.get(part)).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 57, 99})
  void whatAPartThrowsReachesTheCaller(int failing) {
    assertThatThrownBy(
            () ->
                Processors.forEach(
                    100,
                    part -> {
                      if (part == failing) {
                        throw new IllegalStateException("part " + part);
                      }
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("part " + failing);
  }
}
