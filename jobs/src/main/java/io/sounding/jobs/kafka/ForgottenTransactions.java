package io.sounding.jobs.kafka;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits transactions, and lets those go whose ids Kafka has forgotten, by default a week after
 * their last use ({@code transactional.id.expiration.ms}). They ended long before, committed or
 * given up, so there is nothing left to commit. Flink's own committer has the job fail, again after
 * each restart.
 *
 * @param <C> what is committed
 */
@SuppressWarnings("try") // closing as Flink does it may throw InterruptedException
final class ForgottenTransactions<C> implements Committer<C> {

  private static final Logger LOG = LoggerFactory.getLogger(ForgottenTransactions.class);

  private final Committer<C> committer;

  ForgottenTransactions(Committer<C> committer) {
    this.committer = committer;
  }

  @Override
  public void commit(Collection<CommitRequest<C>> requests)
      throws IOException, InterruptedException {
    List<CommitRequest<C>> lenient = requests.stream().<CommitRequest<C>>map(Lenient::new).toList();
    committer.commit(lenient);
  }

  @Override
  public void close() throws Exception {
    committer.close();
  }

  private record Lenient<C>(CommitRequest<C> request) implements CommitRequest<C> {

    @Override
    public C getCommittable() {
      return request.getCommittable();
    }

    @Override
    public int getNumberOfRetries() {
      return request.getNumberOfRetries();
    }

    @Override
    public void signalFailedWithKnownReason(Throwable reason) {
      request.signalFailedWithKnownReason(reason);
    }

    @Override
    public void signalFailedWithUnknownReason(Throwable reason) {
      if (ExceptionUtils.findThrowable(reason, InvalidPidMappingException.class).isPresent()) {
        LOG.warn(
            "Kafka does not know the transaction of {} any more. Its events are there if it was committed before, as it is where the job was stopped, and lost otherwise.",
            request.getCommittable());
        request.signalFailedWithKnownReason(reason);
      } else {
        request.signalFailedWithUnknownReason(reason);
      }
    }

    @Override
    public void retryLater() {
      request.retryLater();
    }

    @Override
    public void updateAndRetryLater(C committable) {
      request.updateAndRetryLater(committable);
    }

    @Override
    public void signalAlreadyCommitted() {
      request.signalAlreadyCommitted();
    }
  }
}
