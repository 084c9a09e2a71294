package io.sounding.operators.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sounding.operators.Examples;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {

  /** Of 60 times the letter a: sha256sum (coreutils). */
  private static final String SHA256_OF_60 =
      "11ee391211c6256460b6ed375957fadd8061cafbb31daf967db875aebd5aaad4";

  @TempDir Path folder;

  private Path cache;
  private ModelFiles files;

  @BeforeEach
  void cache() {
    cache = folder.resolve("cache");
    files = files(ModelFolder.named(cache), 100, 100);
  }

  private ModelFiles files(ModelFolder in, long maxBytes, long maxModelBytes) {
    return new ModelFiles(
        in, maxBytes, maxModelBytes, TrustedArtifacts.of(List.of(folder.toString())));
  }

  private Path source(String name, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    Arrays.fill(content, (byte) name.charAt(0));
    return Files.write(folder.resolve(name), content);
  }

  private Path fetch(Path source) throws EncodingException {
    return files.fetch(source.toUri().toString(), null, Artifact.TORCHSCRIPT);
  }

  private List<Path> cached() throws IOException {
    try (Stream<Path> all = Files.walk(cache)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void aModelIsKeptUnderItsDigestWithItsBytes() throws Exception {
    Path source = source("a.pt", 60);
    String sha256 = Examples.sha256(Files.readAllBytes(source));
    Path local = files.fetch(source.toUri().toString(), sha256, Artifact.TORCHSCRIPT);
    assertThat(local).isEqualTo(cache.resolve(sha256 + ".pt"));
    assertThat(local).hasSameBinaryContentAs(source);
    assertThat(cached()).containsExactly(local);
  }

  @Test
  void theFormatDecidesTheExtension() throws Exception {
    Path source = source("a.onnx", 10);
    assertThat(files.fetch(source.toUri().toString(), null, Artifact.ONNX))
        .hasExtension("onnx")
        .hasSameBinaryContentAs(source);
  }

  @Test
  void aPathWithoutASchemeIsALocalFile() throws Exception {
    Path source = source("a.pt", 10);
    assertThat(files.fetch(source.toString(), null, Artifact.TORCHSCRIPT))
        .hasSameBinaryContentAs(source);
  }

  @Test
  void aKnownDigestIsNotFetchedAgain() throws Exception {
    Path source = source("a.pt", 60);
    Path local = fetch(source);
    Files.delete(source);
    assertThat(files.fetch(source.toUri().toString(), SHA256_OF_60, Artifact.TORCHSCRIPT))
        .isEqualTo(local);
  }

  @Test
  void aKeptFileThatWasChangedIsFetchedAgain() throws Exception {
    Path source = source("a.pt", 60);
    Path local = fetch(source);
    Files.writeString(local, "something else");
    assertThat(files.fetch(source.toUri().toString(), SHA256_OF_60, Artifact.TORCHSCRIPT))
        .isEqualTo(local)
        .hasSameBinaryContentAs(source);
  }

  /** As two task managers on one folder do that evaluate different checkpoints. */
  @Test
  void filesThatEvictEachOtherAreFetchedAgain() throws Exception {
    int bytes = 1 << 20;
    List<Callable<Integer>> readers = new ArrayList<>();
    for (String name : List.of("a.pt", "b.pt")) {
      Path source = source(name, bytes);
      String sha256 = Examples.sha256(Files.readAllBytes(source));
      ModelFiles small = files(ModelFolder.named(cache), bytes + 1, bytes + 1);
      readers.add(
          () -> {
            int fetched = 0;
            while (fetched < 100) {
              small.fetch(source.toUri().toString(), sha256, Artifact.TORCHSCRIPT);
              fetched++;
            }
            return fetched;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(readers.size());
    try {
      for (Future<Integer> fetched : threads.invokeAll(readers)) {
        assertThat(fetched.get()).isEqualTo(100);
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void aKeptFileIsNotGivenToAnEventThatNamesAFileThatIsNotTrusted() throws Exception {
    fetch(source("a.pt", 60));
    assertThatThrownBy(() -> files.fetch("/elsewhere/a.pt", SHA256_OF_60, Artifact.TORCHSCRIPT))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("/elsewhere/a.pt is not fetched");
  }

  @Test
  void aLinkThatLeadsOutIsRefusedAndNothingIsLeft() throws Exception {
    ModelFiles narrow =
        new ModelFiles(
            ModelFolder.named(cache),
            100,
            100,
            TrustedArtifacts.of(List.of(folder.resolve("trusted").toString())));
    Path link = Files.createDirectory(folder.resolve("trusted")).resolve("step1.pt");
    Files.createSymbolicLink(link, source("secret.pt", 60));
    assertThatThrownBy(() -> narrow.fetch(link.toString(), null, Artifact.TORCHSCRIPT))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("a symbolic link leads it out");
    assertThat(cached()).isEmpty();
  }

  @Test
  void anotherNumberOfBytesThanAnnouncedIsRefused() throws Exception {
    byte[] content = new byte[200_000];
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    assertThat(ModelFiles.copy(new ByteArrayInputStream(content), 200_000, whole, "x.pt"))
        .isEqualTo(Examples.sha256(content));
    assertThat(whole.toByteArray()).isEqualTo(content);

    ByteArrayOutputStream grown = new ByteArrayOutputStream();
    assertThatThrownBy(
            () -> ModelFiles.copy(new ByteArrayInputStream(content), 100_000, grown, "x.pt"))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("x.pt has more than the 100000 bytes");
    assertThat(grown.size()).isLessThanOrEqualTo(100_000);

    assertThatThrownBy(
            () ->
                ModelFiles.copy(
                    new ByteArrayInputStream(content),
                    200_001,
                    OutputStream.nullOutputStream(),
                    "x.pt"))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("x.pt has fewer than the 200001 bytes");
  }

  @Test
  void anotherDigestThanAskedForIsRefusedAndNothingIsLeft() throws Exception {
    Path source = source("a.pt", 60);
    assertThatThrownBy(
            () -> files.fetch(source.toUri().toString(), "0".repeat(64), Artifact.TORCHSCRIPT))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("a.pt has SHA-256 " + Examples.sha256(Files.readAllBytes(source)))
        .hasMessageContaining("its event says " + "0".repeat(64));
    assertThat(cached()).isEmpty();
  }

  @Test
  void whatCannotBeReadIsRefusedAndNothingIsLeft() throws Exception {
    for (String uri :
        List.of(
            folder.resolve("missing.pt").toUri().toString(),
            Files.createDirectory(folder.resolve("directory.pt")).toUri().toString(),
            "nosuchscheme://bucket/model.pt")) {
      assertThatThrownBy(() -> files.fetch(uri, null, Artifact.TORCHSCRIPT))
          .as(uri)
          .isInstanceOf(EncodingException.class)
          .hasMessageContaining(uri.substring(uri.lastIndexOf('/', uri.length() - 2)));
      assertThat(cached()).isEmpty();
    }
  }

  @Test
  void whatIsNoUriIsRefused() {
    for (String uri :
        List.of(
            "file://a b:c/%%%",
            ":", "s3:relative", "file:", "file://", " ", "\u0000", "x:y", "/dev/zero")) {
      assertThatThrownBy(() -> files.fetch(uri, null, Artifact.TORCHSCRIPT))
          .as(uri)
          .isInstanceOf(EncodingException.class);
    }
  }

  @Test
  void anEmptyFileAndOneLargerThanTheCacheAreRefusedBeforeTheyAreCopied() throws Exception {
    Path empty = source("empty.pt", 0);
    Path large = source("large.pt", 101);
    assertThatThrownBy(() -> fetch(empty))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("empty.pt has 0 bytes; it must have 1 to 100");
    assertThatThrownBy(() -> fetch(large))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("large.pt has 101 bytes");
    assertThat(cached()).isEmpty();
    assertThat(fetch(source("fits.pt", 100))).exists();
  }

  @Test
  void aFileLargerThanAModelMayBeIsRefusedAlsoWhenItIsInTheCache() throws Exception {
    Path source = source("huge.pt", 60);
    String sha256 = Examples.sha256(Files.readAllBytes(source));
    ModelFiles small = files(ModelFolder.named(cache), 100, 59);
    for (String digest : new String[] {null, sha256}) {
      assertThatThrownBy(() -> small.fetch(source.toUri().toString(), digest, Artifact.TORCHSCRIPT))
          .isInstanceOf(EncodingException.class)
          .hasMessageContaining("huge.pt has 60 bytes; at most 59 are loaded");
      fetch(source); // by someone whose models may be larger
    }
  }

  @Test
  void theLeastRecentlyUsedGoesFirst() throws Exception {
    Path a = source("a.pt", 40);
    Path first = fetch(a);
    Path second = fetch(source("b.pt", 40));
    age(first, 2);
    age(second, 1);
    fetch(a); // used again, so now the second is the oldest
    Path third = fetch(source("c.pt", 40));
    assertThat(cached()).containsExactlyInAnyOrder(first, third);
  }

  @Test
  void aPartialFileThatAKilledProcessLeftGoesAndOneThatIsBeingWrittenStays() throws Exception {
    Path left = Files.createFile(Files.createDirectories(cache).resolve("fetch-1.part"));
    Path written = Files.createFile(cache.resolve("fetch-2.part"));
    age(left, 2);
    Path local = fetch(source("a.pt", 40));
    assertThat(cached()).containsExactlyInAnyOrder(local, written);
  }

  @Test
  void nobodyElseMayWriteIntoTheFolderThatIsMade() throws Exception {
    fetch(source("a.pt", 40));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
        .isEqualTo("rwx------");
  }

  @Test
  void theNewestStaysEvenWhenItFillsTheCache() throws Exception {
    Path old = fetch(source("a.pt", 40));
    age(old, 1);
    Path newest = fetch(source("b.pt", 100));
    assertThat(cached()).containsExactly(newest);
  }

  @Test
  void onAFullDiskTheLeastRecentlyUsedMakeRoom() throws Exception {
    ModelFolder.Disk of150Bytes =
        () -> 150 - cached().stream().mapToLong(file -> file.toFile().length()).sum();
    files = files(new ModelFolder(cache, of150Bytes, false), 1_000, 100);
    Path oldest = fetch(source("a", 60));
    Path newer = fetch(source("b", 60));
    age(oldest, 2);
    age(newer, 1);
    Path newest = fetch(source("c", 60));
    assertThat(cached()).containsExactlyInAnyOrder(newer, newest);
  }

  private static void age(Path model, int hours) throws IOException {
    Files.setLastModifiedTime(model, FileTime.from(Instant.now().minusSeconds(3_600L * hours)));
  }

  @Test
  void aFolderThatOthersMayWriteToIsRefusedAmongOthers() throws Exception {
    Path source = source("a.pt", 60);
    ModelFiles guarded = files(ModelFolder.amongOthers(cache), 100, 100);
    guarded.fetch(source.toUri().toString(), null, Artifact.TORCHSCRIPT); // makes it

    Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(
            () -> guarded.fetch(source.toUri().toString(), SHA256_OF_60, Artifact.TORCHSCRIPT))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("others may write to it");
  }

  @Test
  void aLinkInTheFoldersPlaceIsRefusedAmongOthers() throws Exception {
    Path source = source("a.pt", 60);
    Files.createSymbolicLink(cache, Files.createDirectory(folder.resolve("elsewhere")));
    ModelFiles guarded = files(ModelFolder.amongOthers(cache), 100, 100);
    assertThatThrownBy(() -> guarded.fetch(source.toUri().toString(), null, Artifact.TORCHSCRIPT))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("is a link");
  }
}
