package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher, in a folder that looks built, with a Java that tells its locale and arguments. */
class LauncherTest {

  @TempDir private Path root;

  @BeforeEach
  void layOut() throws Exception {
    Path launcher = Path.of("").toAbsolutePath().resolveSibling("sounding");
    Files.copy(launcher, root.resolve("sounding"));
    Path target = Files.createDirectories(root.resolve("jobs/target"));
    Path jar = Files.createFile(target.resolve("sounding-jobs-1.jar"));
    Files.writeString(target.resolve("classpath.txt"), jar.toString());
    Files.createFile(target.resolve("launcher.built"));
    Path java = Files.createDirectories(root.resolve("jdk/bin")).resolve("java");
    script(java, "locale charmap; printf '%s\\n' \"$@\"");
    Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "xx_XX.UTF-8", "C.UTF-8"})
  void javaRunsInALocaleWhoseEncodingIsUtf8(String locale) throws Exception {
    assertThat(launched(root, "./sounding", Map.of("LC_ALL", locale))).startsWith("UTF-8\n");
  }

  /** The demo's data lies beside it. Where cd looks for folders is no matter. */
  @Test
  void fromAnyFolderItFindsItsOwn() throws Exception {
    Path elsewhere = Files.createDirectories(root.resolve("else where"));
    String home = "-Dsounding.home=" + root.toRealPath() + "\n";
    assertThat(launched(elsewhere, root.resolve("sounding").toString(), Map.of())).contains(home);
    assertThat(launched(elsewhere, "../sounding", Map.of("CDPATH", root.toString())))
        .contains(home);
  }

  /** It promises to run in 3 GB, also on machines of which half the memory is more. */
  @Test
  void theDemoIsGivenNoMoreMemoryThanItNeedsUnlessTheUserSaysSo() throws Exception {
    assertThat(launched(root, "./sounding", Map.of(), "demo").lines()).contains("-Xmx1536m");
    assertThat(launched(root, "./sounding", Map.of(), "--config", "evaluate", "demo").lines())
        .contains("-Xmx1536m");
    assertThat(launched(root, "./sounding", Map.of(), "--config=demo", "demo").lines())
        .contains("-Xmx1536m");
    assertThat(launched(root, "./sounding", Map.of(), "evaluate", "demo")).doesNotContain("-Xmx");
    assertThat(launched(root, "./sounding", Map.of(), "--config", "demo")).doesNotContain("-Xmx");
    assertThat(launched(root, "./sounding", Map.of(), "--config")).endsWith("--config\n");
    assertThat(launched(root, "./sounding", Map.of())).doesNotContain("-Xmx");
    assertThat(
            launched(root, "./sounding", Map.of("SOUNDING_JAVA_OPTIONS", "-Xmx4g"), "demo").lines())
        .containsSubsequence("-Xmx1536m", "-Xmx4g");
  }

  /** Java ends the process at once then, and has a shell say it. */
  @Test
  void whatToDoWhereTheHeapIsFullIsSaid() throws Exception {
    script(
        root.resolve("jdk/bin/java"),
        "for a; do case \"$a\" in -XX:OnOutOfMemoryError=*) /bin/sh -c \"${a#*=}\";; esac; done");
    launched(root, "./sounding", Map.of(), "evaluate");
    assertThat(root.resolve("errors"))
        .content()
        .startsWith("Sounding ended, as its Java heap is full: ")
        .contains("SOUNDING_JAVA_OPTIONS=-Xmx4g");
  }

  @Test
  void fromJava24OnWarningsOfWhatLibrariesDoAreOff() throws Exception {
    assertThat(launched(root, "./sounding", Map.of())).doesNotContain("unsafe");
    Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    assertThat(launched(root, "./sounding", Map.of()))
        .contains("--sun-misc-unsafe-memory-access=allow\n");
  }

  /** Its class path names jars of the folder that it was copied from. */
  @Test
  void aCopyOfABuiltFolderIsBuiltAnewAndOldJarsGo() throws Exception {
    Path old = root.resolve("jobs/target/sounding-jobs-1.jar");
    Path other = Files.createDirectories(root.resolveSibling(root.getFileName() + "-other"));
    Path foreign = other.resolve("sounding-schemas-1.jar");
    Files.write(foreign, new byte[0]);
    Files.writeString(root.resolve("jobs/target/classpath.txt"), foreign + ":" + old);
    script(root.resolve("jdk/bin/javac"), "exit 1");
    script(Files.createDirectories(root.resolve("bin")).resolve("mvn"), "exit 1");
    String path = root.resolve("bin") + ":" + System.getenv("PATH");
    assertThat(launched(root, "./sounding", Map.of("PATH", path))).isEmpty();
    assertThat(root.resolve("errors")).content().contains("building Sounding");
    assertThat(old).doesNotExist();
    Files.delete(foreign);
    Files.delete(other);
  }

  private static void script(Path file, String command) throws Exception {
    Files.writeString(file, "#!/bin/sh\n" + command + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String launched(
      Path folder, String launcher, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", launcher));
    command.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(command).directory(folder.toFile());
    process.environment().put("JAVA_HOME", root.resolve("jdk").toString());
    process.environment().putAll(environment);
    process.redirectError(ProcessBuilder.Redirect.to(root.resolve("errors").toFile()));
    Process started = process.start();
    return new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
