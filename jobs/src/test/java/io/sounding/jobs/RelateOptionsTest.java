package io.sounding.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.operators.relate.AlarmMetric;
import io.sounding.operators.relate.FromStep;
import io.sounding.operators.relate.RelateSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class RelateOptionsTest {

  @Command(showDefaultValues = true)
  private static final class Options {
    @Mixin private EvaluationOptions evaluation;
  }

  private static RelateSettings settings(String... arguments) {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments);
    return options.evaluation.settings().relate();
  }

  @Test
  void withoutOptionsTheDefaultsHold() {
    assertThat(settings()).isEqualTo(RelateSettings.DEFAULT);
  }

  @Test
  void everyOptionIsRead() {
    RelateSettings settings =
        settings(
            "--correlate-from=0,32000,25%",
            "--correlate-resamples=200",
            "--alarm=rankMe=0.8",
            "--alarm=trainingLoss=off",
            "--alarm-confirmations=3",
            "--alarm-grace=10000",
            "--alarm-all-layers",
            "--history=P30D",
            "--gauges=7");
    assertThat(settings.fromSteps())
        .isEqualTo(List.of(FromStep.of("0"), FromStep.of("32000"), FromStep.of("25%")));
    assertThat(settings.resamples()).isEqualTo(200);
    assertThat(settings.alarms().thresholds())
        .containsEntry(AlarmMetric.RANK_ME, 0.8)
        .doesNotContainKey(AlarmMetric.TRAINING_LOSS);
    assertThat(settings.alarms().confirmations()).isEqualTo(3);
    assertThat(settings.alarms().graceSteps()).isEqualTo(10_000);
    assertThat(settings.alarms().allLayers()).isTrue();
    assertThat(settings.history()).isEqualTo(Duration.ofDays(30));
    assertThat(settings.gauges()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--correlate-from=soon | 'soon' is neither a step such as 32000 nor a share of the run such as 10%.",
        "--correlate-from=x% | 'x%' is neither a step such as 32000 nor a share of the run such as 10%.",
        "--correlate-from=-1 | The first step is -1; it must not be negative.",
        "--correlate-from=100% | The first step is 100.0 % of the run; it must be more than 0 % and less than 100 %.",
        "--correlate-resamples=-1 | There are to be -1 resamples; it must be 0 to 20000.",
        "--correlate-resamples=20001 | There are to be 20001 resamples; it must be 0 to 20000.",
        "--alarm=rank=0.8 | There is no alarm on 'rank'; there are rankMe, anisotropy, deadClusters, trainingLoss.",
        "--alarm-confirmations=0 | Alarms are to be confirmed by 0 checkpoints; it must be at least 1.",
        "--history=PT0S | history is PT0S; it must be at least 1 ms.",
        "--gauges=-1 | gauges is -1; it must not be negative."
      })
  void whatCannotWorkIsRefusedWithASentence(String argument, String sentence) {
    assertThatThrownBy(() -> settings(argument))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
  }

  @Test
  void theHelpNamesTheDefaults() {
    String help = new CommandLine(new Options()).getUsageMessage(CommandLine.Help.Ansi.OFF);
    assertThat(help.replaceAll("\\s+", " "))
        .contains("or a share of the last step with metrics and a score (10%) (default: 0,10%).")
        .contains("--alarm=METRIC=THRESHOLD");
  }
}
