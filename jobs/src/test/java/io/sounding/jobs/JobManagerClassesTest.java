package io.sounding.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.Topics;
import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.ChildFirstClassLoader;
import org.apache.flink.util.FlinkUserCodeClassLoader;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

/** What a session cluster's job manager keeps of the jobs that were submitted to it. */
class JobManagerClassesTest {

  @Test
  void theJobManagersThreadsKeepNoClassLoaderOfAGraphThatWasSubmitted() throws Exception {
    byte[] graph = submitted();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      WeakReference<ClassLoader> classes =
          threads.submit(() -> new WeakReference<>(read(graph, threads))).get();
      assertThat(isCollected(classes)).isTrue();
    } finally {
      threads.shutdown();
    }
  }

  /** The graph as a client sends it. */
  private static byte[] submitted() throws Exception {
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment();
    SoundingTopology.lay(
        environment,
        KafkaEnds.of(KafkaClients.of("nowhere:9092", Topics.withPrefix("t")), "classes"),
        EvaluationSettings.defaults(ModelSettings.of(TrustedArtifacts.NONE, "")),
        EmbedSlots.SHARED);
    StreamGraph graph = environment.getStreamGraph();
    graph.serializeUserDefinedInstances();
    return InstantiationUtil.serializeObject(graph);
  }

  /**
   * Reads a graph as a job manager does, with classes of its own.
   *
   * @return their loader
   */
  private static ClassLoader read(byte[] submitted, ExecutorService threads) throws Exception {
    List<String> parentFirst =
        new ArrayList<>(CoreOptions.ALWAYS_PARENT_FIRST_LOADER_PATTERNS.defaultValue());
    parentFirst.add("org.apache.kafka."); // with the connector, which Flink's pattern has there
    ClassLoader classes =
        new ChildFirstClassLoader(
            classPath(),
            JobManagerClassesTest.class.getClassLoader(),
            parentFirst.toArray(String[]::new),
            FlinkUserCodeClassLoader.NOOP_EXCEPTION_HANDLER);
    StreamGraph graph = InstantiationUtil.deserializeObject(submitted, classes);
    graph.deserializeUserDefinedInstances(classes, threads);
    assertThat(graph.getJobGraph(classes).getNumberOfVertices()).isGreaterThan(5);
    assertThat(classes.loadClass("io.sounding.schemas.ModelFormat").getClassLoader())
        .isSameAs(classes);
    return classes;
  }

  private static URL[] classPath() throws Exception {
    List<URL> parts = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
      parts.add(Path.of(part).toUri().toURL());
    }
    return parts.toArray(URL[]::new);
  }

  private static boolean isCollected(WeakReference<?> reference) {
    Instant end = Instant.now().plus(Duration.ofSeconds(30));
    return Stream.generate(
            () -> {
              System.gc();
              return reference.get() == null;
            })
        .filter(gone -> gone || Instant.now().isAfter(end))
        .findFirst()
        .orElseThrow();
  }
}
