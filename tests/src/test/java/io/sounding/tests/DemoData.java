package io.sounding.tests;

import java.nio.file.Files;
import java.nio.file.Path;

/** The corpus and the training runs that come with the project. */
public final class DemoData {

  private DemoData() {}

  /** The folder {@code jobs/demo}, from wherever the tests run. */
  public static Path folder() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path demo = at.resolve("jobs").resolve("demo");
      if (Files.isDirectory(demo)) {
        return demo;
      }
    }
    throw new AssertionError("The folder jobs/demo was not found above the working directory.");
  }

  public static Path audio() {
    return folder().resolve("audio");
  }

  public static Path checkpoint(String run, int step) {
    return folder().resolve("runs").resolve(run).resolve("step%05d.onnx".formatted(step));
  }
}
