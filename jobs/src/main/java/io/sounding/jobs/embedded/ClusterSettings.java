package io.sounding.jobs.embedded;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;

/**
 * The settings of an embedded cluster: everything on 127.0.0.1, all files below one directory,
 * little memory, and patience with a busy machine (a process that shares its processors with its
 * own job manager must not be declared dead because it was slow). What the caller sets wins.
 */
final class ClusterSettings {

  private static final MemorySize MANAGED_MEMORY = MemorySize.ofMebiBytes(64);
  private static final MemorySize NETWORK_MEMORY = MemorySize.ofMebiBytes(32);
  private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(10);
  private static final Duration HEARTBEAT_TIMEOUT = Duration.ofMinutes(3);

  private ClusterSettings() {}

  static Configuration of(Path directory, Path temporary, Configuration requested) {
    Configuration settings = new Configuration();
    settings.set(RestOptions.ADDRESS, "127.0.0.1");
    settings.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    settings.set(RestOptions.BIND_PORT, "0");
    settings.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
    settings.set(TaskManagerOptions.BIND_HOST, "127.0.0.1");
    settings.set(BlobServerOptions.PORT, "0");
    settings.set(WebOptions.SUBMIT_ENABLE, false);
    settings.set(OwnPagesOnly.WANTED, true);
    // not "*", which lets every page in a browser of this machine read all answers
    settings.set(WebOptions.ACCESS_CONTROL_ALLOW_ORIGIN, "http://127.0.0.1");

    settings.set(CoreOptions.TMP_DIRS, temporary.toString());
    settings.set(WebOptions.TMP_DIR, temporary.toString());
    settings.set(BlobServerOptions.STORAGE_DIRECTORY, temporary.toString());
    settings.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        RetainedCheckpoints.flinkPath(RetainedCheckpoints.folder(directory)));
    settings.set(
        CheckpointingOptions.SAVEPOINT_DIRECTORY,
        RetainedCheckpoints.flinkPath(directory.resolve("savepoints")));

    settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED_MEMORY);
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, NETWORK_MEMORY);
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, NETWORK_MEMORY);

    settings.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, HEARTBEAT_INTERVAL);
    settings.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT);
    settings.addAll(requested);
    settings.set(DeploymentOptions.TARGET, MiniClusterExecutors.NAME);
    settings.set(DeploymentOptions.ATTACHED, true);
    return settings;
  }
}
