package io.sounding.tests.speed.throughput;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * What the engines can do: bare loops over the same windows, in DJL and in Python, one after the
 * other in each repetition.
 */
final class LimitPart {

  /** Rows of the report: what is in DJL is compared with the best in Python. */
  private static final List<String> LOOPS =
      List.of(
          "DJL ONNX Runtime",
          "DJL PyTorch",
          "onnxruntime 2 x 1",
          "onnxruntime 1 x 2",
          "torch 2 x 1",
          "torch 1 x 2",
          "torch 1 x 1");

  /** On a GPU there is one process of Python, and ONNX Runtime is not compared. */
  private static final List<String> GPU_LOOPS = List.of("DJL PyTorch", "torch 1 x 1");

  private static final List<String> CPU_LOOPS = LOOPS.subList(0, LOOPS.size() - 1);

  private static final double SECONDS_AT_LEAST = 2;

  private final Options options;
  private final Encoders encoders;
  private final Results results;

  LimitPart(Options options, Encoders encoders, Results results) {
    this.options = options;
    this.encoders = encoders;
    this.results = results;
  }

  void run() throws Exception {
    for (String encoder : options.encoders) {
      if (!EncoderName.of(encoder).all()) {
        run(encoder);
      }
    }
  }

  private void run(String encoder) throws Exception {
    Windows windows = Windows.of(Speech.of(options.audio, 60 * options.limitMinutes));
    Path file = options.work.resolve("windows.bin");
    windows.write(file);
    String prefix = "limit/" + encoder + "/";
    results.forget(prefix);
    results.add(prefix + "audio seconds", windows.seconds());
    results.add(prefix + "batches", windows.batches().size());
    EncoderName name = EncoderName.of(encoder);
    Map<String, Callable<Double>> loops = new LinkedHashMap<>();
    List<AutoCloseable> open = new ArrayList<>();
    try {
      for (String of : name.gpu() ? GPU_LOOPS : CPU_LOOPS) {
        String engine = of.split(" ", -1)[0];
        boolean onnx = of.contains("ONNX") || of.contains("onnx");
        Path model = encoders.file(onnx ? encoder : name.geometry() + "-torchscript");
        if (engine.equals("DJL")) {
          BareLoop loop = new BareLoop(model, options.parallelism, name.device());
          open.add(loop);
          loops.put(of, () -> loop.run(windows));
          continue;
        }
        try {
          PythonLoop loop =
              new PythonLoop(
                  options.scripts.resolve("bare_loop.py"),
                  engine,
                  model,
                  file,
                  of.contains("2 x") ? options.parallelism : 1,
                  of.contains("x 2") ? options.parallelism : 1,
                  name.gpu() ? "cuda" : "cpu");
          open.add(loop);
          results.say("machine/python " + engine, loop.version());
          loops.put(of, loop::run);
        } catch (IOException missing) {
          results.say(prefix + of + "/missing", missing.getMessage());
        }
      }
      results.say("machine/pytorch", Engine.getEngine("PyTorch").getVersion());
      measure(prefix, windows, loops);
    } finally {
      for (AutoCloseable each : open) {
        each.close();
      }
      Files.delete(file);
    }
  }

  private void measure(String prefix, Windows windows, Map<String, Callable<Double>> loops)
      throws Exception {
    Map<String, Integer> passes = new LinkedHashMap<>();
    for (var loop : loops.entrySet()) { // warms up
      passes.put(loop.getKey(), (int) Math.ceil(SECONDS_AT_LEAST / loop.getValue().call()));
    }
    for (int repetition = 0; repetition < options.repetitions; repetition++) {
      for (var loop : loops.entrySet()) {
        double seconds = 0;
        int times = passes.get(loop.getKey());
        for (int pass = 0; pass < times; pass++) {
          seconds += loop.getValue().call();
        }
        double rate = times * windows.seconds() / seconds;
        results.add(prefix + loop.getKey() + "/rate", rate);
        Throughput.say("%s%s: %.1f audio seconds per second", prefix, loop.getKey(), rate);
      }
    }
  }

  static String report(Results results) {
    StringBuilder text = new StringBuilder();
    for (String encoder : results.below("limit/")) {
      String prefix = "limit/" + encoder + "/";
      text.append(
          "\n%s: %.0f s of audio, %.0f batches\n\n"
              .formatted(
                  encoder,
                  results.spread(prefix + "audio seconds").median(),
                  results.spread(prefix + "batches").median()));
      text.append("| loop | audio seconds per second | DJL / it |\n| --- | ---: | ---: |\n");
      for (String loop : EncoderName.of(encoder).gpu() ? GPU_LOOPS : CPU_LOOPS) {
        if (results.has(prefix + loop + "/missing")) {
          text.append("| %s | %s | |\n".formatted(loop, results.words(prefix + loop + "/missing")));
          continue;
        }
        boolean torch = loop.contains("torch") || loop.contains("PyTorch");
        List<Double> djl = results.values(prefix + LOOPS.get(torch ? 1 : 0) + "/rate");
        List<Double> own = results.values(prefix + loop + "/rate");
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(djl.size(), own.size()); i++) {
          ratios.add(djl.get(i) / own.get(i));
        }
        text.append(
            "| %s | %s | %s |\n"
                .formatted(
                    loop,
                    Spread.of(own).words(1),
                    loop.startsWith("DJL") ? "1" : Spread.of(ratios).words(2)));
      }
    }
    return text.isEmpty() ? "Not run.\n" : text.substring(1);
  }
}
