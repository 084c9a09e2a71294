package io.sounding.operators.embed;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.FullHeap;
import io.sounding.operators.LogContext;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.EmbedTiming;
import io.sounding.operators.fold.ShardFold;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.operators.statistics.FoldProducts;
import io.sounding.operators.statistics.NonFiniteFrameException;
import io.sounding.schemas.InputNormalisation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One shard of one checkpoint on its way through the model, a pass at a time. Plain Java; what
 * comes out depends on the audio, the model and the settings alone, not on when it is interrupted.
 *
 * <p>Three things go on side by side: passes are with the model, the audio of the next is decoded
 * ahead, and the batch before is still to be folded. Progress is what is folded; the rest is done
 * again after an interruption.
 */
final class ShardRun {

  /** Gives the audio of an utterance of the shard. */
  interface Audio {
    Utterance of(String utteranceId) throws Exception;
  }

  private final CheckpointRequest request;
  private final int shard;
  private final ShardManifest manifest;
  private final EvaluationSettings settings;
  private final List<WindowPlan.Batch> plan;

  private int nextBatch;
  private double audioSeconds;
  private double embedSeconds;
  private long begunMillis;
  private long endedMillis;
  private String modelSha256; // null: not known yet
  private ShardFold fold;

  private int batchAhead;
  private int windowAhead;
  private float[][] signals; // of the utterances of batchAhead; null: not decoded
  private float[][] ahead; // their windows windowAhead; null: not cut
  private final List<Frames> made = new ArrayList<>(); // of the windows of nextBatch

  ShardRun(
      CheckpointRequest request, int shard, ShardManifest manifest, EvaluationSettings settings) {
    this.request = request;
    this.shard = shard;
    this.manifest = manifest;
    this.settings = settings;
    List<WindowPlan.Item> items = new ArrayList<>();
    for (int i = 0; i < manifest.utteranceIds().length; i++) {
      items.add(
          new WindowPlan.Item(
              manifest.utteranceIds()[i],
              Resampler.resampledLength(
                  manifest.samples()[i], manifest.sampleRatesHz()[i], request.sampleRateHz())));
    }
    this.plan =
        WindowPlan.of(
            items,
            (long) (settings.maxWindowSeconds() * request.sampleRateHz()),
            (long) (settings.batchSeconds() * request.sampleRateHz()));
  }

  /**
   * Goes on where {@code saved} was left, if it is of the same evaluation, plan and settings;
   * otherwise the shard is begun again.
   */
  void resume(InFlight saved) {
    if (saved == null || !saved.identity().equals(identity())) {
      return;
    }
    nextBatch = saved.nextBatch();
    batchAhead = nextBatch;
    audioSeconds = saved.audioSeconds();
    embedSeconds = saved.embedSeconds();
    begunMillis = saved.begunMillis();
    modelSha256 = saved.modelSha256();
    fold =
        saved.fold() == null
            ? null
            : ShardFold.resume(saved.fold(), settings.statistics(), manifest.share());
  }

  /** How far it is, without the summaries: {@link #summary} makes them one by one. */
  InFlight save() {
    return new InFlight(
        request.evaluationId(),
        identity(),
        nextBatch,
        audioSeconds,
        embedSeconds,
        begunMillis,
        modelSha256,
        fold == null ? null : fold.save());
  }

  /** The summary so far of the layer at a position, as bytes. */
  byte[] summary(int position) {
    return fold.summary(position);
  }

  /** Whether what was resumed came from files of another SHA-256: nothing can be added to it. */
  boolean isOfOtherFiles(String sha256) {
    return modelSha256 != null && !modelSha256.equals(sha256);
  }

  /** The same shard, of which nothing is done. */
  ShardRun again() {
    return new ShardRun(request, shard, manifest, settings);
  }

  /** What the progress through a plan means: with anything else it would be another's. */
  private String identity() {
    return "%s %s %08x".formatted(request.evaluationId(), settings.statistics(), plan.hashCode());
  }

  CheckpointRequest request() {
    return request;
  }

  int shard() {
    return shard;
  }

  /** What is logged of work on it is about this. */
  LogContext about() {
    return LogContext.of(request).shard(shard);
  }

  int nextBatch() {
    return nextBatch;
  }

  boolean done() {
    return nextBatch == plan.size();
  }

