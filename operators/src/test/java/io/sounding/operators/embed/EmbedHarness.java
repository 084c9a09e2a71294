package io.sounding.operators.embed;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.Examples;
import io.sounding.operators.admit.DeadLetterOutput;
import io.sounding.operators.admit.Manifest;
import io.sounding.operators.admit.Rejection;
import io.sounding.operators.assemble.Division;
import io.sounding.operators.assemble.ShardKeySelector;
import io.sounding.operators.assemble.ShardUtterance;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.ShardSummary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/**
 * Drives the embedding stage as its task would: the first input keyed by shard, the second not
 * keyed, and the mails of the task's mailbox one by one in the thread of the test.
 */
final class EmbedHarness extends AbstractStreamOperatorTestHarness<ShardSummary> {

  static final int MAX_PARALLELISM = 128;

  private final int shards;
  private final Map<String, Division> divisions = new HashMap<>();

  EmbedHarness(EvaluationSettings settings, int parallelism, int subtask) throws Exception {
    super(new EmbedOperatorFactory(settings), MAX_PARALLELISM, parallelism, subtask);
    shards = settings.shards();
    config.setStatePartitioner(0, new ShardKeySelector(settings.shards(), MAX_PARALLELISM));
    config.setStateKeySerializer(
        Types.INT.createSerializer(getExecutionConfig().getSerializerConfig()));
    config.serializeAllConfigs();
    setup(
        TypeInformation.of(ShardSummary.class)
            .createSerializer(getExecutionConfig().getSerializerConfig()));
  }

  static EmbedHarness opened(EvaluationSettings settings) throws Exception {
    EmbedHarness harness = new EmbedHarness(settings, 1, 0);
    harness.open();
    return harness;
  }

  private TwoInputStreamOperator<ShardUtterance, Control, ShardSummary> twoInputs() {
    @SuppressWarnings("unchecked")
    var twoInputs = (TwoInputStreamOperator<ShardUtterance, Control, ShardSummary>) operator;
    return twoInputs;
  }

  /** Has the utterances of a corpus divided like this; others belong to shard 0. */
  EmbedHarness dividing(Manifest manifest) {
    divisions.put(manifest.corpusId(), Division.of(manifest, shards));
    return this;
  }

  void hear(Utterance utterance) throws Exception {
    Division division = divisions.get(utterance.corpusId());
    int shard = division == null ? 0 : Math.max(0, division.shardOf(utterance.utteranceId()));
    StreamRecord<ShardUtterance> element = new StreamRecord<>(new ShardUtterance(shard, utterance));
    operator.setKeyContextElement1(element);
    twoInputs().processElement1(element);
  }

  /** Divided as a corpus of their own, unless their corpus was divided before. */
  void hear(List<Utterance> utterances) throws Exception {
    Manifest manifest = Examples.manifest(utterances);
    divisions.putIfAbsent(manifest.corpusId(), Division.of(manifest, shards));
    for (Utterance utterance : utterances) {
      hear(utterance);
    }
  }

  void tell(Control control) throws Exception {
    StreamRecord<Control> element = new StreamRecord<>(control);
    operator.setKeyContextElement2(element);
    twoInputs().processElement2(element);
  }

  /** Runs one mail if there is one. */
  boolean runMail() throws Exception {
    var mail = getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
    if (mail.isPresent()) {
      mail.get().run();
    }
    return mail.isPresent();
  }

  /** Runs mails, waiting for those still to come, until there are {@code count} summaries. */
  void runUntilSummaries(int count) throws Exception {
    while (summaries().size() < count) {
      takeMail().run();
    }
  }

  /** Waits for a mail, which is how a model says that it is loaded. */
  Mail takeMail() throws InterruptedException {
    return getTaskMailbox().take(TaskMailbox.MIN_PRIORITY);
  }

  void runMailsThatAreThere() throws Exception {
    while (runMail()) {
      // the condition does the work
    }
  }

  /** Ends both inputs, as a bounded source would; returns once the operator lets go. */
  void endInputs() throws Exception {
    twoInputs().processWatermark1(Watermark.MAX_WATERMARK);
    twoInputs().processWatermark2(Watermark.MAX_WATERMARK);
    ((BoundedMultiInput) operator).endInput(1);
    ((BoundedMultiInput) operator).endInput(2);
  }

  /** Of whole shards, and failures. */
  List<ShardSummary> summaries() {
    return extractOutputValues().stream().filter(summary -> !isBeginning(summary)).toList();
  }

  /** Of shards that were only begun. */
  List<ShardSummary> beginnings() {
    return extractOutputValues().stream().filter(this::isBeginning).toList();
  }

  private boolean isBeginning(ShardSummary summary) {
    Division division = divisions.get(summary.checkpoint().corpusId());
    return summary.failure() == null
        && division != null
        && summary.utterances()
            < Arrays.stream(division.shards()).filter(s -> s == summary.shard()).count();
  }

  /** What was made of each (checkpoint, shard, layer), without the wall times. */
  SortedMap<String, String> results() {
    return results(summaries());
  }

  static SortedMap<String, String> results(List<ShardSummary> summaries) {
    SortedMap<String, String> results = new TreeMap<>();
    for (ShardSummary summary : summaries) {
      String place =
          summary.checkpoint().checkpointId() + "/" + summary.shard() + "/" + summary.layer();
      String result =
          "%d utterances, %s s, %s"
              .formatted(
                  summary.utterances(),
                  summary.audioSeconds(),
                  summary.failure() == null
                      ? Examples.sha256(summary.summary())
                      : summary.failure());
      if (results.put(place, result) != null) {
        throw new IllegalStateException(place + " came twice.");
      }
    }
    return results;
  }

  List<Rejection> deadLetters() {
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

  int stateEntries() {
    return ((HeapKeyedStateBackend<?>)
            ((AbstractStreamOperator<?>) operator).getKeyedStateBackend())
        .numKeyValueStateEntries();
  }
}
