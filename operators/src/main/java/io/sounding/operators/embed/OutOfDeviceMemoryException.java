package io.sounding.operators.embed;

/** Windows that do not fit into the memory of the device that a model runs on. */
final class OutOfDeviceMemoryException extends EncodingException {

  private static final long serialVersionUID = 1L;

  OutOfDeviceMemoryException(String device, int windows, int samples, Throwable cause) {
    super(
        "%d x %d samples do not fit into the memory of %s beside what lies there (%s). Publish shorter utterances, let fewer slots share the device, or take one with more memory; then publish the checkpoint again with a higher attempt."
            .formatted(windows, samples, device, reason(cause)),
        cause);
  }
}
