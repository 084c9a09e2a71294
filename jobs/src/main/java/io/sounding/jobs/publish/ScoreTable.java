package io.sounding.jobs.publish;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Downstream scores from a CSV file whose header names the columns {@code step}, {@code task} and
 * {@code value}; the form is that of {@link LossTable}. Rows whose value is blank are passed over.
 */
public final class ScoreTable {

  /**
   * A score.
   *
   * @param step training step of the checkpoint, at least 0
   * @param task the task and its measure, for example asr-wer
   * @param value the score, in the task's unit; finite
   */
  public record Score(long step, String task, double value) {}

  private ScoreTable() {}

  /**
   * Reads the file.
   *
   * @return the scores in the order of the file, each step and task once
   * @throws UnusableInputException when the file cannot be read, is not CSV, lacks a column, has no
   *     score, or has a row whose step is no whole number, whose task is blank, whose value is not
   *     a finite number, or whose step and task were there before with another value
   */
  public static List<Score> read(Path file) throws UnusableInputException {
    List<Score> scores = new ArrayList<>();
    Map<String, Double> values = new HashMap<>();
    CsvRows.read(
        file,
        CsvRows.text(file),
        List.of("step", "task", "value"),
        row -> {
          if (row.text("value").isBlank()) {
            return;
          }
          Score score = new Score(row.step("step"), row.text("task"), row.number("value"));
          if (score.task().isBlank()) {
            throw row.unusable("names no task");
          } else if (!Double.isFinite(score.value())) {
            throw row.unusable("has the value %s, not a finite number".formatted(score.value()));
          }
          Double before = values.put(score.step() + " " + score.task(), score.value());
          if (before == null) {
            scores.add(score);
          } else if (before != score.value()) {
            throw row.unusable(
                "gives step %d a second value of %s, %s after %s"
                    .formatted(score.step(), score.task(), score.value(), before));
          }
        });
    if (scores.isEmpty()) {
      throw new UnusableInputException(file, "holds no score", "give it rows below its header");
    }
    return scores;
  }
}
