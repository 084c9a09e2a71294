package io.sounding.tests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** Everything from DEBUG up that some loggers say in the meantime, in a file of its own. */
final class DebugLog implements AutoCloseable {

  private final LoggerContext context = LoggerContext.getContext(false);
  private final Configuration configuration = context.getConfiguration();
  private final Map<String, LoggerConfig> before = new HashMap<>();
  private final FileAppender appender;
  private final Path file;

  DebugLog(Path file, String... loggers) {
    this.file = file;
    appender =
        FileAppender.newBuilder()
            .setName(file.toString())
            .withFileName(file.toString())
            .setLayout(
                PatternLayout.newBuilder()
                    .withPattern("%level %logger %message%n%throwable")
                    .build())
            .build();
    appender.start();
    for (String logger : loggers) {
      before.put(logger, configuration.getLoggers().get(logger));
      configuration.removeLogger(logger);
      LoggerConfig talkative = new LoggerConfig(logger, Level.DEBUG, false);
      talkative.addAppender(appender, Level.DEBUG, null);
      configuration.addLogger(logger, talkative);
    }
    context.updateLoggers();
  }

  String text() throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    before.forEach(
        (logger, config) -> {
          configuration.removeLogger(logger);
          if (config != null) {
            configuration.addLogger(logger, config);
          }
        });
    context.updateLoggers();
    appender.stop();
  }
}
