package io.sounding.operators.embed;

import io.sounding.schemas.ModelFormat;

/** Kinds of files that a checkpoint event names. */
enum Artifact {
  TORCHSCRIPT("model file", "modelSha256", ".pt"),
  ONNX("model file", "modelSha256", ".onnx"),
  WEIGHTS("file of weights", "weightsSha256", ".safetensors");

  private final String noun;
  private final String digestField;
  private final String extension;

  Artifact(String noun, String digestField, String extension) {
    this.noun = noun;
    this.digestField = digestField;
    this.extension = extension;
  }

  /** The model file of this format. */
  static Artifact of(ModelFormat format) {
    return format == ModelFormat.ONNX ? ONNX : TORCHSCRIPT;
  }

  /** What messages call it. */
  String noun() {
    return noun;
  }

  /** The field of the event that gives its SHA-256. */
  String digestField() {
    return digestField;
  }

  /** Extension of its local copies. */
  String extension() {
    return extension;
  }
}
