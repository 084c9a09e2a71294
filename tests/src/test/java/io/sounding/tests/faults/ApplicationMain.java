package io.sounding.tests.faults;

import io.sounding.jobs.SoundingJob;
import org.apache.flink.client.deployment.application.ApplicationClusterEntryPoint;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.entrypoint.ClusterEntrypoint;
import org.apache.flink.runtime.entrypoint.EntrypointClusterConfiguration;
import org.apache.flink.runtime.resourcemanager.StandaloneResourceManagerFactory;

/**
 * A job manager in application mode: it runs {@link SoundingJob}'s main method, from the class
 * path, and ends with the job. Arguments are those of Flink's entry points, then those of the job.
 * (Flink's own such class for standalone clusters comes with its distribution only.)
 */
@SuppressWarnings("try") // closing as Flink does it may throw InterruptedException
public final class ApplicationMain extends ApplicationClusterEntryPoint {

  private ApplicationMain(Configuration configuration, PackagedProgram program) {
    super(configuration, program, StandaloneResourceManagerFactory.getInstance());
  }

  /** Starts the cluster's entry point. */
  public static void main(String[] arguments) throws Exception {
    EntrypointClusterConfiguration parsed = parseArguments(arguments);
    Configuration configuration = loadConfiguration(parsed);
    PackagedProgram program =
        PackagedProgram.newBuilder()
            .setEntryPointClassName(SoundingJob.class.getName())
            .setArguments(parsed.getArgs())
            .setConfiguration(configuration)
            .build();
    configureExecution(configuration, program);
    ClusterEntrypoint.runClusterEntrypoint(new ApplicationMain(configuration, program));
  }
}
