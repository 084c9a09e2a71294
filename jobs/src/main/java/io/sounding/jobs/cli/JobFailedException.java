package io.sounding.jobs.cli;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The embedded job ended on its own, which it never should; the message is a sentence. */
final class JobFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  JobFailedException(CompletableFuture<?> job, Path log) {
    super(
        "The job ended before every checkpoint was done (%s). The log %s tells more."
            .formatted(reason(job), log));
  }

  private static String reason(CompletableFuture<?> job) {
    try {
      job.join();
      return "without an error";
    } catch (CompletionException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return cause.toString();
    }
  }
}
