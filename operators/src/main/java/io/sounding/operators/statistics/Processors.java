package io.sounding.operators.statistics;

import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Work that is split into parts for all processors of this process: what is left to compute when
 * the last shard of a checkpoint is there, and nobody computes anything else for it.
 *
 * <p>The calling thread takes part, together with the threads of the common pool, of which there is
 * one less than processors; they are daemons and belong to no job's class loader. Parts are to be
 * the same whatever the number of processors, and to write to places of their own: then so are the
 * results, to the bit. What one part throws reaches the caller when no part runs any more.
 */
final class Processors {
  private Processors() {}

  /**
   * Does the parts 0 to {@code parts - 1}, in any order. Whoever is done with one takes the next:
   * parts take unlike times, and a range of them for each would end when the slowest does
   * (measured: clustering of an hour's sample, k = 1024, d = 768, two processors: 9 to 13 % less
   * wall time).
   */
  static void forEach(int parts, IntConsumer part) {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    IntStream.range(0, Math.min(parts, ForkJoinPool.getCommonPoolParallelism() + 1))
        .parallel()
        .forEach(
            taker -> {
              for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
                try {
                  part.accept(i);
                } catch (RuntimeException | Error e) {
                  failure.compareAndSet(null, e);
                  next.set(parts); // no further ones
                }
              }
            });
    // not before all have ended: the caller may free what they share outside of the heap
    if (failure.get() instanceof RuntimeException e) {
      throw e;
    } else if (failure.get() instanceof Error e) {
      throw e;
    }
  }

  /** Does {@code [from, to)} for ranges of {@code length} indexes that make up 0 to size - 1. */
  static void forRanges(int size, int length, RangeConsumer range) {
    forEach(
        (size + length - 1) / length,
        part -> range.accept(part * length, Math.min(size, (part + 1) * length)));
  }

  /** Begins something that is wanted later, or by then is done by whoever joins it. */
  static <T> ForkJoinTask<T> meanwhile(Callable<T> work) {
    return ForkJoinPool.commonPool().submit(work);
  }

  /** What is done with the indexes from .. to, the last one excluded. */
  interface RangeConsumer {
    void accept(int from, int to);
  }
}
