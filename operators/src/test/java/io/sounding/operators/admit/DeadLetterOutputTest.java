package io.sounding.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.Examples;
import io.sounding.schemas.RejectReason;
import io.sounding.schemas.SingleObjectCodec;
import io.sounding.schemas.registry.WireFormat;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // that close() may be interrupted does not matter here
class DeadLetterOutputTest {

  /** An alert rule of docker/prometheus looks at nothing else. */
  @Test
  void everyDeadLetterIsCountedUnderItsReason() throws Exception {
    Map<RejectReason, Counter> counters = new EnumMap<>(RejectReason.class);
    var registry =
        TestingMetricRegistry.builder()
            .setRegisterConsumer(
                (metric, name, group) -> {
                  String reason = group.getAllVariables().get("<reason>");
                  if (name.equals("deadLetters")) {
                    counters.put(RejectReason.valueOf(reason), (Counter) metric);
                  }
                })
            .build();
    var task =
        TaskManagerMetricGroup.createTaskManagerMetricGroup(registry, "host", ResourceID.generate())
            .addJob(new JobID(), "job")
            .addTask(ExecutionAttemptID.randomId(), "task");
    try (var stage =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new AdmitScores(WireFormat.singleObject())),
            new MockEnvironmentBuilder().setMetricGroup(task).build())) {
      stage.open();
      assertThat(counters).containsOnlyKeys(RejectReason.values());
      stage.processElement(Examples.record(new byte[0]), 0);
      stage.processElement(Examples.record(new byte[0]), 0);
      stage.processElement(
          Examples.record(SingleObjectCodec.encode(Examples.score().setStep(-1).build())), 0);
      stage.processElement(Examples.record(SingleObjectCodec.encode(Examples.score().build())), 0);
    }
    counters.forEach(
        (reason, counter) ->
            assertThat(counter.getCount())
                .as(reason.name())
                .isEqualTo(
                    switch (reason) {
                      case NOT_AVRO -> 2;
                      case BAD_SCORE -> 1;
                      default -> 0;
                    }));
  }
}
