package io.sounding.tests.images;

import io.sounding.operators.LogContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** A process that logs two lines about a checkpoint, and one about nothing. */
public final class LogSpeaker {

  static final String SENTENCE = "It said \"no\",\nover two lines.";

  private static final Logger LOG = LoggerFactory.getLogger("io.sounding.Speaker");

  private LogSpeaker() {}

  /** Logs them. */
  public static void main(String[] arguments) {
    MDC.put("flink-job-id", "77");
    LogContext.of("healthy", "step00400.onnx", 400, "dev")
        .shard(3)
        .during(
            () -> {
              LOG.info("It is said.");
              LOG.warn(SENTENCE, new IllegalStateException("broken \"pipe\""));
            });
    MDC.clear();
    LOG.warn("It is about nothing.");
    org.apache.logging.log4j.LogManager.shutdown();
  }
}