  /** Whether there is a pass that was not begun yet. */
  boolean hasMore() {
    return batchAhead < plan.size();
  }

  /**
   * Decodes what the next pass needs, unless that was done already or there is no other pass.
   *
   * @throws EncodingException if the audio is not as planned; names the utterance
   */
  void prepare(Audio audio) throws Exception {
    if (!hasMore() || ahead != null) {
      return;
    }
    WindowPlan.Batch batch = plan.get(batchAhead);
    List<Utterance> utterances = new ArrayList<>();
    if (signals == null) {
      for (WindowPlan.Item item : batch.items()) {
        utterances.add(audio.of(item.utteranceId()));
      }
    }
    try {
      if (signals == null) {
        signals = decoded(batch, utterances);
      }
      ahead =
          batch.windows() == 1
              ? signals
              : new float[][] {
                Arrays.copyOfRange(
                    signals[0], batch.start(windowAhead), batch.start(windowAhead + 1))
              };
    } catch (EncodingException | RuntimeException e) { // odd audio
      throw named(batchAhead, EncodingException.reason(e), e);
    } catch (OutOfMemoryError e) {
      throw named(batchAhead, FullHeap.sentence(), e);
    }
  }

  /**
   * Begins the next pass: a window of each utterance of a batch. Passes are taken in the order in
   * which they were begun.
   *
   * @param sha256 of the files that the model was loaded from
   * @return what the model is given, {@code float[B][samples]}
   * @throws EncodingException if the audio is not as planned; names the utterance
   */
  float[][] begin(Audio audio, String sha256) throws Exception {
    modelSha256 = sha256;
    if (batchAhead == 0 && begunMillis == 0) {
      begunMillis = System.currentTimeMillis();
    }
    prepare(audio);
    float[][] windows = ahead;
    ahead = null;
    windowAhead++;
    if (windowAhead == plan.get(batchAhead).windows()) {
      windowAhead = 0;
      signals = null;
      batchAhead++;
    }
    return windows;
  }

  /**
   * Takes what the model made; what it made before must be folded if that was a whole batch.
   *
   * @throws EncodingException if the model failed; names the utterance
   */
  void take(ForwardPass pass) throws EncodingException {
    try {
      made.add(pass.frames());
      embedSeconds += pass.seconds();
    } catch (EncodingException e) {
      throw named(e.getMessage(), e);
    }
  }

  /**
   * Folds the batch whose windows have all been embedded, if there is one.
   *
   * @return its audio, seconds; 0 if there is none
   * @throws EncodingException if the model gave what is not frames; names the utterance
   */
  double fold(FoldProducts products) throws EncodingException {
    if (done() || made.size() < plan.get(nextBatch).windows()) {
      return 0;
    }
    try {
      return fold(plan.get(nextBatch), products);
    } catch (EncodingException | RuntimeException e) { // what the model made of it
      throw named(nextBatch, EncodingException.reason(e), e);
    } catch (OutOfMemoryError e) {
      throw named(nextBatch, FullHeap.sentence(), e);
    }
  }

  /** Says that the pass failed which is to be taken next. */
  EncodingException named(String reason, Throwable cause) {
    return named(nextBatch, reason, cause);
  }

  private EncodingException named(int index, String reason, Throwable cause) {
    WindowPlan.Batch batch = plan.get(index);
    int others = batch.items().size() - 1;
    return new EncodingException(
        "Embedding %s%s of corpus %s failed: %s"
            .formatted(
                batch.items().get(0).utteranceId(),
                others == 0 ? "" : " and %d more".formatted(others),
                request.corpusId(),
                reason),
        cause);
  }

  private float[][] decoded(WindowPlan.Batch batch, List<Utterance> utterances)
      throws EncodingException {
    JavaHeap.checkAudio(batch.items().stream().mapToLong(WindowPlan.Item::samples).sum());
    float[][] decoded = new float[utterances.size()][];
    for (int i = 0; i < decoded.length; i++) {
      decoded[i] = signal(utterances.get(i));
      checkLength(utterances.get(i), decoded[i].length, batch.items().get(i).samples());
    }
    return decoded;
  }

