package io.sounding.operators.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** The caller frees what the parts share outside of the heap. */
  @Test
  void whatAPartThrowsReachesTheCallerWhenNoPartRunsAnyMore() {
    int atOnce = Math.min(2, ForkJoinPool.getCommonPoolParallelism() + 1);
    for (int round = 0; round < 200; round++) {
      CountDownLatch begun = new CountDownLatch(atOnce);
      AtomicInteger running = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  Processors.forEach(
                      8,
                      part -> {
                        running.incrementAndGet();
                        try {
                          failOrWork(part, begun);
                        } finally {
                          running.decrementAndGet();
                        }
                      }))
          .hasMessage("part 0");
      assertThat(running).hasValue(0);
    }
  }

  /** The first part fails once another runs, which takes a while. */
  private static void failOrWork(int part, CountDownLatch begun) {
    begun.countDown();
    if (part == 0) {
      try {
        begun.await(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      throw new IllegalStateException("part 0");
    }
    double[] numbers = new Random(part).doubles(20_000).sorted().toArray();
    assertThat(numbers[0]).isLessThan(numbers[1]);
  }
}
