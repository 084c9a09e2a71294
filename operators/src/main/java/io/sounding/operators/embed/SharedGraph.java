package io.sounding.operators.embed;

import java.nio.file.Path;

/**
 * A model that was exported once and is loaded once, to be given the weights of one checkpoint
 * after the other. Safe for use from several threads.
 */
interface SharedGraph extends AutoCloseable {

  /** Where the graph's file is to be had: locally, verified. It may be gone again afterwards. */
  interface GraphFile {
    Path fetch() throws EncodingException;
  }

  /**
   * The graph with these weights. Those of encoders made before, and not closed yet, stay theirs.
   *
   * @param graph where the graph's file is to be had, should another instance of it be needed
   * @throws EncodingException if the tensors do not match in name and shape, or cannot be read
   */
  SpeechEncoder with(Safetensors weights, GraphFile graph) throws EncodingException;

  /** Frees what no encoder uses; encoders that are in use are freed when they are closed. */
  @Override
  void close();
}
