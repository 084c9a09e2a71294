package io.sounding.operators.relate;

import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;

/**
 * What is known of the runs of one layer on one corpus, in the state of {@link Correlate}: map
 * "runs", {@link RunEvidence} by run id.
 */
final class EvidenceState {

  private final MapState<String, RunEvidence> runs;

  EvidenceState(RuntimeContext context, StateTtlConfig expiry) {
    var descriptor = new MapStateDescriptor<>("runs", String.class, RunEvidence.class);
    descriptor.enableTimeToLive(expiry);
    runs = context.getMapState(descriptor);
  }

  /** Keeps the evidence, and all of its run alive; whether it says anything new. */
  boolean note(Evidence evidence) throws Exception {
    RunEvidence known = runs.get(evidence.runId());
    RunEvidence before = known == null ? RunEvidence.EMPTY : known;
    RunEvidence after = before.with(evidence);
    runs.put(evidence.runId(), after); // also when it is there: it lives on
    return after != before;
  }

  /** All of it, for pairs to be made. */
  PairTable table(boolean ofLayer) throws Exception {
    PairTable table = new PairTable(ofLayer);
    for (Map.Entry<String, RunEvidence> run : runs.entries()) {
      table.put(run.getKey(), run.getValue().history());
      run.getValue().scores().forEach((task, scores) -> table.put(run.getKey(), task, scores));
    }
    return table;
  }
}
