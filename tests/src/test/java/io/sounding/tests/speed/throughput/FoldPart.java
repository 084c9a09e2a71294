package io.sounding.tests.speed.throughput;

import io.sounding.operators.EvaluationSettings;
import io.sounding.operators.embed.EmbeddedShards;
import io.sounding.operators.embed.EmbeddedShards.Cost;
import io.sounding.operators.embed.ModelSettings;
import io.sounding.operators.embed.TrustedArtifacts;
import java.util.LinkedHashMap;
import java.util.Map;

/** What folding adds to embedding, for the last layer and for all. */
final class FoldPart {

  private static final double CORPUS_SECONDS = 3_600;
  private static final int WARM_UP = 2;

  private final Options options;
  private final Encoders encoders;
  private final Results results;

  FoldPart(Options options, Encoders encoders, Results results) {
    this.options = options;
    this.encoders = encoders;
    this.results = results;
  }

  void run() throws Exception {
    Speech hour = Speech.of(options.audio, CORPUS_SECONDS);
    for (String encoder : options.encoders) {
      if (!encoder.contains(":")) {
        run(encoder, hour);
      }
    }
  }

  private void run(String encoder, Speech hour) throws Exception {
    Map<String, int[]> layers = new LinkedHashMap<>();
    layers.put("last", new int[] {-1});
    layers.put("all", null);
    try (EmbeddedShards shards =
        new EmbeddedShards(
            encoders.file(encoder),
            hour.utterances(),
            options.foldShards,
            Windows.SAMPLE_RATE_HZ,
            EvaluationSettings.defaults(ModelSettings.of(TrustedArtifacts.NONE, "")),
            options.parallelism)) {
      for (var of : layers.entrySet()) {
        String prefix = "fold/%s, %s/".formatted(encoder, of.getKey());
        results.forget(prefix);
        results.add(prefix + "audio seconds", shards.seconds());
        for (int i = -WARM_UP; i < options.repetitions; i++) {
          // each comes first in turn
          Cost first = shards.run(of.getValue(), i % 2 != 0);
          Cost second = shards.run(of.getValue(), i % 2 == 0);
          if (i >= 0) {
            add(prefix, i % 2 == 0 ? first : second, i % 2 == 0 ? second : first);
          }
        }
      }
    }
  }

  private void add(String prefix, Cost embedded, Cost folded) {
    double added = 100 * (folded.wall() / embedded.wall() - 1);
    double processor = 100 * folded.folding() / folded.embedding();
    results.add(
        prefix + "rate", results.spread(prefix + "audio seconds").median() / embedded.wall());
    results.add(prefix + "added", added);
    results.add(prefix + "processor", processor);
    Throughput.say(
        "%sadds %.1f %% to the wall time of embedding; processor time %.1f %%",
        prefix, added, processor);
  }

  static String report(Results results) {
    if (results.below("fold/").isEmpty()) {
      return "Not run.\n";
    }
    StringBuilder text =
        new StringBuilder(
            """
            | encoder, layers | audio, s | embedding, audio s / s | **added by folding, %** | processor time, % |
            | --- | ---: | ---: | ---: | ---: |
            """);
    for (String of : results.below("fold/")) {
      String prefix = "fold/" + of + "/";
      text.append(
          "| %s | %.0f | %s | **%s** | %s |\n"
              .formatted(
                  of,
                  results.spread(prefix + "audio seconds").median(),
                  results.spread(prefix + "rate").words(1),
                  results.spread(prefix + "added").words(1),
                  results.spread(prefix + "processor").words(1)));
    }
    return text.toString();
  }
}
