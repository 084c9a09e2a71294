package io.sounding.operators.admit;

import io.sounding.operators.JobMetric;
import io.sounding.schemas.RejectReason;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.OutputTag;

/** The side output of every stage that rejects records, and its counters, one per reason. */
public final class DeadLetterOutput {

  /** Rejections leave every stage here. */
  public static final OutputTag<Rejection> TAG =
      new OutputTag<>("dead-letters", TypeInformation.of(Rejection.class));

  private final Map<RejectReason, Counter> counters = new EnumMap<>(RejectReason.class);

  /** Registers the counters {@code deadLetters} with the label {@code reason}. */
  public DeadLetterOutput(RuntimeContext context) {
    for (RejectReason reason : RejectReason.values()) {
      counters.put(
          reason,
          context
              .getMetricGroup()
              .addGroup("reason", reason.name())
              .counter(JobMetric.DEAD_LETTERS.label()));
    }
  }

  /** Counts the rejection and hands it back for the side output. */
  public Rejection counted(Rejection rejection) {
    counters.get(rejection.reason()).inc();
    return rejection;
  }
}
