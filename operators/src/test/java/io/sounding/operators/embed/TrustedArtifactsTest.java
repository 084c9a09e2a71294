package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedArtifactsTest {

  @TempDir Path folder;

  /** What is opened for a URI, or the words with which it is refused. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          file:///data/models        | file:///data/models/step1.pt          | file:/data/models/step1.pt
          file:///data/models/       | file:/data/models/a/b/step1.pt        | file:/data/models/a/b/step1.pt
          /data/models               | file:///data/models/step1.pt          | file:/data/models/step1.pt
          file:///data/models        | /data/models/step1.pt                 | file:/data/models/step1.pt
          file:///data/models        | FILE:///data/models/step1.pt          | file:/data/models/step1.pt
          File:///data/models        | file:///data//models///step1.pt       | file:/data/models/step1.pt
          file:///data/models/a.pt   | file:///data/models/a.pt              | file:/data/models/a.pt
          file:///                   | file:///etc/step1.pt                  | file:/etc/step1.pt
          file:///data/models        | file:///data/models/50%/100%20x#?.pt  | file:/data/models/50%/100%20x#?.pt
          file:///data/models        | file:///data/models/../models/x.pt    | file:/data/models/x.pt
          file:///data/models        | file:///data/models/%2e%2e/x.pt       | file:/data/models/%2e%2e/x.pt
          file:///data/models        | file:///data/models/a@b/x.pt          | file:/data/models/a@b/x.pt
          s3://bucket/checkpoints/   | s3://bucket/checkpoints/run/step1.pt  | s3://bucket/checkpoints/run/step1.pt
          s3://bucket                | S3://bucket/step1.pt                  | s3://bucket/step1.pt
          hdfs:///models             | hdfs:///models/step1.pt               | hdfs:/models/step1.pt
          file:///data/models        | file:///data/models-evil/x.pt         | does not lie below
          file:///data/models/       | file:///data/models-evil/x.pt         | does not lie below
          file:///data/models        | file:///data/model                    | does not lie below
          file:///data/models        | file:///data/Models/x.pt              | does not lie below
          file:///data/models/a.pt   | file:///data/models/a.pt2             | does not lie below
          file:///data/models        | file:///data/models/../secret/x.pt    | does not lie below
          file:///data/models        | file:///data/models/./../../x.pt      | does not lie below
          file:///data/models        | /data/secret.pt                       | does not lie below
          file:///data/models        | hdfs:///data/models/x.pt              | does not lie below
          file:///data/models        | s3://data/models/x.pt                 | does not lie below
          s3://bucket/checkpoints/   | s3a://bucket/checkpoints/x.pt         | does not lie below
          s3://bucket/checkpoints/   | s3://bucket/checkpoints-evil/x.pt     | does not lie below
          s3://bucket/checkpoints/   | s3://bucket/checkpoints/../x.pt       | does not lie below
          s3://bucket/               | s3://bucket-evil/x.pt                 | does not lie below
          s3://bucket/               | s3://BUCKET/x.pt                      | does not lie below
          s3://bucket/               | s3://bucket:443/x.pt                  | does not lie below
          s3://bucket/               | s3:///bucket/x.pt                     | does not lie below
          s3://bucket/checkpoints/   | file:///bucket/checkpoints/x.pt       | does not lie below
          s3://bucket/checkpoints/   | s3://bucket/checkpoints/%2e%2e/x.pt   | as a percent code
          s3://bucket/checkpoints/   | s3://bucket/checkpoints/%2E./x.pt     | as a percent code
          s3://bucket/checkpoints/   | s3://bucket/checkpoints/..%2fx.pt     | as a percent code
          s3://bucket/checkpoints/   | s3://bucket/checkpoints/%252e%252e/x.pt | as a percent code
          s3://bucket/checkpoints/   | s3://bucket/checkpoints/..%5c..%5cx   | as a percent code
          file:///data/models        | file:///data/models/..\\..\\x.pt      | holds a backslash
          file:///data/models        | file://data/models/x.pt               | does not say where
          file:///data/models        | file://localhost/data/models/x.pt     | does not say where
          file:///data/models        | models/x.pt                           | does not say where
          file:///                   | file:///../x.pt                       | does not say where
          s3://bucket/               | s3://bucket/../x.pt                   | does not say where
          s3://bucket/               | s3:bucket/x.pt                        | is no URI
          file:///data/models        | ://                                   | is no URI
          """)
  void onlyWhatLiesBelowAPrefixIsLocated(String prefix, String uri, String expected) {
    assertThat(located(TrustedArtifacts.of(List.of(prefix)), uri)).contains(expected);
  }

  private static String located(TrustedArtifacts trusted, String uri) {
    try {
      return trusted.locate(uri, null, Artifact.TORCHSCRIPT).toString();
    } catch (EncodingException e) {
      assertThat(e).hasMessageEndingWith(".");
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://user:pa55word@bucket/x.pt", "s3://pa55word@bucket/x.pt"})
  void userInformationIsRefusedAndNotRepeated(String uri) {
    for (String prefix : List.of("s3://bucket/", "s3://", uri)) {
      assertThatThrownBy(
              () -> TrustedArtifacts.of(List.of(prefix)).locate(uri, null, Artifact.TORCHSCRIPT))
          .hasMessageContaining("carries a user name or a password")
          .hasMessageNotContaining("pa55word");
    }
  }

  @Test
  void controlCharactersAreRefused() {
    TrustedArtifacts all = TrustedArtifacts.of(List.of("/"));
    for (char control : new char[] {0, '\n', '\r', '\t', 127}) {
      assertThat(located(all, "/data/a" + control + "b.pt")).contains("a control character");
    }
  }

  @Test
  void withoutAPrefixEverythingIsRefusedWithTheOptionsName() {
    assertThatThrownBy(
            () ->
                TrustedArtifacts.NONE.locate(
                    "file:///data/x.pt", "0".repeat(64), Artifact.TORCHSCRIPT))
        .isInstanceOf(EncodingException.class)
        .hasMessageStartingWith("The model file file:/data/x.pt is not fetched")
        .hasMessageContaining("Start it with --models-from");
  }

  @Test
  void oneOfSeveralPrefixesIsEnoughAndARefusalNamesSomeOfThem() throws Exception {
    TrustedArtifacts trusted =
        TrustedArtifacts.of(List.of("/a", "/b", "/c", "/d", "/e", "/f", "s3://g/"));
    assertThat(trusted.locate("s3://g/x.pt", null, Artifact.TORCHSCRIPT))
        .hasToString("s3://g/x.pt");
    assertThat(trusted.locate("/a/x.pt", null, Artifact.TORCHSCRIPT)).hasToString("file:/a/x.pt");
    assertThat(located(trusted, "/g/x.pt")).contains("below /a, /b, /c, /d, /e and 2 more.");
  }

  @Test
  void aDigestCanBeRequired() throws Exception {
    TrustedArtifacts trusted = TrustedArtifacts.of(List.of("/data")).requiringSha256();
    assertThat(trusted.locate("/data/x.pt", "0".repeat(64), Artifact.TORCHSCRIPT))
        .hasToString("file:/data/x.pt");
    assertThatThrownBy(() -> trusted.locate("/data/x.pt", null, Artifact.TORCHSCRIPT))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("file:/data/x.pt gives no modelSha256")
        .hasMessageContaining("--require-sha256");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "models", "file://data", "s3:x", "s3://b/%2e%2e", "/a\\b", "/.."})
  void aPrefixThatCannotBeMeantIsRefused(String prefix) {
    assertThatThrownBy(() -> TrustedArtifacts.of(List.of(prefix)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("A prefix of trusted model files: ");
  }

  @Test
  void itTravelsWithTheJob() throws Exception {
    TrustedArtifacts trusted = TrustedArtifacts.of(List.of("/a", "s3://b/c")).requiringSha256();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(trusted);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(trusted);
    }
  }

  @BeforeEach
  void layOutFiles() throws Exception {
    Files.createDirectories(folder.resolve("trusted/run"));
    Files.createDirectories(folder.resolve("secret"));
    Files.writeString(folder.resolve("trusted/run/step1.pt"), "a model");
    Files.writeString(folder.resolve("secret/step1.pt"), "a secret");
    link("trusted/last.pt", "run/step1.pt");
    link("trusted/out.pt", "../secret/step1.pt");
    link("trusted/absolute.pt", folder.resolve("secret/step1.pt").toString());
    link("trusted/folder", "../secret");
    link("trusted/twice.pt", "out.pt");
    link("trusted/loop.pt", "loop.pt");
    link("trusted/dangling.pt", "missing.pt");
    link("alias", "trusted");
  }

  private void link(String name, String target) throws Exception {
    Files.createSymbolicLink(folder.resolve(name), Path.of(target));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          trusted              | trusted/run/step1.pt      | trusted/run/step1.pt
          trusted              | trusted/last.pt           | trusted/run/step1.pt
          alias                | alias/last.pt             | trusted/run/step1.pt
          trusted/out.pt       | trusted/out.pt            | secret/step1.pt
          trusted secret       | trusted/out.pt            | secret/step1.pt
          trusted missing      | trusted/folder/../last.pt | trusted/run/step1.pt
          trusted              | trusted/out.pt            | a symbolic link leads it out
          trusted              | trusted/absolute.pt       | a symbolic link leads it out
          trusted              | trusted/folder/step1.pt   | a symbolic link leads it out
          trusted              | trusted/twice.pt          | a symbolic link leads it out
          trusted/run          | trusted/last.pt           | does not lie below
          trusted              | alias/last.pt             | does not lie below
          trusted              | trusted/%2e%2e/secret/step1.pt | NoSuchFileException
          trusted              | trusted/loop.pt           | FileSystemException
          trusted              | trusted/dangling.pt       | NoSuchFileException
          """)
  void linksAreFollowedButNotOutOfWhatIsTrusted(String prefixes, String name, String expected)
      throws Exception {
    TrustedArtifacts trusted =
        TrustedArtifacts.of(
            List.of(prefixes.split(" ")).stream().map(p -> folder + "/" + p).toList());
    String opened;
    try {
      opened =
          trusted
              .followed(trusted.locate(folder + "/" + name, null, Artifact.TORCHSCRIPT))
              .getPath();
    } catch (EncodingException | java.io.IOException e) {
      opened = e.toString();
    }
    assertThat(opened.replace(folder.toRealPath() + "/", "")).contains(expected);
  }

  /** Half a surrogate pair stands for a letter that the locale's encoding lacks. */
  @Test
  void aNameThatTheLocaleCannotWriteConcernsNoOtherFile() throws Exception {
    String unwritable = folder + "/trusted/\uD800.pt";
    TrustedArtifacts trusted = TrustedArtifacts.of(List.of(unwritable, folder + "/trusted/run"));
    assertThat(followed(trusted, folder + "/trusted/run/step1.pt")).endsWith("run/step1.pt");
    assertThatThrownBy(() -> followed(trusted, unwritable))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("does not have all letters of its name. Start the process with LC_");
  }

  private static String followed(TrustedArtifacts trusted, String uri) throws Exception {
    return trusted.followed(trusted.locate(uri, null, Artifact.TORCHSCRIPT)).getPath();
  }
}
