package io.sounding.operators.embed;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.assemble.ShardUtterance;
import io.sounding.operators.fold.ShardSummary;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;

/** Makes the embedding stage; needed because it works in mails of its task's mailbox. */
public final class EmbedOperatorFactory extends AbstractStreamOperatorFactory<ShardSummary>
    implements TwoInputStreamOperatorFactory<ShardUtterance, Control, ShardSummary> {

  private static final long serialVersionUID = 1L;

  private final EvaluationSettings settings;

  public EmbedOperatorFactory(EvaluationSettings settings) {
    this.settings = settings;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T extends StreamOperator<ShardSummary>> T createStreamOperator(
      StreamOperatorParameters<ShardSummary> parameters) {
    return (T) new EmbedOperator(parameters, settings);
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return EmbedOperator.class;
  }
}
