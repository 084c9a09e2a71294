package io.sounding.jobs.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sounding.jobs.SoundingJob;
import io.sounding.jobs.cli.Components;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The list of what can be configured is that of the options there are. */
class OptionCatalogueTest {

  private static final OptionCatalogue CATALOGUE = Components.options();

  private static Stream<KnownOption> all() {
    return Stream.concat(CATALOGUE.configured().stream(), CATALOGUE.others().stream());
  }

  @Test
  void theExplanationListsEveryOptionOfTheJob() throws Exception {
    List<String> explained = new ArrayList<>();
    for (JsonNode option : new ObjectMapper().readTree(new Explanation(CATALOGUE).json())) {
      for (JsonNode command : option.get("commands")) {
        if (command.asText().equals("sounding-job")) {
          explained.add(option.get("option").asText());
        }
      }
    }
    CommandSpec job = new CommandLine(new SoundingJob()).getCommandSpec();
    assertThat(explained)
        .containsExactlyInAnyOrderElementsOf(
            job.options().stream()
                .map(OptionSpec::longestName)
                .filter(name -> !List.of("--help", "--version").contains(name))
                .toList());
  }

  @Test
  void whatHasTheSameKeyIsTheSame() {
    for (KnownOption known : CATALOGUE.configured()) {
      for (String command : known.commands()) {
        OptionSpec option = optionOf(command, known.name());
        assertThat(OptionWords.of(option).type())
            .as("%s of %s", known.key(), command)
            .isEqualTo(OptionWords.of(known.option()).type());
        assertThat(Configuration.NONE.defaultValue(option)).isNull();
        assertThat(OptionCatalogue.keyOf(option)).isEqualTo(known.key());
      }
    }
  }

  private static OptionSpec optionOf(String command, String name) {
    CommandLine found =
        command.equals("sounding-job") ? new CommandLine(new SoundingJob()) : Components.verbs();
    if (!command.equals("sounding-job")) {
      for (String word : command.split(" ")) {
        found = found.getSubcommands().get(word);
      }
    }
    return found.getCommandSpec().findOption(name);
  }

  @Test
  void everyVariableMeansOneKey() {
    assertThat(CATALOGUE.configured()).extracting(KnownOption::variable).doesNotHaveDuplicates();
  }

  @Test
  void everyOptionHasATypeADefaultAndASentenceAndNumbersHaveAUnit() {
    assertThat(all())
        .allSatisfy(
            known -> {
              OptionWords words = OptionWords.of(known.option());
              assertThat(words.type()).isNotBlank();
              assertThat(words.defaultValue()).isNotBlank();
              assertThat(words.sentence()).endsWith(".").doesNotContain("${", "%%", "(default");
              if (OptionWords.isNumber(known.option())) {
                assertThat(words.unit()).as(known.name()).isNotBlank().doesNotContain("<");
              }
            });
  }

  @Test
  void aSwitchThatIsConfiguredStaysOnWhenItIsGivenToo() {
    assertThat(CATALOGUE.configured())
        .filteredOn(known -> known.option().type() == boolean.class)
        .isNotEmpty()
        .allSatisfy(known -> assertThat(known.option().fallbackValue()).isEqualTo("true"));
  }

  @Test
  void noKeyIsASectionToo() {
    Collection<KnownOption> configured = CATALOGUE.configured();
    assertThat(configured).noneMatch(known -> CATALOGUE.isSection(known.key()));
  }
}
