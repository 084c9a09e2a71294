package io.sounding.operators.embed;

import ai.djl.Device;
import io.sounding.operators.LogContext;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.schemas.ModelFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of this process on one device: each is loaded once, by a background thread, and shared
 * by the subtasks that use it there. Two that nobody uses stay loaded, so that the next
 * checkpoint's model is there before it is needed, and a subtask that lags behind finds its own;
 * older ones are unloaded.
 *
 * <p>A load that takes longer than its time limit fails, and a new thread loads what waits behind
 * it. The clock starts with the load, not in the queue, and after the engine has been started. What
 * hangs in a file system is interrupted; an engine cannot be, so there the old thread goes on until
 * the engine returns, and unloads what it got.
 */
final class SharedEncoders {

  /**
   * Models kept loaded that nobody uses: the one fetched ahead, and one that another is yet to use.
   */
  private static final int IDLE = 2;

  /** How long the end of a job waits for its models to be unloaded. */
  private static final int UNLOADING_SECONDS = 5;

  private static final Logger LOG = LoggerFactory.getLogger(SharedEncoders.class);
  private static final Map<Device, SharedEncoders> PROCESS = new ConcurrentHashMap<>();

  private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final EncoderLoader encoderLoader = new EncoderLoader();
  private final LoaderThread loader = new LoaderThread();
  private int idleKept = IDLE;

  /** The models of this process that are meant for {@code device}. */
  static SharedEncoders on(Device device) {
    return PROCESS.computeIfAbsent(device, any -> new SharedEncoders());
  }

