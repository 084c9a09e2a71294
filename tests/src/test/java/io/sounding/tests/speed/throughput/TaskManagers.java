package io.sounding.tests.speed.throughput;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginManager;
import org.apache.flink.core.plugin.PluginUtils;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;

/**
 * Flink's task managers, several of them in this process: each registers, is called, opens its
 * connections and keeps its state as if it were alone; the heap, compiled code and models are those
 * of the process. The process ends as soon as one of them does.
 */
public final class TaskManagers {

  private TaskManagers() {}

  /** The folder of Flink's configuration, one for what they write, and their names. */
  public static void main(String[] arguments) throws Exception {
    Configuration common = GlobalConfiguration.loadConfiguration(arguments[0]);
    PluginManager plugins = PluginUtils.createPluginManagerFromRootFolder(common);
    FileSystem.initialize(common, plugins);
    CompletableFuture<?>[] ends =
        Arrays.stream(arguments, 2, arguments.length)
            .map(name -> start(common, plugins, Path.of(arguments[1]), name))
            .toArray(CompletableFuture[]::new);
    System.exit(CompletableFuture.anyOf(ends).get() == TaskManagerRunner.Result.SUCCESS ? 0 : 1);
  }

  private static CompletableFuture<TaskManagerRunner.Result> start(
      Configuration common, PluginManager plugins, Path folder, String name) {
    Configuration own = new Configuration(common);
    own.set(TaskManagerOptions.TASK_MANAGER_RESOURCE_ID, name);
    own.set(CoreOptions.TMP_DIRS, folder.resolve(name).toString());
    try {
      TaskManagerRunner runner =
          new TaskManagerRunner(own, plugins, TaskManagerRunner::createTaskExecutorService);
      runner.start();
      return runner.getTerminationFuture();
    } catch (Exception e) { // of Flink's choice
      throw new IllegalStateException("Task manager " + name + " cannot be started.", e);
    }
  }
}
