package io.sounding.tests.faults;

import io.sounding.tests.Await;

/** Measures from a fault, or from its end where it lasts, to the next complete Flink checkpoint. */
final class Recovery {

  private final JobProcess job;
  private final int restores;
  private final long start = System.nanoTime();

  private Recovery(JobProcess job, int restores) {
    this.job = job;
    this.restores = restores;
  }

  /** To be called before a fault after which Flink restores the job. */
  static Recovery fromFaultOf(JobProcess job) {
    return new Recovery(job, job.restores() + 1);
  }

  /** To be called when a fault that the job may sit out has ended. */
  static Recovery fromNow(JobProcess job) {
    return new Recovery(job, 0);
  }

  /** Waits for the restored job's next complete checkpoint; returns seconds. */
  double await() {
    if (restores > 0) {
      Await.until(
          "Flink has restored the job",
          () -> job.restores() >= restores,
          job::checkpointStatistics);
    }
    job.awaitCheckpoints(1);
    return (System.nanoTime() - start) * 1e-9;
  }
}
