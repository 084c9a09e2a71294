package io.sounding.operators.embed;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A TorchScript module whose weights come from safetensors files. They are read into the memory of
 * its parameters, so an instance of the module serves one checkpoint at a time: there are as many
 * instances as checkpoints in use at once, and what is closed is used again for the next.
 *
 * <p>DJL reaches the parameters of a module and not its buffers, so what is to be replaced must
 * have been made a parameter before the export.
 */
final class TorchScriptGraph implements SharedGraph {

  /** Instances kept that nobody uses: the next checkpoint takes one. */
  private static final int MOST_SPARE = 1;

  private final Device device;
  private final Deque<TorchScriptInstance> spare = new ArrayDeque<>();
  private boolean closed;

  private TorchScriptGraph(Device device, TorchScriptInstance first) {
    this.device = device;
    spare.add(first);
  }

  /** Loads a first instance of the module in {@code file}, to run on {@code device}. */
  static TorchScriptGraph load(Path file, Device device) throws EncodingException {
    return new TorchScriptGraph(device, TorchScriptInstance.load(file, device));
  }

  @Override
  public SpeechEncoder with(Safetensors weights, GraphFile graph) throws EncodingException {
    TorchScriptInstance instance = takeSpare();
    if (instance == null) {
      instance = TorchScriptInstance.load(graph.fetch(), device);
    }
    TorchScriptInstance taken = instance;
    try {
      taken.set(weights);
    } catch (EncodingException | RuntimeException | Error e) {
      giveBack(taken); // the next weights replace all that were set
      throw e;
    }
    return SpeechEncoder.of(taken.model(), () -> giveBack(taken));
  }

  private synchronized TorchScriptInstance takeSpare() {
    return spare.poll();
  }

  private void giveBack(TorchScriptInstance instance) {
    synchronized (this) {
      if (!closed && spare.size() < MOST_SPARE) {
        spare.add(instance);
        return;
      }
    }
    instance.close();
  }

  @Override
  public void close() {
    TorchScriptInstance left;
    synchronized (this) {
      closed = true;
      left = spare.poll();
    }
    if (left != null) {
      left.close();
    }
  }
}
