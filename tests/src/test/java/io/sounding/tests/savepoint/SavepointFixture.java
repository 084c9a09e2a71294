package io.sounding.tests.savepoint;

import io.sounding.schemas.MetricEvent;
import io.sounding.schemas.MetricStatus;
import io.sounding.tests.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;

/**
 * A savepoint that was taken in the middle of the work, with all that is needed to go on from it:
 * the records of both topics, of which the savepoint's job had read a part, and the models by their
 * digests.
 *
 * @param folder where it lies
 */
record SavepointFixture(Path folder) {

  /**
   * Texts that lie in one file of a savepoint while a shard of step 2 is under way, and only then:
   * what its progress means, and the mark of the summary so far.
   */
  private static final List<String> UNDER_WAY =
      List.of("step2\nwhole\n0 StatisticsSettings[", "SNDG");

  private static final int MOST_ATTEMPTS = 5;

  /** Writes a fixture of this version to the folder that is named, which must not exist yet. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    Files.createDirectory(folder);
    Path work = Files.createTempDirectory("savepoint-fixture-");
    try {
      take(folder, work);
    } finally {
      FileUtils.deleteDirectory(work.toFile());
    }
    System.out.println("Wrote " + folder);
  }

  Path savepoint() {
    return folder.resolve("savepoint");
  }

  Path models() {
    return folder.resolve("models");
  }

  List<InputRecord> records() throws IOException {
    return InputRecord.read(folder.resolve("input.records"));
  }

  /**
   * Takes a savepoint when step 1 is done, one shard of step 2 is merged, and another is under way;
   * a busy machine may need several attempts to meet that moment.
   */
  static SavepointFixture take(Path folder, Path work) throws Exception {
    SavepointFixture fixture = new SavepointFixture(folder);
    Path exported = modelsOfTheOperators();
    Files.createDirectories(fixture.models());
    for (String name : Scenario.MODELS) {
      byte[] model = Files.readAllBytes(exported.resolve(name));
      String extension = name.substring(name.indexOf('.'));
      Files.write(fixture.models().resolve(Scenario.sha256(model) + extension), model);
    }
    Scenario scenario = new Scenario(exported);
    for (int attempt = 1; ; attempt++) {
      Path taken = attempt(scenario, fixture.models(), work.resolve("attempt" + attempt));
      if (taken != null) {
        FileUtils.copy(
            new org.apache.flink.core.fs.Path(taken.toUri()),
            new org.apache.flink.core.fs.Path(fixture.savepoint().toUri()),
            false);
        break;
      }
      if (attempt == MOST_ATTEMPTS) {
        throw new AssertionError(
            "In none of %d attempts was a savepoint taken while a shard was under way."
                .formatted(attempt));
      }
    }
    List<InputRecord> records = new ArrayList<>(scenario.first());
    records.addAll(scenario.second());
    records.addAll(scenario.rest());
    InputRecord.write(records, folder.resolve("input.records"));
    return fixture;
  }

  /** The savepoint, or null if it came too late. */
  private static Path attempt(Scenario scenario, Path models, Path work) throws Exception {
    try (RestorableJob job = new RestorableJob(work)) {
      job.start(job.environment(models, 1, null));
      job.publish(scenario.first());
      Await.until("step 1 is done", () -> has(job, MetricStatus.FINAL, "step1"));
      job.publish(scenario.second());
      Await.until("a shard of step 2 is merged", () -> has(job, MetricStatus.PARTIAL, "step2"));
      Path taken = job.savepoint(work.resolve("savepoints"));
      return holds(taken, UNDER_WAY) ? taken : null;
    }
  }

  private static boolean has(RestorableJob job, MetricStatus status, String checkpointId)
      throws Exception {
    for (MetricEvent event : job.events()) {
      if (event.getStatus() == status && event.getCheckpointId().equals(checkpointId)) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(Path folder, List<String> texts) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (texts.stream().allMatch(content::contains)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Path modelsOfTheOperators() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path models = at.resolve("operators/src/test/resources/models");
      if (Files.isDirectory(models)) {
        return models;
      }
    }
    throw new AssertionError("operators/src/test/resources/models was not found above.");
  }
}
