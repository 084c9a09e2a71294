package io.sounding.operators.merge;

import io.sounding.operators.statistics.LayerSummary;
import java.io.IOException;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.CopyableValue;

/**
 * A {@link LayerSummary} on its way to the next stage, which is in the same task: bytes are made of
 * it only if it ever leaves that. Copies share the summary, which is immutable.
 */
public final class MergedSummary implements CopyableValue<MergedSummary> {

  private static final long serialVersionUID = 1L;

  private transient LayerSummary summary;

  /** Without a summary, to be read or copied into; for serializers. */
  public MergedSummary() {}

  /** A summary on its way. */
  public MergedSummary(LayerSummary summary) {
    this.summary = Objects.requireNonNull(summary, "summary");
  }

  /** The summary. */
  public LayerSummary get() {
    return summary;
  }

  @Override
  public void write(DataOutputView target) throws IOException {
    byte[] bytes = summary.toBytes();
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  @Override
  public void read(DataInputView source) throws IOException {
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    summary = LayerSummary.fromBytes(bytes);
  }

  @Override
  public int getBinaryLength() {
    return -1;
  }

  @Override
  public void copyTo(MergedSummary target) {
    target.summary = summary;
  }

  @Override
  public MergedSummary copy() {
    return new MergedSummary(summary);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    int length = source.readInt();
    target.writeInt(length);
    target.write(source, length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MergedSummary that && Objects.equals(summary, that.summary);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(summary);
  }
}
