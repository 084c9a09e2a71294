package io.sounding.operators.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Examples;
import io.sounding.operators.KeyedStage;
import io.sounding.operators.fold.ShardSummaries;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.merge.MergeShards;
import io.sounding.operators.merge.MergedLayer;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log says of a k that was lowered. */
class LoweredClustersTest {

  private static final String LOGGER = PublishMetrics.class.getName();
  private static final int SAMPLED = 256;

  private final StringWriter said = new StringWriter();
  private final LoggerContext context = LoggerContext.getContext(false);
  private final Configuration configuration = context.getConfiguration();

  @BeforeEach
  void listen() {
    WriterAppender appender =
        WriterAppender.newBuilder()
            .setName(LOGGER)
            .setTarget(said)
            .setLayout(PatternLayout.newBuilder().withPattern("%level %message%n").build())
            .build();
    appender.start();
    LoggerConfig warnings = new LoggerConfig(LOGGER, Level.WARN, false);
    warnings.addAppender(appender, Level.WARN, null);
    configuration.addLogger(LOGGER, warnings);
    context.updateLoggers();
  }

  @AfterEach
  void listenNoMore() {
    configuration.removeLogger(LOGGER);
    context.updateLoggers();
  }

  private static MergedLayer whole() throws Exception {
    try (var stage =
        new KeyedStage<>(new MergeShards(Duration.ofDays(1)), ShardSummary::mergeKey)) {
      stage.open();
      stage.take(ShardSummaries.all(5).toArray(ShardSummary[]::new));
      return stage.extractOutputValues().get(stage.extractOutputValues().size() - 1);
    }
  }

  private static PublishMetrics asking(int k) {
    EvaluationSettings settings = Examples.settings(5, Path.of("unused"));
    return new PublishMetrics(
        settings.with(settings.shards(), settings.statistics().with(k, SAMPLED)));
  }

  @Test
  void isToldOnceForAllLayers() throws Exception {
    PublishMetrics publish = asking(7);
    publish.map(whole());
    publish.map(whole());
    assertThat(said.toString())
        .isEqualToNormalizingNewlines(
            """
            WARN Checkpoint step1 of run run-a is scored with k = 6, not 7: its 256 sampled frames, or how many distinct ones there are, allow no more. Metrics of other k are not comparable.
            """);
  }

  @Test
  void isNotToldOfAKThatWasNot() throws Exception {
    asking(SAMPLED / 39).map(whole());
    assertThat(said.toString()).isEmpty();
  }
}
