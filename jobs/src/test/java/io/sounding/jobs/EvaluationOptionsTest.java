package io.sounding.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Patience;
import io.sounding.operators.embed.DeviceChoice;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import io.sounding.operators.statistics.SketchChoice;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What an option says must reach the job: those of {@link RelateOptions} have a test of theirs. */
class EvaluationOptionsTest {

  @Command
  private static final class Options {
    @Mixin private EvaluationOptions evaluation;
  }

  private static EvaluationOptions parsed(String... arguments) {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments);
    return options.evaluation;
  }

  @Test
  void withoutOptionsTheDefaultsHoldAndNoModelIsTrusted() {
    assertThat(parsed().settings())
        .isEqualTo(EvaluationSettings.defaults(ModelSettings.of(TrustedArtifacts.NONE, "")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--model-time-limit", "--retention", "--history", "--correlate-from"})
  void theDefaultThatIsToldInWordsHolds(String option) {
    CommandLine command = new CommandLine(new Options());
    String words = String.join(" ", command.getCommandSpec().findOption(option).description());
    Matcher told = Pattern.compile("\\(default: ([^)]+)\\)").matcher(words.replace("%%", "%"));
    assertThat(told.find()).as(words).isTrue();
    assertThat(parsed(option, told.group(1)).settings()).isEqualTo(parsed().settings());
  }

  @Test
  void everyOptionIsRead() {
    EvaluationSettings settings =
        parsed(
                "--models-from=s3://bucket/checkpoints/",
                "--models-from=file:///data/models",
                "--require-sha256",
                "--shards=5",
                "--k=17",
                "--sample=1001",
                "--sketch=frequent-directions",
                "--sketch-rows=33",
                "--model-cache=/var/cache/models",
                "--model-cache-bytes=54321",
                "--model-bytes=12345",
                "--model-time-limit=PT3M",
                "--device=cpu",
                "--retention=PT36H")
            .settings();
    assertThat(settings.models())
        .isEqualTo(
            ModelSettings.of(
                    new TrustedArtifacts(
                        List.of("s3://bucket/checkpoints/", "file:///data/models"), true),
                    "/var/cache/models")
                .with(54_321, 12_345, Duration.ofMinutes(3))
                .on(DeviceChoice.of("cpu")));
    assertThat(settings.shards()).isEqualTo(5);
    assertThat(settings.statistics().clusters()).isEqualTo(17);
    assertThat(settings.statistics().sampleFrames()).isEqualTo(1_001);
    assertThat(settings.statistics().sketch()).isEqualTo(SketchChoice.FREQUENT_DIRECTIONS);
    assertThat(settings.statistics().sketchRows()).isEqualTo(33);
    assertThat(settings.patience()).isEqualTo(Patience.DEFAULT.withRetention(Duration.ofHours(36)));
  }

  @Test
  void theCacheThatWasAskedForIsUsedWhereverAnotherWouldBe() {
    assertThat(parsed().settingsWithCache("/var/lib/sounding/models").models().cacheDirectory())
        .isEqualTo("/var/lib/sounding/models");
    assertThat(
            parsed("--model-cache=/var/cache/models")
                .settingsWithCache("/var/lib/sounding/models")
                .models()
                .cacheDirectory())
        .isEqualTo("/var/cache/models");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--shards=0           | --shards is 0; it must lie in 1 to 128.",
        "--shards=129         | --shards is 129; it must lie in 1 to 128.",
        "--k=0                | --k is 0; it must be at least 1.",
        "--sample=0           | --sample is 0; it must be at least 1.",
        "--sketch-rows=1      | --sketch-rows is 1; it must be at least 2.",
        "--model-cache-bytes=0 | --model-cache-bytes is 0; it must be at least 1.",
        "--model-bytes=0      | --model-bytes is 0; it must be at least 1.",
        "--model-time-limit=PT0S | --model-time-limit is PT0S; it must be at least 1 ms.",
        "--retention=PT0S     | retention is PT0S; it must be at least 1 ms."
      })
  void whatCannotWorkIsRefusedWithASentence(String argument, String sentence) {
    EvaluationOptions options = parsed(argument);
    assertThatThrownBy(options::settings)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
  }
}
