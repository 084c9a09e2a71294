package io.sounding.jobs.cli;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

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

  /** The handlers of signals that were taken. */
  private static final Map<String, Object> BEFORE = new HashMap<>();

  private static final Set<IntConsumer> LISTENERS = new LinkedHashSet<>();
  private static final AtomicBoolean CAME = new AtomicBoolean();

  private EndSignals() {}

  /** Tells {@code listener} the status of a process that a signal ended, 128 and its number. */
  static synchronized void tell(IntConsumer listener) {
    if (LISTENERS.isEmpty()) {
      NAMES.forEach(EndSignals::take);
    }
    LISTENERS.add(listener);
  }

  /** No longer. */
  static synchronized void forget(IntConsumer listener) {
    if (LISTENERS.remove(listener) && LISTENERS.isEmpty()) {
      BEFORE.forEach(EndSignals::handle);
      BEFORE.clear();
    }
  }

  /** Whether the process has been told to end, and is about to. */
  static boolean haveCome() {
    return CAME.get();
  }

  private static void take(String name) {
    Object handler =
        Proxy.newProxyInstance(
            EndSignals.class.getClassLoader(),
            new Class<?>[] {type("sun.misc.SignalHandler")},
            (proxy, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return method.invoke(LISTENERS, arguments);
              }
              come(arguments[0]);
              return null;
            });
    Object before = handle(name, handler);
    if (before != null && before == ignoring()) { // as nohup wants it
      handle(name, before);
    } else if (before != null) {
      BEFORE.put(name, before);
    }
  }

  /** Sets a signal's handler; returns the one before, null where the JVM cannot (-Xrs). */
  private static Object handle(String name, Object handler) {
    Class<?> signal = type("sun.misc.Signal");
    try {
      return signal
          .getMethod("handle", signal, type("sun.misc.SignalHandler"))
          .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  private static Object ignoring() {
    try {
      return type("sun.misc.SignalHandler").getField("SIG_IGN").get(null);
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

  private static void come(Object signal) throws ReflectiveOperationException {
    int number = (int) signal.getClass().getMethod("getNumber").invoke(signal);
    if (CAME.compareAndSet(false, true)) { // further ones change nothing
      listeners().forEach(listener -> listener.accept(128 + number));
    }
  }

  private static synchronized List<IntConsumer> listeners() {
    return List.copyOf(LISTENERS);
  }
}
