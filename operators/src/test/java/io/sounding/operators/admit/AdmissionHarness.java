package io.sounding.operators.admit;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** An admitting stage on its own: records in, and what was admitted or rejected out. */
final class AdmissionHarness<T> implements AutoCloseable {

  private final OneInputStreamOperatorTestHarness<KafkaRecord, T> harness;

  AdmissionHarness(ProcessFunction<KafkaRecord, T> function) throws Exception {
    harness = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(function));
    harness.open();
  }

  void take(KafkaRecord record) throws Exception {
    harness.processElement(record, 0);
  }

  List<T> admitted() {
    return harness.extractOutputValues();
  }

  List<Manifest> manifests() {
    List<Manifest> manifests = new ArrayList<>();
    var output = harness.getSideOutput(AdmitAudio.MANIFESTS);
    if (output != null) {
      output.forEach(element -> manifests.add(element.getValue()));
    }
    return manifests;
  }

  List<Rejection> rejected() {
    List<Rejection> rejections = new ArrayList<>();
    var output = harness.getSideOutput(DeadLetterOutput.TAG);
    if (output != null) {
      output.forEach(element -> rejections.add(element.getValue()));
    }
    return rejections;
  }

  @Override
  public void close() {
    try {
      harness.close();
    } catch (Exception e) {
      throw new IllegalStateException("The harness cannot be closed.", e);
    }
  }
}
