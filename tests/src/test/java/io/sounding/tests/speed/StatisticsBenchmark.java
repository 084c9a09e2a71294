package io.sounding.tests.speed;

import io.sounding.operators.statistics.ClusterMetrics;
import io.sounding.operators.statistics.LayerAccumulator;
import io.sounding.operators.statistics.LayerSummary;
import io.sounding.operators.statistics.RankMetrics;
import io.sounding.operators.statistics.StatisticsSettings;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the statistics of a layer of dimension {@value #DIMENSION} cost: folding, per frame; the
 * rank family and the cluster family with k = 1024, each once per checkpoint and layer. Not run by
 * the build, but by {@code tests/speed/benchmark}, whose arguments are those of JMH.
 */
@State(Scope.Thread)
@Fork(value = 1, jvmArgs = "-Xmx4g")
public class StatisticsBenchmark {
  private static final int DIMENSION = 768;
  private static final int UTTERANCE_FRAMES = 512;
  private static final int UTTERANCES_PER_FOLD = 8;
  private static final int DISTINCT_UTTERANCES = 80;

  private final StatisticsSettings settings = StatisticsSettings.defaults();
  private final float[][] utterances = new float[DISTINCT_UTTERANCES][];
  private LayerAccumulator accumulator;
  private LayerSummary summary;
  private int next;

  /** Frames whose coordinates have the standard deviations 1/sqrt(1), 1/sqrt(2), ... */
  @Setup(Level.Trial)
  public void fold() {
    SplittableRandom random = new SplittableRandom(1);
    accumulator = new LayerAccumulator(DIMENSION, settings);
    for (int i = 0; i < DISTINCT_UTTERANCES; i++) {
      utterances[i] = new float[UTTERANCE_FRAMES * DIMENSION];
      for (int j = 0; j < utterances[i].length; j++) {
        utterances[i][j] = (float) (random.nextGaussian() / Math.sqrt(1 + j % DIMENSION));
      }
      add();
    }
    summary = accumulator.snapshot();
  }

  private void add() {
    float[] frames = utterances[next % DISTINCT_UTTERANCES];
    accumulator.addUtterance("utterance-" + next, frames, UTTERANCE_FRAMES);
    next++;
  }

  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  @OperationsPerInvocation(UTTERANCE_FRAMES * UTTERANCES_PER_FOLD)
  @Warmup(iterations = 3, time = 2)
  @Measurement(iterations = 8, time = 2)
  public LayerAccumulator foldFrame() {
    for (int i = 0; i < UTTERANCES_PER_FOLD; i++) {
      add();
    }
    return accumulator;
  }

  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  @Warmup(iterations = 2, time = 2)
  @Measurement(iterations = 8, time = 2)
  public RankMetrics rankFamily() {
    return RankMetrics.of(summary);
  }

  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @Warmup(iterations = 1)
  @Measurement(iterations = 3)
  public ClusterMetrics clusterFamily() {
    return ClusterMetrics.of(summary, settings);
  }
}
