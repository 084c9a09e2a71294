package io.sounding.tests.speed.throughput;

import io.sounding.schemas.CheckpointEvent;
import io.sounding.schemas.ModelFormat;
import io.sounding.schemas.SingleObjectCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The encoders by name, as files below the folder of work; they are made when they are missing. */
final class Encoders {

  /** Steps of the demo's healthy run. */
  private static final List<Integer> DEMO_STEPS =
      List.of(0, 25, 50, 100, 200, 400, 800, 1_200, 1_600, 2_400, 3_200);

  private final Path folder;
  private final Path export;

  /**
   * Encoders below {@code work}, exported by the script of {@code scripts}.
   *
   * @param scripts the folder tests/speed
   */
  Encoders(Path work, Path scripts) {
    folder = work.resolve("models").toAbsolutePath();
    export = scripts.resolve("export_encoder.py");
  }

  /** Below it lie all files of checkpoints. */
  Path folder() {
    return folder;
  }

  /** The model file of an encoder, named as {@link EncoderName} says. */
  Path file(String words) throws IOException {
    EncoderName name = EncoderName.of(words);
    if (name.geometry().equals("demo") && !name.gpu()) {
      return demo(3_200);
    }
    String geometry = name.plainGeometry();
    Path file =
        name.isTorchScript()
            ? folder.resolve(geometry + "-torchscript").resolve("step00000.pt")
            : folder.resolve(geometry).resolve("step00000.onnx");
    if (!Files.exists(file)) {
      export(geometry, name.isTorchScript() ? "torchscript" : "onnx", file);
    }
    return file;
  }

  private Path demo(int step) {
    return export.resolveSibling("../../jobs/demo/runs/healthy/step%05d.onnx".formatted(step));
  }

  private void export(String geometry, String format, Path file) throws IOException {
    Path making = Files.createDirectories(folder.resolve(geometry + ".making"));
    Process python =
        new ProcessBuilder(
                System.getenv().getOrDefault("PYTHON", "/usr/bin/python3"),
                export.toString(),
                making.toString(),
                geometry,
                format)
            .inheritIO()
            .start();
    try {
      if (python.waitFor() != 0) {
        throw new IOException("The encoder " + geometry + " could not be exported: see above.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("The export was interrupted.", e);
    }
    Files.createDirectories(file.getParent());
    Files.move(making.resolve(file.getFileName()), file);
    Files.delete(making);
  }

  /**
   * So many checkpoints of a run, each with a file of its own.
   *
   * @param layers indices of the outputs that are evaluated; null: all
   */
  List<CheckpointEvent> checkpoints(
      String encoder, String runId, String corpusId, int count, List<Integer> layers)
      throws IOException {
    EncoderName name = EncoderName.of(encoder);
    boolean ofDemo = name.geometry().equals("demo") && !name.gpu();
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path source = ofDemo ? demo(DEMO_STEPS.get(i % DEMO_STEPS.size())) : file(encoder);
      files.add(copy(source, name.plainGeometry(), i));
    }
    return events(files, runId, corpusId, layers);
  }

  /**
   * The same of models that wait.
   *
   * @param realTimes audio seconds per second
   * @param dimension of a frame
   */
  List<CheckpointEvent> waiting(
      String runId, String corpusId, int count, double realTimes, int dimension)
      throws IOException {
    Path own = Files.createDirectories(folder.resolve("waiting-" + (long) realTimes));
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path file = own.resolve("step%05d.onnx".formatted(i));
      Files.writeString(file, "%s %d %d%n".formatted(realTimes, dimension, i));
      files.add(file);
    }
    return events(files, runId, corpusId, null);
  }

  /** A link takes no space; another file system needs a copy. */
  private Path copy(Path source, String encoder, int index) throws IOException {
    String name = source.getFileName().toString();
    Path own = Files.createDirectories(folder.resolve(encoder + "-checkpoints"));
    Path copy = own.resolve("step%05d%s".formatted(index, name.substring(name.indexOf('.'))));
    if (!Files.exists(copy)) {
      try {
        Files.createLink(copy, source);
      } catch (IOException | UnsupportedOperationException otherFileSystem) {
        Files.copy(source, copy);
      }
    }
    return copy;
  }

  private static List<CheckpointEvent> events(
      List<Path> files, String runId, String corpusId, List<Integer> layers) throws IOException {
    SingleObjectCodec.initialise();
    List<CheckpointEvent> events = new ArrayList<>();
    for (Path file : files) {
      events.add(
          CheckpointEvent.newBuilder()
              .setRunId(runId)
              .setCheckpointId("checkpoint-" + events.size())
              .setStep(events.size())
              .setCorpusId(corpusId)
              .setModelUri(file.toUri().toString())
              .setModelFormat(
                  file.toString().endsWith(".onnx") ? ModelFormat.ONNX : ModelFormat.TORCHSCRIPT)
              .setModelSha256(sha256(file))
              .setLayers(layers)
              .setPublishedAt(Instant.EPOCH)
              .build());
    }
    return events;
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
