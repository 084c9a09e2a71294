package io.sounding.operators.embed;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.sounding.schemas.ModelFormat;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which devices the engines of this process can use: one that was built without CUDA refuses every
 * GPU, however many there are. Safe for use from several threads.
 */
final class EngineDevices {

  private static final Logger LOG = LoggerFactory.getLogger(EngineDevices.class);
  private static final EngineDevices PROCESS = new EngineDevices(LOG::warn);

  private final Consumer<String> warn;
  private final Set<ModelFormat> said = EnumSet.noneOf(ModelFormat.class);

  /**
   * Those of an engine that was started.
   *
   * @param warn is told, once per format, that its engine cannot use a device
   */
  EngineDevices(Consumer<String> warn) {
    this.warn = warn;
  }

  /** Those of this process. */
  static EngineDevices ofThisProcess() {
    return PROCESS;
  }

  /** The device that is wanted, or the CPU if the format's started engine cannot use it. */
  Device usable(ModelFormat format, Device wanted) {
    return wanted.isGpu()
        ? usable(format, wanted, Engine.getEngine(SpeechEncoder.engine(format)).getGpuCount())
        : wanted;
  }

  /** The same for an engine that can use {@code count} GPUs. */
  synchronized Device usable(ModelFormat format, Device wanted, int count) {
    if (!wanted.isGpu() || wanted.getDeviceId() < count) {
      return wanted;
    }
    if (said.add(format)) {
      warn.accept(
          "%s was to run models on %s, and can use %d GPUs here: they run on the CPU. Put its CUDA build into Flink's lib/ folder, or start the job with --device cpu."
              .formatted(SpeechEncoder.engine(format), wanted, count));
    }
    return Device.cpu();
  }
}
