package io.sounding.operators.embed;

import ai.djl.Device;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Loads one model after the other, on a thread that is replaced when a load hangs. */
final class LoaderThread implements Executor {

  /** How long the thread waits for the next load. */
  private static final int IDLE_SECONDS = 10;

  private ExecutorService thread = newThread();

  /** What the thread loads; null: nothing. */
  private Object underWay;

  private static ExecutorService newThread() {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            LoaderThread::daemon);
    thread.allowCoreThreadTimeOut(true); // a thread holds the class loader of this class
    return thread;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "sounding-model-loader");
    thread.setDaemon(true);
    // the engines outlive the job whose task first asks for a model, and that job's class loader
    thread.setContextClassLoader(Device.class.getClassLoader());
    return thread;
  }

  @Override
  public synchronized void execute(Runnable task) {
    thread.execute(task);
  }

  /** Runs {@code task} once those before it have ended; {@code load} is its name. */
  void execute(Object load, Runnable task) {
    execute(
        () -> {
          begin(load);
          try {
            task.run();
          } finally {
            end(load);
          }
        });
  }

  private synchronized void begin(Object load) {
    underWay = load;
  }

  private synchronized void end(Object load) {
    if (underWay == load) {
      underWay = null;
    }
  }

  /**
   * Interrupts {@code late} and has what waits behind it run on a new thread. Not if it has ended
   * meanwhile: the thread is at another's then, which must not be interrupted.
   */
  synchronized void replaceIfAt(Object late) {
    if (underWay != late) {
      return;
    }
    underWay = null;
    List<Runnable> waiting = thread.shutdownNow();
    thread = newThread();
    waiting.forEach(thread::execute);
  }
}
