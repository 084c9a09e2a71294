package io.sounding.operators.embed;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.assemble.Utterance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The windows that a job would embed, in its batches, as the benchmarks of bare models need them.
 * It lives in this package because the plan is not public.
 *
 * <p>The corpus is planned as one shard: the batches are at least as full as those of the job.
 */
public final class PlannedWindows {

  private PlannedWindows() {}

  /** Batches {@code float[B][samples]} of these utterances at {@code sampleRateHz}. */
  public static List<float[][]> of(
      List<Utterance> utterances, int sampleRateHz, EvaluationSettings settings) {
    Map<String, float[]> signals = new TreeMap<>();
    List<WindowPlan.Item> items = new ArrayList<>();
    for (Utterance utterance : utterances) {
      float[] signal = Resampler.resample(utterance.mono(), utterance.sampleRateHz(), sampleRateHz);
      signals.put(utterance.utteranceId(), signal);
      items.add(new WindowPlan.Item(utterance.utteranceId(), signal.length));
    }
    List<float[][]> batches = new ArrayList<>();
    for (WindowPlan.Batch batch :
        WindowPlan.of(
            items,
            (long) (settings.maxWindowSeconds() * sampleRateHz),
            (long) (settings.batchSeconds() * sampleRateHz))) {
      batches.addAll(of(batch, signals));
    }
    return batches;
  }

  /** The windows of a batch: of each place in an utterance {@code float[B][samples]}. */
  static List<float[][]> of(WindowPlan.Batch batch, Map<String, float[]> signals) {
    List<float[][]> windows = new ArrayList<>();
    for (int w = 0; w < batch.windows(); w++) {
      int from = batch.start(w);
      int to = batch.start(w + 1);
      windows.add(
          batch.items().stream()
              .map(item -> Arrays.copyOfRange(signals.get(item.utteranceId()), from, to))
              .toArray(float[][]::new));
    }
    return windows;
  }
}
