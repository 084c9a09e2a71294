package io.sounding.tests.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sounding.jobs.kafka.KafkaClients;
import io.sounding.jobs.kafka.KafkaEnds;
import io.sounding.jobs.kafka.TopicDesign;
import io.sounding.jobs.kafka.Topics;
import io.sounding.operators.LogContext;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files below {@code docker} against schemas, against Flink, and against each other. */
class DeploymentFilesTest {

  private static final String BASE = "base/flinkdeployment.yaml";
  private static final String CPU = "overlays/cpu/taskmanager.yaml";
  private static final String GPU = "overlays/gpu/taskmanager.yaml";

  /** With less than that, README's Limits say, an hour of a layer of d = 768 may end a process. */
  private static final MemorySize HEAP_OF_AN_HOUR = MemorySize.ofMebiBytes(1_500);

  @ParameterizedTest
  @ValueSource(strings = {BASE, CPU, GPU})
  void deploymentFitsTheSchemaOfFlinksOperator(String file) {
    assertThat(Manifest.violations(Manifest.read(file).get(0), "")).isEmpty();
  }

  @Test
  void fieldThatTheOperatorDoesNotKnowIsFound() {
    JsonNode deployment = Manifest.read(BASE).get(0);
    ((ObjectNode) deployment.at("/spec/job")).put("upgradeMood", "savepoint");
    ((ObjectNode) deployment.at("/spec/podTemplate/spec")).put("runAsNonRoot", true);

    assertThat(Manifest.violations(deployment, ""))
        .anyMatch(violation -> violation.contains("upgradeMood"))
        .anyMatch(violation -> violation.contains("runAsNonRoot"))
        .hasSize(2);
  }

