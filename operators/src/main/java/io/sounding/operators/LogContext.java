package io.sounding.operators;

import io.sounding.operators.admit.CheckpointRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.function.SupplierWithException;
import org.apache.flink.util.function.ThrowingRunnable;
import org.slf4j.MDC;

/**
 * What the lines that are logged meanwhile are about, whoever logs them: fields of SLF4J's mapped
 * diagnostic context (MDC), which stand beside Flink's own there. Immutable.
 */
public final class LogContext {

  /** The fields; one that does not apply is absent. */
  public static final List<String> FIELDS =
      List.of("run", "checkpoint", "step", "corpus", "shard", "layer");

  private final Map<String, String> fields;

  private LogContext(Map<String, String> fields) {
    this.fields = fields;
  }

  /** A checkpoint. */
  public static LogContext of(CheckpointRequest checkpoint) {
    return of(
        checkpoint.runId(), checkpoint.checkpointId(), checkpoint.step(), checkpoint.corpusId());
  }

  /** A checkpoint, by its ids and its training step. */
  public static LogContext of(String run, String checkpoint, long step, String corpus) {
    return new LogContext(
        Map.of(
            "run", run, "checkpoint", checkpoint, "step", Long.toString(step), "corpus", corpus));
  }

  /** The same on a shard of the corpus. */
  public LogContext shard(int shard) {
    return with("shard", shard);
  }

  /** The same of a layer; a negative one is none. */
  public LogContext layer(int layer) {
    return layer < 0 ? this : with("layer", layer);
  }

  private LogContext with(String field, int value) {
    Map<String, String> more = new HashMap<>(fields);
    more.put(field, Integer.toString(value));
    return new LogContext(more);
  }

  /** Does work about it; the thread's context afterwards is the one of before. */
  public <E extends Throwable> void during(ThrowingRunnable<E> work) throws E {
    call(
        () -> {
          work.run();
          return null;
        });
  }

  /** Does work about it that has a result. */
  public <T, E extends Throwable> T call(SupplierWithException<T, E> work) throws E {
    Map<String, String> before = new HashMap<>();
    for (String field : FIELDS) {
      before.put(field, MDC.get(field));
      set(field, fields.get(field));
    }
    try {
      return work.get();
    } finally {
      before.forEach(LogContext::set);
    }
  }

  private static void set(String field, String value) {
    if (value == null) {
      MDC.remove(field);
    } else {
      MDC.put(field, value);
    }
  }

  /** The same work for another thread, in the whole context that this thread has now. */
  public static Runnable carried(Runnable work) {
    Map<String, String> context = MDC.getCopyOfContextMap();
    return () -> {
      Map<String, String> before = MDC.getCopyOfContextMap();
      replace(context);
      try {
        work.run();
      } finally {
        replace(before);
      }
    };
  }

  private static void replace(Map<String, String> context) {
    if (context == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(context);
    }
  }
}
