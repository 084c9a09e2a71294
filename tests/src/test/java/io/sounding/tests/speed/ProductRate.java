package io.sounding.tests.speed;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The machine's own rate of matrix products: OpenBLAS, square matrices in native memory, each of
 * some threads with its own, as the job's slots compute.
 */
public final class ProductRate {
  private static final int SIZE = 1536;
  private static final int PRODUCTS = 4;

  private final List<Callable<Object>> float64;
  private final List<Callable<Object>> float32;

  /** Prepares the matrices, which live as long as the process. */
  public ProductRate(int threads) {
    blas_set_num_threads(1);
    float64 = repeat(threads, ProductRate::float64Product);
    float32 = repeat(threads, ProductRate::float32Product);
  }

  private static List<Callable<Object>> repeat(int threads, Supplier<Runnable> products) {
    List<Callable<Object>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Runnable product = products.get();
      tasks.add(
          Executors.callable(
              () -> {
                for (int j = 0; j < PRODUCTS; j++) {
                  product.run();
                }
              }));
    }
    return tasks;
  }

  /** Operations per second in float64, all threads together. */
  public double float64() throws InterruptedException {
    return rate(float64);
  }

  /** Operations per second in float32, all threads together. */
  public double float32() throws InterruptedException {
    return rate(float32);
  }

  private static double rate(List<Callable<Object>> tasks) throws InterruptedException {
    long start = System.nanoTime();
    SideBySide.run(tasks);
    double seconds = (System.nanoTime() - start) * 1e-9;
    return 2.0 * SIZE * SIZE * SIZE * PRODUCTS * tasks.size() / seconds;
  }

  private static Runnable float64Product() {
    double[] values = new SplittableRandom(1).doubles((long) SIZE * SIZE).toArray();
    DoublePointer a = new DoublePointer(values);
    DoublePointer b = new DoublePointer(values);
    DoublePointer c = new DoublePointer(values);
    int n = SIZE;
    return () ->
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, c, n);
  }

  private static Runnable float32Product() {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    FloatPointer a = new FloatPointer(values);
    FloatPointer b = new FloatPointer(values);
    FloatPointer c = new FloatPointer(values);
    int n = SIZE;
    return () ->
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, c, n);
  }
}
