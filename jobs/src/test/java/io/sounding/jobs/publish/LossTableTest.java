package io.sounding.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossTableTest {
  @TempDir Path folder;

  @Test
  void stepsAndLossesAreReadFromTheirColumns() throws IOException {
    String text = "step,loss\n0,6.908\n400,2.5e0\n";
    assertThat(LossTable.read(csv(text)))
        .hasSize(2)
        .containsEntry(0L, 6.908)
        .containsEntry(400L, 2.5);
  }

  @Test
  void orderQuotesBlanksOtherColumnsAndAByteOrderMarkDoNotMatter() throws IOException {
    String text =
        "\uFEFF\"note\", Loss ,STEP\r\n\r\n\"a, \"\"b\"\"\nnext line\", \"1.5\" ,20\r\n,,5\r\n  \r\n,-.5,10.0\r\n";
    assertThat(LossTable.read(csv(text)))
        .containsExactly(Map.entry(10L, -0.5), Map.entry(20L, 1.5));
  }

  @Test
  void aLossMayBeNoFiniteNumber() throws IOException {
    String text = "step,loss\n1,nan\n2,NaN\n3,inf\n4,-Inf\n5,+Infinity\n6,1e999\n";
    assertThat(LossTable.read(csv(text)).values())
        .containsExactly(
            Double.NaN,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY,
            Double.POSITIVE_INFINITY);
  }

  @Test
  void theSameRowTwiceIsNoContradiction() throws IOException {
    assertThat(LossTable.read(csv("step,loss\n1,2\n1,2.0\n"))).containsEntry(1L, 2.0).hasSize(1);
  }

  @Test
  void theTableCannotBeChanged() throws IOException {
    Map<Long, Double> losses = LossTable.read(csv("step,loss\n1,2\n"));
    assertThatThrownBy(() -> losses.put(2L, 1.0)).isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "step,loss/1,2/x,3 | line 3 has the step \"x\", not a whole number",
        "step,loss//1.5,3 | line 3 has the step \"1.5\", not a whole number",
        "step,loss/-1,3 | line 2 has the step \"-1\", not a whole number",
        "step,loss/9223372036854775808,3 | line 2 has the step \"9223372036854775808\"",
        "step,loss/1e999999999,3 | line 2 has the step \"1e999999999\"",
        "step,loss/1e99999999999,3 | line 2 has the step \"1e99999999999\"",
        "loss,step/3 | line 2 has the step \"\", not a whole number",
        "step,loss/1,low | line 2 has the loss \"low\", not a number",
        "step,loss/1,0x1p3 | line 2 has the loss \"0x1p3\", not a number",
        "step,loss/1,2/1,3 | line 3 gives step 1 a second loss, 3.0 after 2.0",
        "step,note,loss/1,\"a/b\",2/3,,x | line 4 has the loss \"x\"",
        "step;loss/1;2 | has no step column in its header step;loss; give it the header",
        "step,value/1,2 | has no loss column in its header step,value",
        "step,loss,loss/1,2,3 | has more than one loss column in its header",
        "step,loss/1,\"2 | is not CSV at line 2",
        "' ' | is empty; give it the header step,loss."
      })
  void whatCannotBeUsedIsRefusedWithFileAndLine(String text, String sentence) throws IOException {
    Path path = csv(text.replace('/', '\n'));
    assertThatThrownBy(() -> LossTable.read(path))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(sentence)
        .hasMessageEndingWith(".");
  }

  @Test
  void aFileThatCannotBeReadIsRefused() throws IOException {
    Path missing = folder.resolve("missing.csv");
    assertThatThrownBy(() -> LossTable.read(missing))
        .isInstanceOf(UnusableInputException.class)
        .hasMessage(missing + ": does not exist; check the path.");
    Path binary = Files.write(folder.resolve("binary.csv"), new byte[] {-1, -2, -3});
    assertThatThrownBy(() -> LossTable.read(binary))
        .isInstanceOf(UnusableInputException.class)
        .hasMessage(binary + ": is not text in UTF-8; save it as UTF-8.");
    assertThatThrownBy(() -> LossTable.read(folder))
        .isInstanceOf(UnusableInputException.class)
        .hasMessageContaining("cannot be read");
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("losses.csv"), text);
  }
}
