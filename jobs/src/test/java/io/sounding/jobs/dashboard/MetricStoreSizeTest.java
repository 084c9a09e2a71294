package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.watch.Events;
import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.SingleObjectCodec;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** How much 50 runs of 400 checkpoints of 12 layers take. */
class MetricStoreSizeTest {

  static {
    System.setProperty("jol.magicFieldOffset", "true"); // without it JOL looks into no record
  }

  private static final int RUNS = 50;
  private static final int CHECKPOINTS = 400;
  private static final int LAYERS = 12;

  @Test
  void anEventTakesLessThan400Bytes() throws Exception {
    SingleObjectCodec codec = SingleObjectCodec.reading(MetricEvent.getClassSchema());
    MetricStore store = new MetricStore(RUNS * CHECKPOINTS * LAYERS);
    long reading = 0;
    for (int checkpoint = 0; checkpoint < CHECKPOINTS; checkpoint++) {
      for (int run = 0; run < RUNS; run++) {
        for (int layer = 0; layer < LAYERS; layer++) {
          byte[] record =
              SingleObjectCodec.encode(
                  Events.finished("run-" + run, 1_000L * checkpoint, layer).build());
          long start = System.nanoTime();
          store.add((MetricEvent) codec.decode(record));
          reading += System.nanoTime() - start;
        }
      }
    }
    long bytes = GraphLayout.parseInstance(store).totalSize();

    System.out.printf(
        "%,d events: %.1f MB, %.0f bytes each; decoded and held in %.1f s%n",
        store.size(),
        bytes / 1e6,
        (double) bytes / store.size(),
        reading / (double) TimeUnit.SECONDS.toNanos(1));
    assertThat(store.size()).isEqualTo(240_000);
    assertThat(store.dropped()).isZero();
    assertThat((double) bytes / store.size()).isLessThan(400);
  }
}