  @Test
  void podOfTheDashboardFitsTheSchemaOfPods() {
    JsonNode pod = Manifest.read("base/dashboard.yaml").get(0).at("/spec/template/spec");

    assertThat(Manifest.violations(pod, "/properties/spec/properties/podTemplate/properties/spec"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {BASE, CPU, GPU})
  void memoryOfTheTaskManagersAddsUp(String file) {
    Configuration configuration = Configuration.fromMap(Manifest.flinkConfiguration(file));
    String memory = Manifest.read(file).get(0).at("/spec/taskManager/resource/memory").asText();
    configuration.set(TaskManagerOptions.TOTAL_PROCESS_MEMORY, MemorySize.parse(memory));

    assertThat(heapOf(configuration)).isGreaterThan(HEAP_OF_AN_HOUR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"compose.yaml", "compose.gpu.yaml"})
  void memoryOfTheComposedTaskManagersAddsUp(String file) {
    assertThat(heapOf(composedTaskManager(file))).isGreaterThan(HEAP_OF_AN_HOUR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"compose.yaml", "compose.gpu.yaml"})
  void composedTaskManagersHaveTheSlotsThatTheJobTakes(String file) {
    Configuration configuration = composedTaskManager(file);
    int replicas =
        ComposeFile.read(ImageFolder.docker().resolve(file)).service("taskmanager").replicas();

    assertThat(replicas * configuration.get(TaskManagerOptions.NUM_TASK_SLOTS))
        .isGreaterThanOrEqualTo(configuration.get(CoreOptions.DEFAULT_PARALLELISM));
  }

  /**
   * Settings of compose.yaml, with those of the command in a file that comes beside it over them.
   */
  private static Configuration composedTaskManager(String file) {
    Configuration configuration = new Configuration();
    compose()
        .service("taskmanager")
        .environment()
        .get("FLINK_PROPERTIES")
        .lines()
        .map(line -> line.split(": ", 2))
        .forEach(setting -> configuration.setString(setting[0], setting[1]));
    ComposeFile.read(ImageFolder.docker().resolve(file)).service("taskmanager").command().stream()
        .filter(argument -> argument.startsWith("-D"))
        .map(argument -> argument.substring(2).split("=", 2))
        .forEach(setting -> configuration.setString(setting[0], setting[1]));
    return configuration;
  }

  /** All of the audio lies in state: each checkpoint of an idle job would write it again. */
  @Test
  void checkpointsWriteWhatIsNewAndEndBeforeKafkaGivesTheirTransactionsUp() {
    Duration transactions =
        KafkaEnds.transactionTimeout(KafkaClients.of("nowhere:9092", Topics.withPrefix("sounding")))
            .orElseThrow();
    for (Configuration configuration :
        List.of(
            composedTaskManager("compose.yaml"),
            Configuration.fromMap(Manifest.flinkConfiguration(CPU)))) {
      assertThat(configuration.get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS)).isTrue();
      assertThat(
              configuration
                  .get(CheckpointingOptions.CHECKPOINTING_INTERVAL)
                  .plus(configuration.get(CheckpointingOptions.CHECKPOINTING_TIMEOUT)))
          .isLessThan(transactions);
    }
  }

  /** The operator merges lists of pod templates by position otherwise, over what is there. */
  @Test
  void variablesOfAnOverlayAreAddedToThoseOfTheBase() {
    assertThat(Manifest.flinkConfiguration(GPU))
        .containsEntry("kubernetes.operator.pod-template.merge-arrays-by-name", "true");
  }

  private static MemorySize heapOf(Configuration configuration) {
    TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
    return memory.getJvmHeapMemorySize();
  }

  @Test
  void versionsAreThoseOfTheBuild() throws IOException {
    String flink = version("flink.version");
    String dockerfile = docker("Dockerfile");

    assertThat(dockerfile).contains("FROM flink:" + flink + "-java17 AS base-cpu");
    assertThat(docker("kubernetes/" + BASE))
        .contains("flink-s3-fs-hadoop-" + flink + ".jar")
        .contains("flinkVersion: v" + flink.replaceFirst("^(\\d+)\\.(\\d+)\\..*", "$1_$2"))
        .contains("/sounding-jobs-" + projectVersion() + ".jar");
    assertThat(compose().service("kafka").image())
        .isEqualTo("apache/kafka:" + version("kafka.version"));
    assertThat(docker("lint"))
        .contains("GRAFANA_SCHEMA=" + compose().service("grafana").image().replaceFirst(".*:", ""));
  }

  @Test
  void topicsOfStrimziAreThoseThatTopicsCreateMakes() {
    Optional<Integer> audioPartitions =
        Optional.of(
            Integer.valueOf(after("--audio-partitions", compose().service("topics").command())));
    Map<String, TopicDesign> designed =
        TopicDesign.of(Topics.withPrefix("sounding"), audioPartitions, 1).stream()
            .collect(Collectors.toMap(TopicDesign::name, design -> design));
    List<JsonNode> manifests = Manifest.read("base/topics.yaml");

    assertThat(manifests)
        .extracting(topic -> topic.at("/spec/topicName").asText())
        .containsExactlyInAnyOrderElementsOf(designed.keySet());
    assertThat(manifests)
        .allSatisfy(
            topic -> {
              TopicDesign design = designed.get(topic.at("/spec/topicName").asText());
              assertThat(topic.at("/metadata/name").asText()).isEqualTo(design.name());
              assertThat(topic.at("/spec/partitions").asInt()).isEqualTo(design.partitions().get());
              Map<String, String> settings = settings(topic);
              // what depends on how many brokers there are
              assertThat(Integer.parseInt(settings.remove("min.insync.replicas")))
                  .isBetween(1, topic.at("/spec/replicas").asInt() - 1);
              assertThat(settings).as(design.name()).isEqualTo(design.configuration());
            });
  }

  private static Map<String, String> settings(JsonNode topic) {
    Map<String, String> settings = new TreeMap<>();
    topic
        .at("/spec/config")
        .properties()
        .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
    return settings;
  }

  private static String after(String option, List<String> command) {
    return command.get(command.indexOf(option) + 1);
  }

  @Test
  void linesOfTheLogHaveTheSameFieldsEverywhere() throws IOException {
    Properties logging = new Properties();
    logging.load(new StringReader(docker("log4j-console.properties")));
    JsonNode template = LogLines.parsed(logging.getProperty("appender.json.layout.eventTemplate"));

    assertThat(template)
        .isEqualTo(
            LogLines.parsed(
                Files.readString(
                    ImageFolder.docker()
                        .resolveSibling(
                            "jobs/src/main/resources/io/sounding/jobs/log-line.json"))));
    assertThat(template.properties()).extracting(Map.Entry::getKey).containsAll(LogContext.FIELDS);
    assertThat(
            Manifest.read(BASE)
                .get(0)
                .at("/spec/logConfiguration/log4j-console.properties")
                .asText())
        .isEqualTo(docker("log4j-console.properties"));
  }

  @Test
  void imagesArePinned() throws IOException {
    Pattern from = Pattern.compile("(?m)^FROM (\\S+:\\S+) AS");

    assertThat(from.matcher(docker("Dockerfile")).results().map(found -> found.group(1)))
        .hasSize(4)
        .allMatch(image -> image.matches(".+:v?\\d+\\.\\d+\\S*"));
    assertThat(compose().services().values())
        .allMatch(service -> service.image().matches(".+:v?\\d+\\.\\d+\\S*"));
  }

  @Test
  void nothingRunsAsRoot() throws IOException {
    for (String stage : List.of("job", "tools", "dashboard")) {
      assertThat(Dockerfile.read(ImageFolder.docker().resolve("Dockerfile")).user(stage))
          .as(stage)
          .matches("[1-9]\\d*");
    }
    for (JsonNode pod :
        List.of(
            Manifest.read(BASE).get(0).at("/spec/podTemplate/spec"),
            Manifest.read("base/dashboard.yaml").get(0).at("/spec/template/spec"))) {
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    }
  }

  @Test
  void runbookHasASectionForEachAlert() throws IOException {
    String runbook = docker("RUNBOOK.md");

    assertThat(WatchedMetrics.alerts()).isNotEmpty();
    assertThat(WatchedMetrics.alerts())
        .allSatisfy(
            alert -> {
              assertThat(runbook).contains("\n## " + alert + "\n");
              assertThat(docker("prometheus/alerts.yml"))
                  .contains("docker/RUNBOOK.md#" + alert.toLowerCase(Locale.ROOT) + "\n");
              assertThat(docker("prometheus/alerts.test.yml")).contains(alert);
            });
  }

  private static ComposeFile compose() {
    return ComposeFile.read(ImageFolder.docker().resolve("compose.yaml"));
  }

  private static String docker(String file) throws IOException {
    return Files.readString(ImageFolder.docker().resolve(Path.of(file)));
  }

  private static String version(String property) throws IOException {
    return pom("<" + Pattern.quote(property) + ">([^<]+)<");
  }

  private static String projectVersion() throws IOException {
    return pom("<artifactId>sounding</artifactId>\\s*<version>([^<]+)<");
  }

  private static String pom(String pattern) throws IOException {
    Matcher found =
        Pattern.compile(pattern)
            .matcher(Files.readString(ImageFolder.docker().resolveSibling("pom.xml")));
    assertThat(found.find()).as(pattern).isTrue();
    return found.group(1);
  }
}
