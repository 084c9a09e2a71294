package io.sounding.operators;

import io.sounding.operators.admit.DeadLetterOutput;
import io.sounding.operators.admit.Rejection;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** A keyed stage on its own, with its dead letters. */
public final class KeyedStage<I, O> extends KeyedOneInputStreamOperatorTestHarness<String, I, O> {

  /** The stage, keyed by {@code key}; neither restored nor opened yet. */
  public KeyedStage(KeyedProcessFunction<String, I, O> function, KeySelector<I, String> key)
      throws Exception {
    super(new KeyedProcessOperator<>(function), key, Types.STRING);
  }

  /** Hands the records over, one after the other. */
  @SafeVarargs
  public final void take(I... records) throws Exception {
    for (I record : records) {
      processElement(record, 0);
    }
  }

  /** What left by the side output of dead letters. */
  public List<Rejection> deadLetters() {
    List<Rejection> rejections = new ArrayList<>();
    var output = getSideOutput(DeadLetterOutput.TAG);
    if (output != null) {
      output.forEach(element -> rejections.add(element.getValue()));
    }
    return rejections;
  }

  @Override
  public void close() {
    try {
      super.close();
    } catch (Exception e) {
      throw new IllegalStateException("The harness cannot be closed.", e);
    }
  }
}