  private double fold(WindowPlan.Batch batch, FoldProducts products) throws EncodingException {
    Frames frames = Frames.inSequence(made);
    double batchSeconds =
        batch.items().stream().mapToDouble(item -> manifest.seconds(item.utteranceId())).sum();
    if (fold == null) {
      double perSecond = (double) batch.items().size() * frames.frames() / batchSeconds;
      JavaHeap.checkSample(
          settings.statistics(), frames.dimension(), perSecond * manifest.corpusAudioSeconds());
      fold =
          ShardFold.of(
              frames.layers(), frames.dimension(), settings.statistics(), manifest.share());
    } else if (!Arrays.equals(fold.layers(), frames.layers())
        || fold.dimension() != frames.dimension()) {
      throw new EncodingException(
          "The model gave layers %s of dimension %d here, and %s of %d before. Hidden states are (batch, frames, dimension): neither their number nor their dimension may depend on the audio."
              .formatted(
                  Arrays.toString(frames.layers()),
                  frames.dimension(),
                  Arrays.toString(fold.layers()),
                  fold.dimension()));
    }
    for (int i = 0; i < batch.items().size(); i++) {
      String utteranceId = batch.items().get(i).utteranceId();
      for (int position = 0; position < frames.layers().length; position++) {
        try {
          fold.add(
              utteranceId,
              position,
              frames.values()[position],
              frames.begin(i),
              frames.frames(),
              products);
        } catch (NonFiniteFrameException e) {
          throw new EncodingException(
              "In layer %d of the model: %s Such a model cannot be evaluated; look for where its training diverged."
                  .formatted(frames.layers()[position], e.getMessage()),
              e);
        }
      }
    }
    if (nextBatch == plan.size() - 1) {
      fold.finish(products);
    }
    made.clear();
    nextBatch++;
    endedMillis = System.currentTimeMillis();
    audioSeconds += batchSeconds;
    return batchSeconds;
  }

  /** The batches were planned from the manifest; its lengths are the publisher's word. */
  private void checkLength(Utterance utterance, long actual, long planned)
      throws EncodingException {
    if (actual != planned) {
      int index = manifest.indexOf(utterance.utteranceId());
      throw new EncodingException(
          "It has %d samples at %d Hz, but the manifest says %d at %d Hz. Publish the corpus under another name with a correct manifest."
              .formatted(
                  utterance.samples(),
                  utterance.sampleRateHz(),
                  manifest.samples()[index],
                  manifest.sampleRatesHz()[index]));
    }
  }

  /** Mono, at the model's rate, normalised as the checkpoint's event says. */
  private float[] signal(Utterance utterance) {
    float[] samples =
        Resampler.resample(utterance.mono(), utterance.sampleRateHz(), request.sampleRateHz());
    if (request.inputNormalisation() == InputNormalisation.ZERO_MEAN_UNIT_VARIANCE) {
      double sum = 0;
      double squares = 0;
      for (float sample : samples) {
        sum += sample;
      }
      double mean = sum / samples.length;
      for (float sample : samples) {
        squares += (sample - mean) * (sample - mean);
      }
      double scale = 1 / Math.sqrt(squares / samples.length + 1e-7);
      float[] normalised = new float[samples.length];
      for (int i = 0; i < samples.length; i++) {
        normalised[i] = (float) ((samples[i] - mean) * scale);
      }
      return normalised;
    }
    return samples;
  }

  /**
   * What is folded amounts to, one summary per layer; empty before the first batch.
   *
   * @param loadSeconds how long the model took to load, seconds
   */
  List<ShardSummary> summaries(String device, double loadSeconds) {
    List<ShardSummary> summaries = new ArrayList<>();
    if (fold != null) {
      // with all frames folded in, as nothing else waits for that yet
      ShardFold.Saved folded = fold.completed();
      int utterances = plan.stream().limit(nextBatch).mapToInt(b -> b.items().size()).sum();
      for (int i = 0; i < folded.layers().length; i++) {
        summaries.add(
            new ShardSummary(
                request.withoutBytes(),
                manifest.digest(),
                manifest.corpusUtterances(),
                manifest.corpusAudioSeconds(),
                shard,
                settings.shards(),
                utterances,
                audioSeconds,
                folded.layers()[i],
                folded.layers().length,
                folded.summaries()[i],
                device,
                modelSha256,
                embedSeconds,
                folded.foldSeconds()[i],
                begunMillis == 0 ? null : new EmbedTiming(loadSeconds, begunMillis, endedMillis),
                null));
      }
    }
    return summaries;
  }
}
