package io.sounding.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogContextTest {

  private static final LogContext CHECKPOINT = LogContext.of("a", "step100.onnx", 100, "dev");

  @AfterEach
  void forget() {
    MDC.clear();
  }

  @Test
  void workIsAboutItAndTheThreadIsAsBeforeAfterwards() {
    MDC.put("flink-job-id", "77");

    CHECKPOINT
        .shard(3)
        .layer(11)
        .during(
            () -> {
              assertThat(MDC.getCopyOfContextMap())
                  .isEqualTo(
                      Map.of(
                          "flink-job-id", "77",
                          "run", "a",
                          "checkpoint", "step100.onnx",
                          "step", "100",
                          "corpus", "dev",
                          "shard", "3",
                          "layer", "11"));
            });

    assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("flink-job-id", "77"));
  }

  @Test
  void whatDoesNotApplyInsideIsAbsentThereAndBackOutside() {
    CHECKPOINT
        .shard(3)
        .during(
            () -> {
              LogContext.of("b", "step200.onnx", 200, "dev")
                  .layer(-1)
                  .during(
                      () ->
                          assertThat(MDC.getCopyOfContextMap())
                              .doesNotContainKeys("shard", "layer"));
              assertThat(MDC.get("run")).isEqualTo("a");
              assertThat(MDC.get("shard")).isEqualTo("3");
            });
  }

  @Test
  void workThatFailsLeavesNothingBehind() {
    assertThatThrownBy(
            () ->
                CHECKPOINT.during(
                    () -> {
                      throw new IllegalStateException("it failed");
                    }))
        .hasMessage("it failed");

    assertThat(MDC.get("run")).isNull();
  }

  @Test
  void anotherThreadIsToldTheContextForOneWorkOnly() throws Exception {
    AtomicReference<Map<String, String>> during = new AtomicReference<>();
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      MDC.put("flink-job-id", "77");
      other
          .submit(
              CHECKPOINT.call(
                  () -> LogContext.carried(() -> during.set(MDC.getCopyOfContextMap()))))
          .get();

      assertThat(during.get()).containsEntry("flink-job-id", "77").containsEntry("run", "a");
      assertThat(other.submit(MDC::getCopyOfContextMap).get()).isNullOrEmpty();
    } finally {
      other.shutdownNow();
    }
  }
}
