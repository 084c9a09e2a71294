package io.sounding.jobs.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The signals that tell a process to end (SIGHUP, SIGINT, SIGTERM), given to those who end it in
 * good order. They are told in place of the JVM, before any of its shutdown hooks: those run side
 * by side, and the one of ONNX Runtime takes the engine away from models that are being loaded,
 * which aborts the process.
 *
 * <p>The JDK's class for it, {@code sun.misc.Signal}, is used by reflection: the compiler warns of
 * it, though there is no other.
 */
final class EndSignals {

  private static final List<String> NAMES = List.of("HUP", "INT", "TERM");
  private static final Class<?> SIGNAL = type("sun.misc.Signal");
  private static final Class<?> HANDLER = type("sun.misc.SignalHandler");

  /** A process that goes on for so long after it was ended is not ended by signals. */
  private static final Duration SURVIVAL_LIMIT = Duration.ofSeconds(2);

  /** So many are started before it is given up; each but the last was ended by a signal. */
  private static final int SHELLS = 10;

  /** The handlers of signals that were taken. */
  private static final Map<String, Object> BEFORE = new HashMap<>();

  private static final Set<Runnable> LISTENERS = new LinkedHashSet<>();

  /** The first that came. */
  private static final AtomicReference<Object> CAME = new AtomicReference<>();

  private EndSignals() {}

  /** Runs {@code listener} when the process is told to end. */
  static synchronized void tell(Runnable listener) {
    if (LISTENERS.isEmpty()) {
      NAMES.forEach(EndSignals::take);
    }
    LISTENERS.add(listener);
  }

  /** No longer; true if it is too late for that, as it has been told. */
  static synchronized boolean forget(Runnable listener) {
    if (CAME.get() != null) {
      return LISTENERS.contains(listener); // handlers stay as they are
    }
    if (LISTENERS.remove(listener) && LISTENERS.isEmpty()) {
      BEFORE.forEach(EndSignals::handle);
      BEFORE.clear();
    }
    return false;
  }

  /**
   * Ends the process by the signal that came, and only then deletes the folders in {@code folder}:
   * what still runs in it would make them anew. Returns where that cannot be: there is no shell, or
   * the process is the first of a container, which no signal ends.
   *
   * <p>Ctrl+C pressed once more is a signal to the shell, too, which passes it over once it is
   * ready; one that was ended before is replaced. If it ends this process before the shell does,
   * the shell comes to the end of its input. That is also what tells it that this process is gone:
   * what its threads had begun when it was ended, such as making a folder, they complete.
   */
  static void endAndClean(Path folder) {
    String name = (String) valueOf("getName");
    String process = Long.toString(ProcessHandle.current().pid());
    String script =
        """
        trap '' HUP INT TERM; echo ready
        read -r go; kill -s $0 $1; read -r end
        for each in "$2"/*; do
          if [ -d "$each" ] && [ ! -L "$each" ]; then rm -rf -- "$each"; fi
        done""";
    try {
      Process shell =
          ready(
              new ProcessBuilder("sh", "-c", script, name, process, folder.toString())
                  .redirectError(ProcessBuilder.Redirect.DISCARD));
      handle(name, handler("SIG_DFL"));
      OutputStream input = shell.getOutputStream(); // stays open until this process is gone
      input.write('\n');
      input.flush();
      shell.waitFor(SURVIVAL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException | InterruptedException e) {
      // as without a shell
    }
  }

  private static Process ready(ProcessBuilder shell) throws IOException {
    for (int attempt = 1; attempt <= SHELLS; attempt++) {
      Process started = shell.start();
      if (started.getInputStream().read() != -1) {
        return started;
      }
    }
    throw new IOException("No shell gets ready.");
  }

  /** Ends the process with the status of one that the signal ended. */
  static void halt() {
    Runtime.getRuntime().halt(128 + (int) valueOf("getNumber"));
  }

  private static Object valueOf(String getter) {
    try {
      return SIGNAL.getMethod(getter).invoke(CAME.get());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void take(String name) {
    Object handler =
        Proxy.newProxyInstance(
            EndSignals.class.getClassLoader(),
            new Class<?>[] {HANDLER},
            (proxy, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return method.invoke(LISTENERS, arguments);
              }
              come(arguments[0]);
              return null;
            });
    Object before = handle(name, handler);
    if (before != null && before == handler("SIG_IGN")) { // as nohup wants it
      handle(name, before);
    } else if (before != null) {
      BEFORE.put(name, before);
    }
  }

  /** Sets a signal's handler; returns the one before, null where the JVM cannot (-Xrs). */
  private static Object handle(String name, Object handler) {
    try {
      Object signal = SIGNAL.getConstructor(String.class).newInstance(name);
      return SIGNAL.getMethod("handle", SIGNAL, HANDLER).invoke(null, signal, handler);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  private static Object handler(String name) {
    try {
      return HANDLER.getField(name).get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("This Java lacks the module jdk.unsupported.", e);
    }
  }

  private static void come(Object signal) {
    told(signal).forEach(Runnable::run);
  }

  /** Who is told of it: nobody of further ones, which change nothing. */
  private static synchronized List<Runnable> told(Object signal) {
    return !LISTENERS.isEmpty() && CAME.compareAndSet(null, signal)
        ? List.copyOf(LISTENERS)
        : List.of();
  }
}
