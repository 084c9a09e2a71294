package io.sounding.operators.assemble;

import static io.sounding.operators.assemble.AssembleUtterancesTest.chunk;
import static io.sounding.operators.assemble.AssembleUtterancesTest.stage;
import static org.assertj.core.api.Assertions.assertThat;

import io.sounding.operators.KeyedStage;
import io.sounding.operators.StateLayout;
import io.sounding.operators.admit.Chunk;
import io.sounding.schemas.PcmEncoding;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

/** A job that goes on from state of version 0.1.0. */
class DivisionByHashTest {

  /** Part of a corpus may lie in the embedding stage's state, divided like that. */
  @Test
  void aJobThatBeganWithVersion010GoesOnDividingByHashAfterEveryRestart() throws Exception {
    OperatorSubtaskState savepoint;
    try (var stage = new KeyedStage<>(new OfLayout1(), Chunk::utteranceKey)) {
      stage.open();
      savepoint = stage.snapshot(1, 1);
    }
    for (int restart = 0; restart < 3; restart++) {
      try (var stage = stage()) {
        stage.initializeState(savepoint);
        stage.open();
        stage.take(chunk("u" + restart, 0, 1, 16_000, 1, PcmEncoding.PCM_S16LE, new byte[2]));
        assertThat(stage.extractOutputValues())
            .extracting(ShardUtterance::shard)
            .containsExactly(Shards.of("u" + restart, 8));
        savepoint = stage.snapshot(2 + restart, 2 + restart);
      }
    }
  }

  /** Leaves what version 0.1.0 had beside the state of utterances. */
  private static final class OfLayout1 extends KeyedProcessFunction<String, Chunk, ShardUtterance>
      implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
      new StateLayout("assemble", 1).restored(context.getOperatorStateStore());
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void processElement(Chunk chunk, Context context, Collector<ShardUtterance> out) {}
  }
}