  /**
   * Unloads what nobody uses, before the class loader of a job goes: the next job has a class
   * loader of its own, and does not see the models that this one keeps. Does not wait long for a
   * load that is under way, which is unloaded when it ends.
   */
  static void unloadAll() {
    CompletableFuture.allOf(
            PROCESS.values().stream().map(SharedEncoders::unload).toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, UNLOADING_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  CompletableFuture<Void> unload() {
    return CompletableFuture.runAsync(this::unloadNow, loader);
  }

  private void unloadNow() {
    keepIdle(0); // also what passes that were given up still use
    LOG.info(
        "Models unloaded, as the job that used them has ended: {}.", unloadIdle(0, Runnable::run));
    encoderLoader.unloadGraphs();
  }

  private record Key(
      String modelUri,
      ModelFormat modelFormat,
      String modelSha256,
      String weightsUri,
      String weightsSha256,
      String evaluationIdWithoutDigest,
      int threads,
      TrustedArtifacts trusted) {}

  private static final class Entry {
    private final String loadedFor;
    private final CompletableFuture<SpeechEncoder> encoder;
    private volatile double loadSeconds;
    private volatile String sha256;
    private int users;

    private Entry(String loadedFor, CompletableFuture<SpeechEncoder> encoder) {
      this.loadedFor = loadedFor;
      this.encoder = encoder;
    }
  }

  /** One user's hold on a model; the model may be unloaded once every lease is closed. */
  final class Lease implements AutoCloseable {

    private final Key key;
    private final Entry entry;
    private final String evaluationId;
    private boolean closed;

    private Lease(Key key, Entry entry, String evaluationId) {
      this.key = key;
      this.entry = entry;
      this.evaluationId = evaluationId;
    }

    /** Completes with the model, or with an {@link EncodingException}. */
    CompletableFuture<SpeechEncoder> encoder() {
      return entry.encoder;
    }

    /**
     * Wall time of fetching and loading the model, seconds, be it ahead of its use; without
     * starting its engine. 0 if another evaluation had it loaded, or it is not there yet.
     */
    double loadSeconds() {
      return entry.loadedFor.equals(evaluationId) ? entry.loadSeconds : 0;
    }

    /** SHA-256 of the files that the model was loaded from; it must be there. */
    String sha256() {
      return entry.sha256;
    }

    @Override
    public void close() {
      synchronized (SharedEncoders.this) {
        if (!closed) {
          closed = true;
          entry.users--;
          if (entry.encoder.isCompletedExceptionally()) {
            entries.remove(key, entry);
          }
          unloadIdle(idleKept, loader);
        }
      }
    }
  }

  /** The model of {@code request}, loading it if need be. */
  synchronized Lease lease(CheckpointRequest request, ModelLoading loading) {
    keepIdle(IDLE);
    Key key = key(request, loading.files().trusted(), loading.intraOpThreads());
    Entry entry = entries.get(key);
    if (entry == null || entry.encoder.isCompletedExceptionally()) {
      CompletableFuture<SpeechEncoder> encoder = new CompletableFuture<>();
      Entry begun =
          new Entry(
              request.evaluationId(),
              encoder.handle((made, error) -> checked(encoder, made, error, request, loading)));
      LogContext about = LogContext.of(request);
      loader.execute(
          encoder,
          LogContext.carried(() -> about.during(() -> load(request, loading, encoder, begun))));
      entry = begun;
      entries.put(key, entry);
    }
    entry.users++;
    return new Lease(key, entry, request.evaluationId());
  }

  /** Has the model of {@code request} loaded ahead of its use. */
  void prefetch(CheckpointRequest request, ModelLoading loading) {
    lease(request, loading).close();
  }

  private void load(
      CheckpointRequest request,
      ModelLoading loading,
      CompletableFuture<SpeechEncoder> encoder,
      Entry entry) {
    try {
      SpeechEncoder.startEngine(request.modelFormat(), loading.intraOpThreads());
      encoder.orTimeout(loading.timeLimit().toMillis(), TimeUnit.MILLISECONDS);
      long start = System.nanoTime();
      EncoderLoader.Loaded loaded = encoderLoader.load(request, loading);
      SpeechEncoder made = loaded.encoder();
      entry.sha256 = loaded.sha256();
      entry.loadSeconds = (System.nanoTime() - start) * 1e-9;
      if (encoder.complete(made)) {
        LOG.info(
            "Loaded {} of run {} on {} in {} ms.",
            files(request),
            request.runId(),
            made.device(),
            Math.round(entry.loadSeconds * 1e3));
      } else {
        made.close(); // it came too late
      }
    } catch (Throwable e) { // also errors: they belong to those who wait for the model
      encoder.completeExceptionally(e);
    }
  }

  private static String files(CheckpointRequest request) {
    return request.weightsUri() == null
        ? request.modelUri()
        : request.modelUri() + " with weights " + request.weightsUri();
  }

  private SpeechEncoder checked(
      CompletableFuture<SpeechEncoder> load,
      SpeechEncoder encoder,
      Throwable error,
      CheckpointRequest request,
      ModelLoading loading) {
    if (error instanceof TimeoutException) {
      loader.replaceIfAt(load);
      throw new CompletionException(
          new EncodingException(
              "The model file %s was not fetched and loaded within %s. Raise --model-time-limit if it needs longer, then publish the checkpoint again with a higher attempt."
                  .formatted(files(request), loading.timeLimit()),
              error));
    }
    if (error != null) {
      throw new CompletionException(error);
    }
    return encoder;
  }

  private synchronized void keepIdle(int most) {
    idleKept = most;
  }

  /** Unloads idle models, those used longest ago first; returns how many. */
  private synchronized int unloadIdle(int kept, Executor unloader) {
    int unloaded = 0;
    long idle = entries.values().stream().filter(e -> e.users == 0).count();
    Iterator<Entry> oldestFirst = entries.values().iterator();
    while (idle > kept && oldestFirst.hasNext()) {
      Entry entry = oldestFirst.next();
      if (entry.users == 0) {
        oldestFirst.remove();
        entry.encoder.thenAcceptAsync(SpeechEncoder::close, unloader);
        idle--;
        unloaded++;
      }
    }
    return unloaded;
  }

  /**
   * Files without a digest may change under their name, so each evaluation loads its own. Another
   * job in this process may trust other files, so what one has loaded is not given to the other.
   */
  private static Key key(CheckpointRequest request, TrustedArtifacts trusted, int threads) {
    boolean digested =
        request.modelSha256() != null
            && (request.weightsUri() == null || request.weightsSha256() != null);
    return new Key(
        request.modelUri(),
        request.modelFormat(),
        request.modelSha256(),
        request.weightsUri(),
        request.weightsSha256(),
        digested ? "" : request.evaluationId(),
        threads,
        trusted);
  }
}
