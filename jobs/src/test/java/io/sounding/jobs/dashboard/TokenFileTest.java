package io.sounding.jobs.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {

  @TempDir private Path folder;

  @Test
  void itsOneLineIsTheToken() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "0123456789abcdef\n");

    assertThat(TokenFile.read(file).token()).isEqualTo("0123456789abcdef");
    assertThat(TokenFile.read(file).toString()).doesNotContain("0123456789");
  }

  @ParameterizedTest
  @CsvSource({"15, false", "16, true", "512, true", "513, false", "1024, false"})
  void aTokenHasALengthBetweenBounds(int length, boolean taken) throws Exception {
    String token = "!~".repeat(512).substring(0, length);
    Path file = Files.writeString(folder.resolve("token"), token);

    if (taken) {
      assertThat(TokenFile.read(file).token()).isEqualTo(token);
    } else {
      assertThatThrownBy(() -> TokenFile.read(file)).hasMessageNotContaining("!~");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "short",
        "two words of some length",
        "deleted\u007fof some length",
        "two\nlines of some length",
        "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
      })
  void whatIsNoGoodTokenIsRefusedWithoutRepeatingIt(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("token"), content);

    assertThatThrownBy(() -> TokenFile.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16 to 512 characters")
        .hasMessageNotContaining("of some length");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> TokenFile.read(folder.resolve("none")))
        .hasMessageContaining("none cannot be read");
  }

  @Test
  void whetherOthersCanReadItIsKnown() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "0123456789abcdef\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(TokenFile.read(file).isOpenToOthers()).isFalse();

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(TokenFile.read(file).isOpenToOthers()).isTrue();
  }
}
