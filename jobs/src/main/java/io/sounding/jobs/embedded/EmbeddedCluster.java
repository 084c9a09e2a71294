package io.sounding.jobs.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster in this process: one job manager with the web UI and one task manager with the
 * asked number of slots. Everything listens on 127.0.0.1 at free ports. Checkpoints and savepoints
 * go below the given directory and stay there; temporary files go there too and are deleted on
 * {@link #close()}.
 */
public final class EmbeddedCluster implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedCluster.class);
  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(60);

  /** How the names of the directories of temporary files begin, one per start. */
  private static final String TEMPORARY = "temporary-";

  private final DirectoryLock lock;
  private final MiniCluster cluster;
  private final Configuration settings;
  private final Path temporary;
  private final URI webAddress;
  private boolean closed;

  private EmbeddedCluster(
      DirectoryLock lock,
      MiniCluster cluster,
      Configuration settings,
      Path temporary,
      URI webAddress) {
    this.lock = lock;
    this.cluster = cluster;
    this.settings = settings;
    this.temporary = temporary;
    this.webAddress = webAddress;
  }

  /**
   * Starts a cluster and returns when its slots take jobs.
   *
   * @param directory where checkpoints, savepoints and temporary files go; created if missing
   * @param slots the number of task slots, at least 1
   * @param configuration Flink settings that win over the ones chosen here
   * @throws EmbeddedException with a sentence, if the directory cannot be used, another cluster
   *     works in it, or Flink fails; Flink cannot close a cluster that has half started, so after
   *     such a failure (a requested port is taken, for example) the process should be ended with a
   *     status
   */
  public static EmbeddedCluster start(Path directory, int slots, Configuration configuration) {
    if (slots < 1) {
      throw new EmbeddedException("A Flink cluster needs at least 1 task slot, not " + slots + ".");
    }
    Path work = WorkDirectory.prepare(directory, "Flink's checkpoints and temporary files");
    DirectoryLock lock = DirectoryLock.take(work, "Flink cluster");
    try {
      deleteLeftOver(work);
      return start(work, lock, slots, configuration);
    } catch (RuntimeException failure) {
      lock.close();
      throw failure;
    }
  }

  private static EmbeddedCluster start(
      Path work, DirectoryLock lock, int slots, Configuration configuration) {
    Path temporary = makeTemporary(work);
    Configuration settings = ClusterSettings.of(work, temporary, configuration);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setCommonBindAddress("127.0.0.1")
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
    try {
      cluster.start();
      return new EmbeddedCluster(
          lock, cluster, settings, temporary, cluster.getRestAddress().get());
    } catch (Exception failure) {
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      deleteQuietly(temporary);
      throw new EmbeddedException(
          "The embedded Flink cluster did not start (" + EmbeddedException.reason(failure) + ").",
          failure);
    }
  }

  /** What clusters left that were killed: whoever has the lock is alone. */
  private static void deleteLeftOver(Path work) {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(work, TEMPORARY + "*")) {
      left.forEach(EmbeddedCluster::deleteQuietly);
    } catch (IOException failure) {
      LOG.warn("What earlier starts left in {} could not be listed.", work, failure);
    }
  }

  private static Path makeTemporary(Path work) {
    try {
      return Files.createTempDirectory(work, TEMPORARY);
    } catch (IOException failure) {
      throw new EmbeddedException(
          "No temporary directory could be made in %s (%s)."
              .formatted(work, EmbeddedException.reason(failure)),
          failure);
    }
  }

  /**
   * An environment whose jobs run on this cluster. {@code executeAsync} returns a job client that
   * tells the job's status and result and cancels it; every call gives a new, independent
   * environment.
   */
  public StreamExecutionEnvironment environment() {
    return new StreamExecutionEnvironment(
        new MiniClusterExecutors(cluster),
        new Configuration(settings),
        Thread.currentThread().getContextClassLoader());
  }

  /** Where Flink's web UI and REST interface answer. */
  public URI webAddress() {
    return webAddress;
  }

  /** Takes a checkpoint of a job beside its periodic ones. */
  CompletableFuture<Long> checkpoint(JobID job) {
    return cluster.triggerCheckpoint(job, CheckpointType.CONFIGURED);
  }

  /** What failed a job that is about to be started again; empty: it is not. */
  public Optional<String> restartReason(JobID job) throws InterruptedException {
    try {
      if (cluster.getJobStatus(job).get() != JobStatus.RESTARTING) {
        return Optional.empty();
      }
      ErrorInfo failure = cluster.getArchivedExecutionGraph(job).get().getFailureInfo();
      return Optional.ofNullable(failure)
          .map(ErrorInfo::getException)
          .map(e -> EmbeddedException.reason(e.deserializeError(getClass().getClassLoader())));
    } catch (ExecutionException e) {
      LOG.debug("The job's state is not known.", e);
      return Optional.empty();
    }
  }

  /** The cluster itself, for what the environment does not offer: savepoints, lists of jobs. */
  public MiniCluster miniCluster() {
    return cluster;
  }

  /**
   * Ends all jobs and the cluster and returns when its threads and ports are gone; closing twice is
   * harmless.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      cluster.closeAsync().get(SHUTDOWN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException failure) {
      LOG.warn("The embedded Flink cluster did not end in order.", failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      deleteQuietly(temporary);
      lock.close();
    }
  }

  private static void deleteQuietly(Path directory) {
    try {
      FileUtils.deleteDirectory(directory.toFile());
    } catch (IOException failure) {
      LOG.warn("The temporary directory {} could not be deleted.", directory, failure);
    }
  }
}
