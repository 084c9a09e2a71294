package io.sounding.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commonest fault on a cluster of real processes; {@link FaultsITCase} has the others. */
class KilledTaskManagerITCase {

  @TempDir private Path work;

  @Test
  void aTaskManagerKilledWhileEmbeddingChangesNoFinalEvent() {
    try (TestCluster cluster = TestCluster.start(work, Workload.ofDemo())) {
      FinalEvents undisturbed = cluster.undisturbed();
      try (Evaluation evaluation = cluster.evaluation("killed", 2, "hashmap", 1)) {
        evaluation.awaitMidway(1);
        Recovery recovery = Recovery.fromFaultOf(evaluation.job());
        cluster.flink().killAndReplace(cluster.flink().embedding(evaluation.job()));
        evaluation.assertUnfinished();
        recovery.await();
        assertThat(evaluation.finish().comparedWith(undisturbed).events()).isEqualTo(64);
      }
    }
  }
}
