package io.sounding.jobs.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * What a JSON file beside a checkpoint says of it: {@code step} (or {@code global_step}) and {@code
 * loss} (or {@code train_loss}, {@code training_loss}) of an object in {@code FILE.json}, or in the
 * file whose ending is {@code .json} instead of the checkpoint's.
 *
 * @param step training step; null: not said
 * @param loss training loss, NaN allowed; null: not said
 */
record Sidecar(Long step, Double loss) {

  /** The file of that name in a checkpoint's folder is the state of Hugging Face's Trainer. */
  static final String TRAINER_STATE = "trainer_state.json";

  /** A Trainer's state of 100,000 logged losses has 20 MB. */
  private static final long MOST_BYTES = 256L << 20;

  private static final List<String> STEPS = List.of("step", "global_step");
  private static final List<String> LOSSES = List.of("loss", "train_loss", "training_loss");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // Python writes NaN and Infinity
          .build();

  /** The files that may stand beside a checkpoint, whether they are there or not. */
  private static List<Path> files(Path checkpoint) {
    String name = checkpoint.getFileName().toString();
    String stem = name.substring(0, name.lastIndexOf('.'));
    return List.of(
        checkpoint.resolveSibling(name + ".json"), checkpoint.resolveSibling(stem + ".json"));
  }

  /**
   * Reads the first that is there; says nothing if none is.
   *
   * @throws UnusableInputException if it is no JSON, or its step or loss is no number
   */
  static Sidecar of(Path checkpoint) throws UnusableInputException {
    for (Path file : files(checkpoint)) {
      JsonNode object = read(file);
      if (object != null) {
        JsonNode step = first(object, STEPS);
        JsonNode loss = first(object, LOSSES);
        if (step != null && !isStep(step)) {
          throw unusable(file, "step", step);
        } else if (loss != null && !loss.isNumber()) {
          throw unusable(file, "loss", loss);
        }
        return new Sidecar(
            step == null ? null : Long.valueOf(step.asLong()),
            loss == null ? null : Double.valueOf(loss.asDouble()));
      }
    }
    return new Sidecar(null, null);
  }

  private static boolean isStep(JsonNode step) {
    return step.canConvertToLong()
        && step.asLong() >= 0
        && (step.isIntegralNumber() || step.asDouble() == step.asLong());
  }

  /**
   * What the state of Hugging Face's Trainer in the same folder says: its step, and the last loss
   * that was logged up to {@code knownStep}, or to its own step if that is null. The step of a
   * state that was written before {@code knownStep} was reached says nothing of it.
   *
   * @throws UnusableInputException if it is no JSON
   */
  static Sidecar ofTrainer(Path checkpoint, Long knownStep) throws UnusableInputException {
    JsonNode state = read(checkpoint.resolveSibling(TRAINER_STATE));
    JsonNode reached = state == null ? null : state.get("global_step");
    if (reached == null || !reached.canConvertToLong()) {
      return new Sidecar(null, null);
    }
    long step = knownStep == null ? reached.asLong() : knownStep;
    Double loss = null;
    for (JsonNode entry : state.path("log_history")) {
      JsonNode value = entry.get("loss");
      if (value != null
          && value.isNumber()
          && reached.asLong() >= step
          && entry.path("step").asLong(Long.MAX_VALUE) <= step) {
        loss = value.asDouble();
      }
    }
    return new Sidecar(reached.asLong(), loss);
  }

  /** Whether the Trainer's state lies in the same folder. */
  static boolean hasTrainerState(Path checkpoint) {
    return Files.exists(checkpoint.resolveSibling(TRAINER_STATE));
  }

  private static JsonNode first(JsonNode object, List<String> names) {
    return names.stream()
        .map(object::get)
        .filter(value -> value != null && !value.isNull())
        .findFirst()
        .orElse(null);
  }

  /** The object in the file; null if there is no such file, or no object in it. */
  private static JsonNode read(Path file) throws UnusableInputException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile() || attributes.size() > MOST_BYTES) { // a pipe has no end
        throw new UnusableInputException(
            file, "is no file, or has more than %d bytes".formatted(MOST_BYTES), "take it away");
      }
      JsonNode node = JSON.readTree(Files.readAllBytes(file));
      return node.isObject() ? node : null;
    } catch (NoSuchFileException e) {
      return null;
    } catch (JsonProcessingException e) {
      throw new UnusableInputException(
          file, "is not JSON (" + e.getOriginalMessage() + ")", "correct or delete it", e);
    } catch (IOException e) {
      throw UnusableInputException.unreadable(file, e);
    }
  }

  private static UnusableInputException unusable(Path file, String field, JsonNode value) {
    return new UnusableInputException(
        file, "gives the %s %s, not a number".formatted(field, value), "correct it");
  }
}
