package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.jobs.configuration.ConfigOption;
import io.sounding.jobs.configuration.KnownOption;
import io.sounding.jobs.configuration.OptionCatalogue;
import io.sounding.jobs.kafka.TopicDesign;
import io.sounding.jobs.kafka.Topics;
import io.sounding.jobs.watch.MetricField;
import io.sounding.operators.JobMetric;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documentation names is there, and what is there it names. */
class DocumentationTest {

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Path GENERATED = ROOT.resolve("docker/CONFIGURATION.md");

  private static final Pattern OPTION =
      Pattern.compile("(?<![\\w-])--[a-z][a-z0-9]*+(-[a-z0-9]++)*+(?!-)");
  private static final Pattern VARIABLE = Pattern.compile("\\bSOUNDING_[A-Z0-9_]+");
  private static final Pattern TOPIC = Pattern.compile("(?<![\\w./-])sounding\\.[a-z][a-z-]*");

  /** To a file of the repository, or within a document: path and anchor. */
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]*)(?:#([^)]+))?\\)");

  private static final Pattern METRIC =
      Pattern.compile("(?m)^\\| `\\w+` \\| (counter|gauge|histogram) \\| [^|]+ \\|");

  /** Of other programs that the documentation calls, and in the drawing of the graph. */
  private static final Set<String> OPTIONS_OF_OTHERS =
      Set.of(
          "--help",
          "--version",
          "--user",
          "--by",
          "--switch",
          "--bootstrap-server",
          "--build",
          "--build-arg",
          "--target");

  /** Files, system properties and a Python package. */
  private static final Set<String> NO_TOPICS =
      Set.of("sounding.yaml", "sounding.shared", "sounding.log", "sounding.callbacks");

  private static Stream<KnownOption> options() {
    OptionCatalogue catalogue = Components.options();
    return Stream.concat(catalogue.configured().stream(), catalogue.others().stream());
  }

  static Stream<Path> documents() throws IOException {
    Path built = ROOT.resolve("docker/target");
    try (Stream<Path> docker = Files.walk(ROOT.resolve("docker"))) {
      return Stream.concat(
          Stream.of(
                  "README.md",
                  "operators/README.md",
                  "tests/README.md",
                  "schemas/python/README.md",
                  "jobs/demo/README.md")
              .map(ROOT::resolve),
          docker
              .filter(file -> file.toString().endsWith(".md") && !file.startsWith(built))
              .toList()
              .stream());
    }
  }

  private static Set<String> named(Pattern pattern, Path document) throws IOException {
    return pattern
        .matcher(Files.readString(document))
        .results()
        .map(found -> found.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** To renew the file: ./sounding config --explain --format markdown > docker/CONFIGURATION.md */
  @Test
  void theListOfOptionsIsWhatTheCommandPrints() throws IOException {
    StringWriter printed = new StringWriter();
    int status =
        Sounding.execute(
            new PrintWriter(printed),
            new PrintWriter(printed),
            Map.of(),
            "config",
            "--explain",
            "--format=markdown");
    assertThat(status).isZero();
    assertThat(Files.readString(GENERATED))
        .as(
            "%s: renew it with ./sounding config --explain --format markdown > docker/CONFIGURATION.md",
            GENERATED)
        .isEqualTo(printed.toString());
  }

  @Test
  void theListNamesEveryOptionKeyVariableAndTopic() throws IOException {
    String list = Files.readString(GENERATED);
    assertThat(options())
        .isNotEmpty()
        .allSatisfy(
            known ->
                assertThat(list.lines())
                    .anySatisfy(
                        line ->
                            assertThat(line)
                                .startsWith(
                                    known.key() == null
                                        ? "| `%s` | ".formatted(known.name())
                                        : "| `%s`<br>`%s` | "
                                            .formatted(known.key(), known.variable()))
                                .contains(
                                    "<br>*%s* | ".formatted(String.join(", ", known.commands())))));
    assertThat(topics())
        .hasSize(7)
        .allSatisfy(topic -> assertThat(list).contains("`" + topic + "`"));
  }

  private static Set<String> topics() {
    return TopicDesign.of(Topics.withPrefix("sounding"), Optional.empty(), 1).stream()
        .map(TopicDesign::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void theMetricsOfTheJobAreListed() throws IOException {
    assertThat(named(METRIC, ROOT.resolve("docker/README.md")))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(JobMetric.values())
                .map(m -> "| `%s` | %s | %s |".formatted(m.label(), m.kind(), m.unit()))
                .toList());
  }

  @Test
  void theReadmeDefinesEveryMetricOfALayer() throws IOException {
    String defined =
        Files.readAllLines(ROOT.resolve("README.md")).stream()
            .filter(line -> line.matches("\\| `(rank|clusters)\\..*"))
            .collect(Collectors.joining());
    assertThat(MetricField.ALL)
        .allSatisfy(
            field ->
                assertThat(defined)
                    .containsAnyOf(
                        "`%s.%s`".formatted(field.family(), field.name()),
                        "also `%s`".formatted(field.name())));
  }

  @Test
  void theReadmeNamesEveryTopic() throws IOException {
    assertThat(named(TOPIC, ROOT.resolve("README.md"))).containsAll(topics());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void linksLeadSomewhere(Path document) throws IOException {
    for (MatchResult link : LINK.matcher(Files.readString(document)).results().toList()) {
      Path target =
          link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1)).normalize();
      assertThat(target).as("%s: %s", document, link.group()).exists();
      if (link.group(2) != null) {
        assertThat(anchors(target)).as("%s: %s", document, link.group()).contains(link.group(2));
      }
    }
  }

  /** Of headings, as GitHub names them. */
  private static Set<String> anchors(Path document) throws IOException {
    return Files.readAllLines(document).stream()
        .filter(line -> line.matches("#{1,6} .*"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void noOptionIsNamedThatThereIsNot(Path document) throws IOException {
    Set<String> there = options().map(KnownOption::name).collect(Collectors.toSet());
    there.addAll(OPTIONS_OF_OTHERS);
    assertThat(named(OPTION, document)).as("%s", document).isSubsetOf(there);
  }

  @ParameterizedTest
  @MethodSource("documents")
  void noVariableIsNamedThatThereIsNot(Path document) throws IOException {
    Set<String> there =
        options()
            .filter(known -> known.key() != null)
            .map(KnownOption::variable)
            .collect(Collectors.toSet());
    there.add(ConfigOption.VARIABLE);
    there.add("SOUNDING_JAVA_OPTIONS");
    there.add("SOUNDING_LOG_FORMAT"); // of log4j2.xml and docker/log4j-console.properties
    there.add("SOUNDING_DATA"); // of docker/compose.yaml
    assertThat(named(VARIABLE, document)).as("%s", document).isSubsetOf(there);
  }

  @ParameterizedTest
  @MethodSource("documents")
  void noTopicIsNamedThatThereIsNot(Path document) throws IOException {
    Set<String> there = topics();
    there.addAll(NO_TOPICS);
    assertThat(named(TOPIC, document)).as("%s", document).isSubsetOf(there);
  }
}
