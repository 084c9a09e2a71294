package io.sounding.tests.speed.throughput;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How fast the job is beside the bare model; see the script {@code tests/speed/throughput}. */
@Command(
    name = "throughput",
    description = {
      "Measures the whole job beside the bare model, side by side, and prints ratios with their spread; no time is asserted.",
      "Results are kept in --work, and the report is made of all parts that have been run."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class Throughput implements Callable<Integer> {

  private static final List<String> PARTS =
      List.of("limit", "fold", "whole", "scale", "growth", "latency", "gpu", "report");

  @Mixin private Options options;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Throughput()).execute(arguments));
  }

  /** What goes on, to the terminal. */
  static void say(String words, Object... values) {
    System.err.println(String.format(Locale.ROOT, words, values));
  }

  @Override
  public Integer call() throws Exception {
    if (!PARTS.containsAll(options.parts)) {
      say("The parts are %s.", PARTS);
      return 2;
    }
    options.work = Files.createDirectories(options.work).toRealPath();
    if (options.audio == null) {
      Path checkout = options.scripts.resolve("../..").normalize();
      Path beside = checkout.resolveSibling("shared/speech/hour");
      options.audio = Files.isDirectory(beside) ? beside : checkout.resolve("jobs/demo/audio");
    }
    options.audio = options.audio.toAbsolutePath();
    try (FileChannel file =
            FileChannel.open(
                options.work.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.tryLock()) {
      if (lock == null) {
        say("Another benchmark runs in %s.", options.work);
        return 2;
      }
      Results results = new Results(options.work);
      run(results);
      String report = Report.of(results);
      System.out.println(report);
      if (options.out != null) {
        Files.writeString(options.out, report);
      }
    }
    return 0;
  }

  private void run(Results results) throws Exception {
    Encoders encoders = new Encoders(options.work, options.scripts);
    for (String part : options.parts) {
      long begun = System.nanoTime();
      Report.describeMachine(results);
      switch (part) {
        case "limit" -> new LimitPart(options, encoders, results).run();
        case "fold" -> new FoldPart(options, encoders, results).run();
        case "whole" -> new WholePart(options, encoders, results).run();
        case "scale" -> new ScalePart(options, encoders, results).run();
        case "growth" -> new GrowthPart(options, encoders, results).run();
        case "gpu" -> new GpuPart(options, encoders, results).run();
        case "latency" -> new LatencyPart(options, encoders, results).run();
        default -> {}
      }
      say("%s took %.0f s", part, (System.nanoTime() - begun) * 1e-9);
    }
  }
}
