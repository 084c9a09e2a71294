package io.sounding.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may know whom, read off the constant pools of the compiled classes. */
class ArchitectureTest {

  private static final Pattern OTHERS =
      Pattern.compile("(org/apache/flink|org/apache/kafka|ai/djl|io/sounding|org/slf4j)/[\\w/$]+");

  @Test
  void statisticsKnowNothingOfFlinkKafkaOrDjlNorOfTheStages() throws Exception {
    assertThat(known("statistics"))
        .isNotEmpty()
        .allMatch(name -> name.startsWith("io/sounding/operators/statistics/"));
  }

  @Test
  void operatorsKnowNothingOfKafkaNorOfTheJobs() throws Exception {
    assertThat(known(""))
        .noneMatch(name -> name.startsWith("org/apache/kafka/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/connector/"))
        .noneMatch(name -> name.startsWith("io/sounding/jobs/"));
  }

  @Test
  void onlyTheEmbeddingStageKnowsDjl() throws Exception {
    for (String stage : List.of("admit", "assemble", "fold", "merge", "publish", "relate")) {
      assertThat(known(stage)).as(stage).noneMatch(name -> name.startsWith("ai/djl/"));
    }
    assertThat(known("embed")).anyMatch(name -> name.startsWith("ai/djl/"));
  }

  /** Flink's distribution brings SLF4J 1.7, whatever the build has. */
  @Test
  void operatorsLogThroughWhatSlf4jHadInVersion17() throws Exception {
    assertThat(known("").stream().filter(name -> name.startsWith("org/slf4j/")))
        .isNotEmpty()
        .isSubsetOf("org/slf4j/Logger", "org/slf4j/LoggerFactory", "org/slf4j/MDC");
  }

  @Test
  void stagesKnowOnlyTheStagesBeforeThem() throws Exception {
    List<String> order = List.of("admit", "assemble", "embed", "merge", "publish", "relate");
    for (int i = 0; i < order.size(); i++) {
      for (String later : order.subList(i + 1, order.size())) {
        assertThat(known(order.get(i)))
            .as(order.get(i))
            .noneMatch(name -> name.startsWith("io/sounding/operators/" + later + "/"));
      }
    }
  }

  /** Class names, also those in signatures, that the classes of a package mention. */
  private static List<String> known(String stage) throws Exception {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.walk(compiled().resolve(stage))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        for (String constant : constants(file)) {
          OTHERS.matcher(constant).results().forEach(match -> names.add(match.group()));
        }
      }
    }
    assertThat(names).as("classes of " + stage).isNotEmpty();
    return names;
  }

  private static Path compiled() throws URISyntaxException {
    return Path.of(EvaluationSettings.class.getResource("EvaluationSettings.class").toURI())
        .getParent();
  }

  /** The UTF-8 constants of a class file (The Java Virtual Machine Specification, 4.4). */
  private static List<String> constants(Path file) throws IOException {
    List<String> constants = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      in.skipNBytes(8);
      int count = in.readUnsignedShort();
      for (int i = 1; i < count; i++) {
        int tag = in.readUnsignedByte();
        switch (tag) {
          case 1 -> constants.add(in.readUTF());
          case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
          case 5, 6 -> {
            in.skipNBytes(8);
            i++; // eight-byte constants take two entries
          }
          case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
          case 15 -> in.skipNBytes(3);
          default -> throw new IOException("Unknown constant " + tag + " in " + file + ".");
        }
      }
    }
    return constants;
  }
}
