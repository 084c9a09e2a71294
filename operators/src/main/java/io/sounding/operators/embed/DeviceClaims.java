package io.sounding.operators.embed;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.util.cuda.CudaUtils;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which subtask of this process runs its models on which device. Flink lists the GPUs of a task
 * manager to each of its slots alike, as external resource {@value #RESOURCE}, and says nothing of
 * who takes which; where it lists none, a process takes those that CUDA shows it. Of these a
 * subtask gets one that the fewest others have, beginning with the one at its index modulo their
 * number: Flink does not promise that neighbouring subtasks lie in one process. Safe for use from
 * several threads.
 */
final class DeviceClaims {

  /** The name under which Flink is configured to hand out GPUs. */
  static final String RESOURCE = "gpu";

  /** The property in which Flink's driver gives the number of a GPU. */
  private static final String INDEX = "index";

  private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");

  private static final Logger LOG = LoggerFactory.getLogger(DeviceClaims.class);
  private static final DeviceClaims PROCESS =
      new DeviceClaims(DeviceClaims::cudaDevices, LOG::warn);

  private final IntSupplier visible;
  private final Consumer<String> warn;
  private final Map<Device, Integer> subtasks = new HashMap<>();
  private boolean said;

  /**
   * No claims yet.
   *
   * @param visible how many GPUs the process sees; they are numbered from 0
   * @param warn is told, once, that GPUs were expected and none can be used
   */
  DeviceClaims(IntSupplier visible, Consumer<String> warn) {
    this.visible = visible;
    this.warn = warn;
  }

  /** Those of this process. */
  static DeviceClaims ofThisProcess() {
    return PROCESS;
  }

  /** A subtask's hold on a device. */
  final class Claim implements AutoCloseable {

    private final Device device;
    private boolean closed;

    private Claim(Device device) {
      this.device = device;
    }

    Device device() {
      return device;
    }

    @Override
    public void close() {
      synchronized (DeviceClaims.this) {
        if (!closed) {
          closed = true;
          subtasks.merge(device, -1, Integer::sum);
        }
      }
    }
  }

  /** A device for the subtask of {@code context}. */
  Claim claim(DeviceChoice choice, RuntimeContext context) {
    List<String> listed =
        context.getExternalResourceInfos(RESOURCE).stream()
            .flatMap(gpu -> gpu.getProperty(INDEX).stream())
            .toList();
    return claim(choice, listed, context.getTaskInfo().getIndexOfThisSubtask());
  }

  /**
   * A device for a subtask.
   *
   * @param listed the indices of the GPUs that Flink lists; none: it is not configured to
   */
  synchronized Claim claim(DeviceChoice choice, Collection<String> listed, int subtask) {
    Device device = choice == DeviceChoice.CPU ? Device.cpu() : choose(choice, listed, subtask);
    subtasks.merge(device, 1, Integer::sum);
    return new Claim(device);
  }

  private Device choose(DeviceChoice choice, Collection<String> listed, int subtask) {
    int seen = visible.getAsInt();
    int[] usable =
        listed.isEmpty()
            ? IntStream.range(0, seen).toArray()
            : listed.stream()
                .filter(index -> NUMBER.matcher(index).matches())
                .mapToInt(Integer::parseInt)
                .filter(index -> index < seen)
                .sorted()
                .toArray();
    if (usable.length == 0) {
      if ((!listed.isEmpty() || choice == DeviceChoice.GPU) && !said) {
        said = true;
        warn.accept(
            "GPUs were expected (%s), and this process sees %d of them, numbered from 0: its models run on the CPU. Check the driver, CUDA's libraries on the library path, and that CUDA_VISIBLE_DEVICES is unset; or start the job with --device cpu."
                .formatted(
                    listed.isEmpty() ? "--device gpu" : "Flink lists indices " + listed, seen));
      }
      return Device.cpu();
    }
    Device chosen = null;
    for (int i = 0; i < usable.length; i++) {
      Device next = Device.gpu(usable[(subtask + i) % usable.length]);
      if (chosen == null || users(next) < users(chosen)) {
        chosen = next;
      }
    }
    return chosen;
  }

  private int users(Device device) {
    return subtasks.getOrDefault(device, 0);
  }

  private static int cudaDevices() {
    try {
      return CudaUtils.getGpuCount();
    } catch (EngineException | LinkageError e) { // a driver that does not go with the libraries
      LOG.warn("Whether there are GPUs cannot be told, so none is used: {}", e.toString());
      return 0;
    }
  }
}
