package io.sounding.operators.embed;

import ai.djl.Device;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How busy the GPUs of this machine are, by the word of NVIDIA's {@code nvidia-smi}. It is asked by
 * a thread in the background, while there is somebody who watches a GPU; who looks gets what it
 * said last, and never waits for it. Its numbers are those of the devices if CUDA counts as it does
 * ({@code CUDA_DEVICE_ORDER=PCI_BUS_ID}, no {@code CUDA_VISIBLE_DEVICES}). Safe for use from
 * several threads.
 */
final class GpuReadings {

  /**
   * What is known of a GPU; NaN: nothing.
   *
   * @param utilisation share of the time before the reading in which it computed anything, 0 to 1
   * @param memoryBytes memory in use, by whomever
   */
  record Reading(double utilisation, double memoryBytes) {
    static final Reading UNKNOWN = new Reading(Double.NaN, Double.NaN);
  }

  /** A device that somebody watches. */
  final class Watch implements AutoCloseable {

    private final Device device;
    private boolean closed;

    private Watch(Device device) {
      this.device = device;
    }

    /** What was read last of it; {@link Reading#UNKNOWN} of the CPU. */
    Reading reading() {
      return device.isGpu()
          ? readings.getOrDefault(device.getDeviceId(), Reading.UNKNOWN)
          : Reading.UNKNOWN;
    }

    @Override
    public void close() {
      if (device.isGpu() && !closed) {
        closed = true;
        end();
      }
    }
  }

  private static final List<String> QUESTION =
      List.of(
          "nvidia-smi",
          "--query-gpu=index,utilization.gpu,memory.used",
          "--format=csv,noheader,nounits");

  /** Index, percent, MiB; what a device does not tell is {@code [N/A]}. */
  private static final Pattern LINE =
      Pattern.compile("(?m)^(\\d{1,4}), *(\\d{1,3}|\\[[^\\]]+]), *(\\d{1,9}|\\[[^\\]]+])\\s*$");

  private static final Logger LOG = LoggerFactory.getLogger(GpuReadings.class);
  private static final GpuReadings MACHINE =
      new GpuReadings(QUESTION, Duration.ofSeconds(5), Duration.ofSeconds(10), LOG::warn);

  private final List<String> question;
  private final Duration pause;
  private final Duration limit;
  private final Consumer<String> warn;

  private int watches;
  private ScheduledExecutorService reader;
  private boolean said;
  private volatile Map<Integer, Reading> readings = Map.of();

  /**
   * Nobody watches yet.
   *
   * @param question the command that is asked
   * @param pause between two questions
   * @param limit how long an answer may take
   * @param warn is told, once, why nothing is known
   */
  GpuReadings(List<String> question, Duration pause, Duration limit, Consumer<String> warn) {
    this.question = question;
    this.pause = pause;
    this.limit = limit;
    this.warn = warn;
  }

  /** Those of this machine. */
  static GpuReadings ofThisMachine() {
    return MACHINE;
  }

  /** Watches a device; of the CPU nothing is asked. */
  synchronized Watch watch(Device device) {
    if (device.isGpu() && watches++ == 0) {
      reader = Executors.newSingleThreadScheduledExecutor(GpuReadings::daemon);
      reader.scheduleWithFixedDelay(this::read, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
    return new Watch(device);
  }

  private synchronized void end() {
    if (--watches == 0) {
      reader.shutdownNow();
      readings = Map.of();
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "sounding-gpu-readings");
    thread.setDaemon(true);
    return thread;
  }

  private void read() {
    try {
      publish(parsed(answer()));
    } catch (IOException e) {
      publish(Map.of());
      if (!said) {
        said = true;
        warn.accept(
            "How busy the GPUs are cannot be told (%s: %s); the gauges of it are NaN, all else goes on."
                .formatted(question.get(0), e.getMessage()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody watches any more
    }
  }

  /** An answer that comes when nobody watches any more is none. */
  private synchronized void publish(Map<Integer, Reading> read) {
    readings = watches == 0 ? Map.of() : read;
  }

  private String answer() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(question).redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      process.getOutputStream().close();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("no answer within " + limit);
      }
      // no more than is there: a child of the process that lives on may hold the pipe
      String answer = new String(output.readNBytes(output.available()), StandardCharsets.UTF_8);
      if (process.exitValue() != 0) {
        throw new IOException("status %d, %s".formatted(process.exitValue(), answer.strip()));
      }
      return answer;
    } finally {
      process.destroyForcibly();
    }
  }

  private static Map<Integer, Reading> parsed(String answer) throws IOException {
    Map<Integer, Reading> parsed = new HashMap<>();
    Matcher line = LINE.matcher(answer);
    while (line.find()) {
      parsed.put(
          Integer.parseInt(line.group(1)),
          new Reading(number(line.group(2)) / 100, number(line.group(3)) * 1024 * 1024));
    }
    if (parsed.isEmpty()) {
      throw new IOException("an answer that names no GPU: " + answer.strip());
    }
    return parsed;
  }

  private static double number(String text) {
    return text.startsWith("[") ? Double.NaN : Double.parseDouble(text);
  }
}
