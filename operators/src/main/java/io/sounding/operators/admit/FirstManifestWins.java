package io.sounding.operators.admit;

import io.sounding.operators.StateLayout;
import io.sounding.operators.VersionedStage;
import io.sounding.schemas.RejectReason;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.util.Collector;

/**
 * Keyed by corpus: lets the first manifest through. One with the same digest is a duplicate and is
 * dropped, another one is a dead letter: a sealed corpus does not change. State is one digest per
 * corpus.
 *
 * <p>State, layout 1, keyed by corpus id: value "admitted-manifest", the digest of the manifest
 * that was let through.
 */
public final class FirstManifestWins extends VersionedStage<String, Manifest, Manifest> {

  private static final long serialVersionUID = 1L;

  private static final StateLayout LAYOUT = new StateLayout("first-manifest-wins", 1);

  private transient ValueState<String> admitted;
  private transient DeadLetterOutput deadLetters;

  /** Remembers the manifests of all corpora. */
  public FirstManifestWins() {
    super(LAYOUT);
  }

  @Override
  public void open(OpenContext context) {
    admitted =
        getRuntimeContext().getState(new ValueStateDescriptor<>("admitted-manifest", String.class));
    deadLetters = new DeadLetterOutput(getRuntimeContext());
  }

  @Override
  public void processElement(Manifest manifest, Context context, Collector<Manifest> out)
      throws Exception {
    String first = admitted.value();
    if (first == null) {
      admitted.update(manifest.digest());
      out.collect(manifest.withoutBytes());
    } else if (!first.equals(manifest.digest())) {
      context.output(
          DeadLetterOutput.TAG,
          deadLetters.counted(
              Rejection.of(
                  manifest.source(),
                  RejectReason.CONFLICTING_MANIFEST,
                  "Corpus %s was sealed with digest %s; this manifest has %s. Publish the other audio under another corpus name."
                      .formatted(manifest.corpusId(), first, manifest.digest()))));
    }
  }
}
