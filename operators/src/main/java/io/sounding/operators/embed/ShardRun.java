package io.sounding.operators.embed;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.admit.CheckpointRequest;
import io.sounding.operators.assemble.Utterance;
import io.sounding.operators.fold.ShardFold;
import io.sounding.operators.fold.ShardSummary;
import io.sounding.schemas.InputNormalisation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One shard of one checkpoint on its way through the model, a batch at a time. Plain Java; what
 * comes out depends on the audio, the model and the settings alone, not on when it is interrupted.
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
  private ShardFold fold;

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

  /** Goes on where {@code saved}, which is of the same evaluation and shard, was left. */
  void resume(InFlight saved) {
    nextBatch = saved.nextBatch();
    audioSeconds = saved.audioSeconds();
    embedSeconds = saved.embedSeconds();
    fold = saved.fold() == null ? null : ShardFold.resume(saved.fold(), settings.statistics());
  }

  InFlight save() {
    return new InFlight(
        request.evaluationId(),
        nextBatch,
        audioSeconds,
        embedSeconds,
        fold == null ? null : fold.save());
  }

  CheckpointRequest request() {
    return request;
  }

  int shard() {
    return shard;
  }

  int nextBatch() {
    return nextBatch;
  }

  boolean done() {
    return nextBatch == plan.size();
  }

  /** Indices of the layers as far as they are known: none before the first batch. */
  int[] layers() {
    return fold == null ? new int[0] : fold.layers();
  }

  /**
   * Embeds and folds the next batch.
   *
   * @return audio embedded, seconds
   * @throws EncodingException if the model cannot do it; names the utterance
   */
  double step(SpeechEncoder.Session session, Audio audio) throws Exception {
    WindowPlan.Batch batch = plan.get(nextBatch);
    List<WindowPlan.Item> items = batch.items();
    float[][] signals = new float[items.size()][];
    double seconds = 0;
    try {
      for (int i = 0; i < signals.length; i++) {
        Utterance utterance = audio.of(items.get(i).utteranceId());
        seconds += utterance.seconds();
        signals[i] = signal(utterance);
        checkLength(utterance, signals[i].length, items.get(i).samples());
      }
      Frames frames = encode(session, batch, signals);
      for (int i = 0; i < signals.length; i++) {
        for (int position = 0; position < frames.layers().length; position++) {
          fold.add(items.get(i).utteranceId(), position, frames.of(position, i), frames.frames());
        }
      }
    } catch (EncodingException | IllegalArgumentException e) { // ratio of rates, NaN in frames
      throw new EncodingException(
          "Embedding %s%s of corpus %s failed: %s"
              .formatted(
                  items.get(0).utteranceId(),
                  items.size() == 1 ? "" : " and %d more".formatted(items.size() - 1),
                  request.corpusId(),
                  e.getMessage()),
          e);
    }
    nextBatch++;
    audioSeconds += seconds;
    return seconds;
  }

  private Frames encode(SpeechEncoder.Session session, WindowPlan.Batch batch, float[][] signals)
      throws EncodingException {
    List<Frames> windows = new ArrayList<>();
    long start = System.nanoTime();
    for (int w = 0; w < batch.windows(); w++) {
      float[][] window = signals;
      if (batch.windows() > 1) {
        window = new float[][] {Arrays.copyOfRange(signals[0], batch.start(w), batch.start(w + 1))};
      }
      windows.add(session.encode(window, request.layers()));
    }
    embedSeconds += (System.nanoTime() - start) * 1e-9;
    Frames frames = Frames.inSequence(windows);
    if (fold == null) {
      fold = ShardFold.of(frames.layers(), frames.dimension(), settings.statistics());
    } else if (!Arrays.equals(fold.layers(), frames.layers())
        || fold.dimension() != frames.dimension()) {
      throw new EncodingException(
          "The model gave layers %s of dimension %d here, and %s of %d before."
              .formatted(
                  Arrays.toString(frames.layers()),
                  frames.dimension(),
                  Arrays.toString(fold.layers()),
                  fold.dimension()));
    }
    return frames;
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

  /** What the shard amounts to, one summary per layer; empty for an empty shard. */
  List<ShardSummary> summaries(String device) {
    List<ShardSummary> summaries = new ArrayList<>();
    if (fold != null) {
      ShardFold.Saved saved = fold.save();
      for (int i = 0; i < saved.layers().length; i++) {
        summaries.add(
            new ShardSummary(
                request,
                manifest.digest(),
                manifest.corpusUtterances(),
                manifest.corpusAudioSeconds(),
                shard,
                settings.shards(),
                manifest.utteranceIds().length,
                audioSeconds,
                saved.layers()[i],
                saved.layers().length,
                saved.summaries()[i],
                device,
                embedSeconds,
                saved.foldSeconds()[i],
                null));
      }
    }
    return summaries;
  }
}
