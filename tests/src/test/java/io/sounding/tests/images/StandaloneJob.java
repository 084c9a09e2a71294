package io.sounding.tests.images;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.client.deployment.application.ApplicationClusterEntryPoint;
import org.apache.flink.client.program.DefaultPackagedProgramRetriever;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.entrypoint.ClusterEntrypoint;
import org.apache.flink.runtime.entrypoint.ClusterEntrypointUtils;
import org.apache.flink.runtime.entrypoint.EntrypointClusterConfiguration;
import org.apache.flink.runtime.resourcemanager.StandaloneResourceManagerFactory;

/**
 * A job manager in application mode, whose job lies in {@code usrlib} beside Flink's {@code lib}.
 * Stands in for {@code StandaloneApplicationClusterEntryPoint}, the main class behind the image's
 * {@code standalone-job}, which comes with Flink's distribution only; it takes the same arguments.
 */
@SuppressWarnings("try") // closing as Flink does it may throw InterruptedException
public final class StandaloneJob extends ApplicationClusterEntryPoint {

  private static final String JOB_CLASS = "--job-classname";

  private StandaloneJob(Configuration configuration, PackagedProgram program) {
    super(configuration, program, StandaloneResourceManagerFactory.getInstance());
  }

  /** Starts the cluster's entry point. */
  public static void main(String[] arguments) throws Exception {
    List<String> others = new ArrayList<>(Arrays.asList(arguments));
    int at = others.indexOf(JOB_CLASS);
    others.remove(at);
    String jobClass = others.remove(at);
    EntrypointClusterConfiguration parsed = parseArguments(others.toArray(new String[0]));
    Configuration configuration = loadConfiguration(parsed);
    PackagedProgram program =
        DefaultPackagedProgramRetriever.create(
                ClusterEntrypointUtils.tryFindUserLibDirectory().orElseThrow(),
                jobClass,
                parsed.getArgs(),
                configuration)
            .getPackagedProgram();
    configureExecution(configuration, program);
    ClusterEntrypoint.runClusterEntrypoint(new StandaloneJob(configuration, program));
  }
}
