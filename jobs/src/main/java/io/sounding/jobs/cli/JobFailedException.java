package io.sounding.jobs.cli;

import io.sounding.operators.UnusableStateException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The embedded job ended on its own, which it never should; the message is a sentence. */
final class JobFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  JobFailedException(CompletableFuture<?> job, Path log) {
    super(sentence(job, log));
  }

  private static String sentence(CompletableFuture<?> job, Path log) {
    String reason = "without an error";
    try {
      job.join();
    } catch (CompletionException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      if (cause instanceof UnusableStateException) {
        return "%s Here the savepoint is what lies in %s."
            .formatted(cause.getMessage(), log.getParent());
      }
      reason = cause.toString();
    }
    return "The job ended before every checkpoint was done (%s). The log %s tells more."
        .formatted(reason, log);
  }
}
