package io.sounding.jobs.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.schemas.ModelFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How options are told by {@code config --explain}. */
class OptionWordsTest {

  @Command(name = "every")
  private static final class EveryKind {

    @Option(names = "--rate", paramLabel = "HZ", defaultValue = "16000")
    private int rate;

    @Option(names = "--share", paramLabel = "X", required = true)
    private Double share;

    @Option(names = "--layers", paramLabel = "LAYER")
    private List<Integer> layers;

    @Option(names = "--from")
    private List<Path> from = List.of(Path.of("a"), Path.of("b"));

    @Option(names = "--words")
    private List<String> words = List.of();

    @Option(names = "--tags")
    private Map<String, String> tags;

    @Option(names = "--patience")
    private Duration patience;

    @Option(names = "--since")
    private Instant since;

    @Option(names = "--file")
    private Path file = Path.of("x");

    @Option(names = "--format")
    private ModelFormat format;

    @Option(names = "--quiet")
    private boolean quiet;

    @Option(names = "--name", description = "Half, 50 %%, of it (default: the folder's name).")
    private String name;
  }

  private static OptionWords words(String option) {
    return OptionWords.of(new CommandLine(new EveryKind()).getCommandSpec().findOption(option));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --rate     | whole number          | Hz                                    | 16000
          --share    | number                | that of the task or loss              | must be given
          --layers   | list of whole numbers | index of a layer                      | none
          --from     | list of paths         | ''                                    | [a, b]
          --words    | list of texts         | ''                                    | none
          --tags     | list of KEY=VALUE     | ''                                    | none
          --patience | duration              | with the value: 500ms, 30s, 5m, 2h, PT10M | none
          --since    | moment                | ''                                    | none
          --file     | path                  | ''                                    | x
          --format   | unknown or torchscript or onnx | ''                           | none
          --quiet    | true or false         | ''                                    | false
          --name     | text                  | ''                                    | the folder's name
          """)
  void everyOptionIsToldWithItsTypeUnitAndDefault(
      String option, String type, String unit, String defaultValue) {
    OptionWords words = words(option);
    assertThat(words.type()).isEqualTo(type);
    assertThat(words.unit()).isEqualTo(unit);
    assertThat(words.defaultValue()).isEqualTo(defaultValue);
  }

  @Test
  void theSentenceIsWithoutTheDefault() {
    assertThat(words("--name").sentence()).isEqualTo("Half, 50 %, of it.");
  }
}
