package io.sounding.tests.speed;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Tasks on threads of their own, as the job's slots run. */
public final class SideBySide {
  private SideBySide() {}

  /** The results of tasks that run at the same time, in their order. */
  public static <T> List<T> run(List<Callable<T>> tasks) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<Future<T>> futures = threads.invokeAll(tasks);
      return futures.stream().map(SideBySide::result).toList();
    } finally {
      threads.shutdown();
    }
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("A task did not end.", e);
    }
  }
}
