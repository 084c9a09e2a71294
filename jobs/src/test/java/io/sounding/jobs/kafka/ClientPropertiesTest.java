package io.sounding.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientPropertiesTest {

  @TempDir Path folder;

  private Path file(String content) throws Exception {
    return Files.writeString(folder.resolve("kafka.properties"), content);
  }

  @Test
  void withoutAFileThereAreNone() {
    assertThat(ClientProperties.read(null)).isEmpty();
  }

  @Test
  void settingsAreReadAndNamedSecretsLeftAsTheyAre() throws Exception {
    Path file = file("sasl.mechanism = PLAIN\nssl.key.password=${file:/run/secrets/x:key}\n");
    assertThat(ClientProperties.read(file))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("sasl.mechanism", "PLAIN", "ssl.key.password", "${file:/run/secrets/x:key}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bootstrap.servers",
        "group.id",
        "isolation.level",
        "auto.offset.reset",
        "transactional.id",
        "enable.idempotence",
        "acks"
      })
  void whatTheJobDecidesIsRefused(String key) throws Exception {
    Path file = file("ssl.key.password=pa55word\n" + key + "=0\n");
    assertThatThrownBy(() -> ClientProperties.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file + " set " + key)
        .hasMessageNotContaining("pa55word");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws Exception {
    Path missing = folder.resolve("missing.properties");
    assertThatThrownBy(() -> ClientProperties.read(missing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(missing + " cannot be read");
    Path malformed = file("ssl.key.password=pa55word\\u00zz\n");
    assertThatThrownBy(() -> ClientProperties.read(malformed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(malformed + " cannot be read")
        .hasMessageNotContaining("pa55word");
  }
}
