package io.sounding.tests.speed.throughput;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The table of all that has been run, as Markdown. */
final class Report {

  private Report() {}

  /** What the machine is, without its name. */
  static void describeMachine(Results results) throws IOException {
    String processor =
        Files.readString(Path.of("/proc/cpuinfo"))
            .lines()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 2))
            .findFirst()
            .orElse("a processor");
    long megabytes =
        Files.readString(Path.of("/proc/meminfo"))
            .lines()
            .filter(line -> line.startsWith("MemTotal"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1_000)
            .findFirst()
            .orElse(0);
    results.say(
        "machine/is",
        "%d cores (%s), %d GB"
            .formatted(Runtime.getRuntime().availableProcessors(), processor, megabytes / 1_000));
    results.say("machine/java", System.getProperty("java.version"));
    results.say("machine/gpu", gpu());
    String kernels = System.getenv("OPENBLAS_CORETYPE");
    results.say(
        "machine/kernels", kernels == null ? "the kernels it chooses" : "kernels for " + kernels);
    results.say("machine/djl", Engine.getDjlVersion());
    Engine.getEngine("OnnxRuntime"); // which wants to make the environment
    results.say("machine/onnx", OrtEnvironment.getEnvironment().getVersion());
  }

  /** What the driver says the first GPU is. */
  private static String gpu() throws IOException {
    try {
      Process asked =
          new ProcessBuilder(
                  "nvidia-smi",
                  "--query-gpu=name,memory.total,driver_version",
                  "--format=csv,noheader")
              .redirectErrorStream(true)
              .start();
      String first = asked.inputReader(StandardCharsets.UTF_8).readLine();
      return asked.waitFor() == 0 && first != null ? first : "no GPU";
    } catch (IOException notThere) {
      return "no GPU";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Asking for the GPU was interrupted.", e);
    }
  }

  /** The whole report. */
  static String of(Results results) {
    return """
        # Throughput

        Made by `tests/speed/throughput`; do not edit. Measured on %s; absolute figures say little, ratios were
        measured side by side: what is compared ran in turn within each repetition. Median (lowest to highest).

        Java %s, DJL %s, ONNX Runtime %s, PyTorch %s, OpenBLAS with %s; in Python %s and %s; %s.

        demo: an encoder of the demo, 3 layers and their input, d = 64. best-rq: 12 layers, d = 576, 25 frames a second.
        base: wav2vec 2.0 base, 12 layers, d = 768. features: one convolution, d = 768. All but the first have random
        weights (`tests/speed/export_encoder.py`). With ":gpu": on the GPU, as TorchScript.

        ## The limit: a bare loop over the windows

        The windows and batches of the job (WindowPlan), the model, and nothing else: no Kafka, no folding, and outputs are left
        where the engine put them. DJL: as many threads as the job has subtasks, one for each core, each with a session on the
        shared model and one thread within a forward pass. Python: processes x threads within a forward pass.

        %s
        ## Folding beside embedding

        Shards of an hour of speech, embedded with nothing folded and with all frames folded to the bytes of the summaries, in
        turn within each repetition, the first two of which are not counted; 2 subtasks, one thread within a forward pass.
        "Added": to the wall time of embedding. "Processor time": of the threads that fold, as a share of theirs in forward passes
        of the same pass.

        %s
        ## The whole job, embedded, from Kafka to Kafka

        One process, a subtask for each core unless a parallelism is named; the bare loop before each has as many threads. The
        corpus is uploaded and sealed, and the engine has started. From the first checkpoint event's publishing to the last FINAL
        event's reading, committed. "Until all is merged" leaves out final clustering and the commit; "steady" takes the median
        time from one checkpoint to the next.

        %s
        ## More task managers

        Broker, job manager and task managers on this machine, one slot each; k = 64, 4,096 sampled frames, a Flink
        checkpoint every second. As many task managers as there are processors are processes of their own; more are
        simulated: each registers with the job manager, has its slot, its connections and its state, but one process holds
        them all, with their heap and compiled code (`--processes`). "waiting": in place of DJL's engine one whose models
        wait, without a processor, as long as a device would compute, and give 50 pseudo-random frames a second. These have
        few dimensions: folding at d = 768 what 16 devices make does not fit into two cores. Ten times as many checkpoints
        were evaluated before by models ten times as fast, as a job that runs for weeks compiles its code once.

        %s
        ## More audio

        One task manager of two slots, state in RocksDB, k = 1024; a corpus of the same audio under other utterance ids. The
        heap was looked at during another evaluation of the same corpus. "features": one convolution, d = 768;
        "waiting": as above, each slot with a model of its own pace.

        %s
        ## Latency

        One layer, k = 1024 on 40,960 sampled frames; one checkpoint at a time. The last slice is embedded when the last shard
        has left the gauge of those that wait.

        %s
        ## A GPU beside the CPU

        The same windows through the same TorchScript module on both. RankMe of the last layer, and the inertia per frame of 64
        clusters. A frame's difference is relative to its norm; PyTorch's convolutions take TF32 on a GPU.

        %s"""
        .formatted(
            results.words("machine/is"),
            results.words("machine/java"),
            results.words("machine/djl"),
            results.words("machine/onnx"),
            results.words("machine/pytorch"),
            results.words("machine/kernels"),
            results.words("machine/python torch"),
            results.words("machine/python onnxruntime"),
            results.words("machine/gpu"),
            LimitPart.report(results),
            FoldPart.report(results),
            WholePart.report(results),
            ScalePart.report(results),
            GrowthPart.report(results),
            LatencyPart.report(results),
            GpuPart.report(results));
  }
}
