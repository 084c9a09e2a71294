package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scripts that answer, or do not, as nvidia-smi does. */
@Timeout(60)
class GpuReadingsTest {

  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();

  private GpuReadings answering(Duration limit, String script) throws IOException {
    Path program = folder.resolve("nvidia-smi");
    Files.writeString(program, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return asking(limit, program);
  }

  private GpuReadings asking(Duration limit, Path program) {
    return new GpuReadings(
        List.of(program.toString(), "--query-gpu=index"), PAUSE, limit, warnings::add);
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(5_000_000);
    }
  }

  private String warning() throws InterruptedException {
    String warning = warnings.poll(50, TimeUnit.SECONDS);
    assertThat(warning).isNotNull();
    return warning;
  }

  @Test
  void eachDeviceHasItsOwnUseAndMemory() throws Exception {
    GpuReadings readings = answering(LONG, "echo '0, 37, 1024'; echo '1, 100, 81559'\n");
    try (GpuReadings.Watch first = readings.watch(Device.gpu(0));
        GpuReadings.Watch second = readings.watch(Device.gpu(1));
        GpuReadings.Watch third = readings.watch(Device.gpu(2))) {
      await(() -> first.reading().utilisation() >= 0);

      assertThat(first.reading().utilisation()).isCloseTo(0.37, within(1e-12));
      assertThat(first.reading().memoryBytes()).isEqualTo(1_073_741_824.0);
      assertThat(second.reading())
          .isEqualTo(new GpuReadings.Reading(1, 85_520_809_984.0)); // 81559 MiB
      assertThat(third.reading()).isEqualTo(GpuReadings.Reading.UNKNOWN);
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void whatTheDeviceDoesNotTellIsNotANumber() throws Exception {
    GpuReadings readings = answering(LONG, "echo '0, [N/A], 5'\n");
    try (GpuReadings.Watch watch = readings.watch(Device.gpu(0))) {
      await(() -> watch.reading().memoryBytes() > 0);

      assertThat(watch.reading().utilisation()).isNaN();
    }
  }

  @Test
  void itIsAskedAgainAndAgain() throws Exception {
    Path count = folder.resolve("count");
    GpuReadings readings =
        answering(LONG, "echo >>%1$s; echo \"0, $(wc -l <%1$s), 0\"\n".formatted(count));
    try (GpuReadings.Watch watch = readings.watch(Device.gpu(0))) {
      await(() -> watch.reading().utilisation() >= 0.03);
    }
  }

  @Test
  void garbageIsToldOnceAndNothingIsKnown() throws Exception {
    GpuReadings readings = answering(LONG, "echo 'index, [%]'; echo 0, -5, many\n");
    try (GpuReadings.Watch watch = readings.watch(Device.gpu(0))) {
      assertThat(warning()).contains("an answer that names no GPU: index, [%]");
      assertThat(watch.reading()).isEqualTo(GpuReadings.Reading.UNKNOWN);
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void toolThatFailsIsToldInItsOwnWords() throws Exception {
    GpuReadings readings =
        answering(LONG, "echo \"couldn't communicate with the NVIDIA driver\"; exit 9\n");
    try (GpuReadings.Watch watch = readings.watch(Device.gpu(0))) {
      assertThat(warning()).contains("status 9, couldn't communicate with the NVIDIA driver");
      assertThat(watch.reading()).isEqualTo(GpuReadings.Reading.UNKNOWN);
    }
  }

  @Test
  void toolThatHangsIsKilledAndHoldsNobodyUp() throws Exception {
    Path pid = folder.resolve("pid");
    GpuReadings readings =
        answering(Duration.ofMillis(300), "echo $$ >%s; exec sleep 600\n".formatted(pid));
    try (GpuReadings.Watch watch = readings.watch(Device.gpu(0))) {
      assertThat(watch.reading()).isEqualTo(GpuReadings.Reading.UNKNOWN);
      assertThat(warning()).contains("no answer within PT0.3S");
    }
    long last = Long.parseLong(Files.readString(pid).strip());
    await(() -> ProcessHandle.of(last).isEmpty());
  }

  @Test
  void toolThatIsAbsentIsTold() throws Exception {
    GpuReadings readings = asking(LONG, folder.resolve("absent"));
    try (GpuReadings.Watch watch = readings.watch(Device.gpu(0))) {
      assertThat(warning())
          .contains("How busy the GPUs are cannot be told")
          .contains("No such file or directory");
      assertThat(watch.reading()).isEqualTo(GpuReadings.Reading.UNKNOWN);
    }
  }

  @Test
  void onTheCpuNothingIsAsked() throws Exception {
    Path asked = folder.resolve("asked");
    GpuReadings readings = answering(LONG, "touch %s; echo '0, 1, 1'\n".formatted(asked));
    try (GpuReadings.Watch watch = readings.watch(Device.cpu())) {
      assertThat(watch.reading()).isEqualTo(GpuReadings.Reading.UNKNOWN);
    }
    assertThat(asked).doesNotExist();
  }

  @Test
  void whenTheLastWatchIsClosedNobodyAsksAnyMore() throws Exception {
    GpuReadings readings = answering(LONG, "echo '0, 50, 1'\n");
    GpuReadings.Watch one = readings.watch(Device.gpu(0));
    GpuReadings.Watch other = readings.watch(Device.gpu(0));
    one.close();
    one.close();
    await(() -> other.reading().utilisation() == 0.5);
    other.close();

    await(() -> !isRead());
    assertThat(other.reading()).isEqualTo(GpuReadings.Reading.UNKNOWN);
  }

  private static boolean isRead() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("sounding-gpu-readings"));
  }
}
