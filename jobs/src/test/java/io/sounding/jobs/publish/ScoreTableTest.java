package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreTableTest {
  @TempDir private Path folder;

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("scores.csv"), text);
  }

  @Test
  void scoresAreReadFromTheirColumnsInTheirOrder() throws IOException {
    assertThat(
            ScoreTable.read(
                csv(
                    "task,note,Value,step\nasr-wer,x,7.3,400\npr,,,400\nasr-wer,,8,200\nasr-wer,,8.0,200\n")))
        .containsExactly(
            new ScoreTable.Score(400, "asr-wer", 7.3), new ScoreTable.Score(200, "asr-wer", 8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "step,task,value/1,wer,nan | line 2 has the value NaN, not a finite number",
        "step,task,value/1,wer,-inf | line 2 has the value -Infinity, not a finite number",
        "step,task,value/1,wer,low | line 2 has the value \"low\", not a number",
        "step,task,value/1.5,wer,2 | line 2 has the step \"1.5\", not a whole number",
        "step,task,value/1,,2 | line 2 names no task",
        "step,task,value/1,wer,2/1,wer,3 | line 3 gives step 1 a second value of wer, 3.0 after 2.0",
        "step,value/1,2 | has no task column in its header step,value; give it the header step,task,value",
        "step,task,value | holds no score; give it rows below its header."
      })
  void whatCannotBeUsedIsRefusedWithFileAndLine(String text, String sentence) throws IOException {
    Path path = csv(text.replace('/', '\n'));
    assertThatThrownBy(() -> ScoreTable.read(path))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(sentence);
  }
}
