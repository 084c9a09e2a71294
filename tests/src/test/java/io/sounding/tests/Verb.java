package io.sounding.tests;

import io.sounding.jobs.cli.Sounding;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A verb of the command line as a user calls it, in a thread of its own. */
public final class Verb implements AutoCloseable {

  private final StringWriter told = new StringWriter();
  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private final Thread thread;

  private Verb(List<String> arguments) {
    PrintWriter terminal = new PrintWriter(told, true);
    thread =
        new Thread(
            () ->
                status.complete(
                    Sounding.execute(terminal, terminal, arguments.toArray(new String[0]))),
            "verb " + arguments.get(0));
    thread.start();
  }

  /** Starts it. */
  public static Verb start(List<String> arguments) {
    return new Verb(arguments);
  }

  /** Runs it to its end. */
  public static Verb run(List<String> arguments) {
    Verb verb = start(arguments);
    verb.status();
    return verb;
  }

  /** A terminal that nobody reads: a pipe, closed at its other end. */
  public static PrintWriter unread() throws IOException {
    PipedInputStream reader = new PipedInputStream();
    PrintWriter terminal = new PrintWriter(new PipedOutputStream(reader));
    reader.close();
    return terminal;
  }

  /** What it has told so far. */
  public String told() {
    return told.toString();
  }

  /** Returns when it has told this. */
  public void awaitTold(String text) {
    Await.until(
        "it tells: " + text,
        () -> {
          if (status.isDone() && !told().contains(text)) {
            throw new AssertionError("It ended with " + status.get() + ": " + told());
          }
          return told().contains(text);
        },
        this::told);
  }

  /** Its exit status, once it has ended. */
  public int status() {
    try {
      return status.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("It did not end; it told: " + told(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while a verb ran.", e);
    }
  }

  /** Interrupts it, and waits until it has ended. */
  @Override
  public void close() {
    thread.interrupt();
    status();
  }
}
