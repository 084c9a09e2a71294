package io.sounding.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // closing as Flink does it may throw InterruptedException
class ForgottenTransactionsTest {

  private final List<String> signals = new ArrayList<>();

  /** Or a job that was stopped for a week, with a savepoint as it should be, never starts again. */
  @Test
  void transactionsThatKafkaHasForgottenAreLetGo() throws Exception {
    Exception forgotten = new InvalidPidMappingException("not currently assigned");
    assertThat(signalsOf(forgotten)).containsExactly("known");
    assertThat(signalsOf(new KafkaException(forgotten))).containsExactly("known");
  }

  @Test
  void whateverElseGoesWrongIsFlinksToSay() throws Exception {
    assertThat(signalsOf(new KafkaException("away"))).containsExactly("unknown");
    assertThat(signalsOf(null)).containsExactly("committed");
  }

  private List<String> signalsOf(Exception failure) throws Exception {
    signals.clear();
    try (ForgottenTransactions<String> committer = new ForgottenTransactions<>(kafkas(failure))) {
      committer.commit(List.of(new Request(signals)));
    }
    assertThat(signals).last().isEqualTo("closed");
    return signals.subList(0, signals.size() - 1);
  }

  private Committer<String> kafkas(Exception failure) {
    return new Committer<>() {
      @Override
      public void commit(Collection<CommitRequest<String>> requests) throws IOException {
        for (CommitRequest<String> request : requests) {
          assertThat(request.getCommittable()).isEqualTo("transaction");
          if (failure == null) {
            request.signalAlreadyCommitted();
          } else {
            request.signalFailedWithUnknownReason(failure);
          }
        }
      }

      @Override
      public void close() {
        signals.add("closed");
      }
    };
  }

  private record Request(List<String> signals) implements CommitRequest<String> {

    @Override
    public String getCommittable() {
      return "transaction";
    }

    @Override
    public int getNumberOfRetries() {
      return 0;
    }

    @Override
    public void signalFailedWithKnownReason(Throwable reason) {
      signals.add("known");
    }

    @Override
    public void signalFailedWithUnknownReason(Throwable reason) {
      signals.add("unknown");
    }

    @Override
    public void retryLater() {
      signals.add("retry");
    }

    @Override
    public void updateAndRetryLater(String committable) {
      signals.add("retry");
    }

    @Override
    public void signalAlreadyCommitted() {
      signals.add("committed");
    }
  }
}
