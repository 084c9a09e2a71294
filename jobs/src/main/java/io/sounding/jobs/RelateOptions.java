package io.sounding.jobs;

import io.sounding.jobs.configuration.Configured;
import io.sounding.jobs.configuration.DurationOption;
import io.sounding.jobs.configuration.Setting;
import io.sounding.operators.relate.AlarmRules;
import io.sounding.operators.relate.FromStep;
import io.sounding.operators.relate.RelateSettings;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;

/**
 * How metrics are set against scores and against their run's history; part of the job's options.
 */
@Configured(section = "job")
final class RelateOptions {

  @Option(
      names = "--correlate-from",
      paramLabel = "STEP",
      split = "[," + Setting.SEPARATOR + "]",
      splitSynopsisLabel = ",",
      showDefaultValue = Help.Visibility.NEVER,
      description =
          "Correlations along a run leave out the checkpoints before these steps, in turn: a step (32000), or a share of the last step with metrics and a score (10%%) (default: 0,10%%).")
  private List<String> correlateFrom = List.of("0", "10%");

  @Option(
      names = "--correlate-resamples",
      paramLabel = "RESAMPLES",
      description = "Bootstrap resamples of the interval of a correlation; 0: no intervals.")
  private int correlateResamples = RelateSettings.DEFAULT.resamples();

  @Option(
      names = "--alarm",
      split = Setting.SEPARATOR,
      splitSynopsisLabel = "",
      paramLabel = "METRIC=THRESHOLD",
      showDefaultValue = Help.Visibility.NEVER,
      description = {
        "Sets an alarm, repeat it for more: rankMe=0.75 (fall below the run's peak, as a share), anisotropy=0.99, deadClusters=0.5 (share of the clusters), which are the defaults,",
        "or switches one off: rankMe=off, anisotropy=off, deadClusters=off, trainingLoss=off (is NaN or infinite)."
      })
  private List<String> alarms = List.of();

  @Option(
      names = "--alarm-confirmations",
      paramLabel = "CHECKPOINTS",
      description = "Checkpoints in a row that raise or clear an alarm.")
  private int alarmConfirmations = AlarmRules.DEFAULT.confirmations();

  @Option(
      names = "--alarm-grace",
      paramLabel = "STEP",
      description =
          "Checkpoints before this step raise no alarm, but for the loss; their peak counts.")
  private long alarmGrace = AlarmRules.DEFAULT.graceSteps();

  @Option(
      names = "--alarm-all-layers",
      fallbackValue = "true",
      description = "Judges every layer, not the last of each checkpoint alone.")
  private boolean alarmAllLayers;

  @Option(
      names = "--history",
      paramLabel = "DURATION",
      converter = DurationOption.class,
      showDefaultValue = Help.Visibility.NEVER,
      description =
          "How long runs, their scores and alarms are remembered after their last sign of life (default: 90d).")
  private Duration history = RelateSettings.DEFAULT.history();

  @Option(
      names = "--gauges",
      paramLabel = "LAYERS",
      description = "Most layers of runs whose latest values are Flink metrics.")
  private int gauges = RelateSettings.DEFAULT.gauges();

  /** What was given, and the defaults for what was not. */
  RelateSettings settings() {
    AlarmRules rules = AlarmRules.DEFAULT;
    for (String alarm : alarms) {
      rules = rules.with(alarm);
    }
    return new RelateSettings(
        correlateFrom.stream().map(FromStep::of).toList(),
        correlateResamples,
        rules.with(alarmConfirmations, alarmGrace, alarmAllLayers),
        history,
        gauges);
  }
}
