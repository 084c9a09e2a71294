package io.sounding.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher, in a folder that looks built, with a Java that tells its locale. */
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
    Files.writeString(java, "#!/bin/sh\nlocale charmap\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "xx_XX.UTF-8", "C.UTF-8"})
  void javaRunsInALocaleWhoseEncodingIsUtf8(String locale) throws Exception {
    assertThat(launched(locale)).isEqualTo("UTF-8\n");
  }

  private String launched(String locale) throws Exception {
    ProcessBuilder launcher = new ProcessBuilder("bash", root.resolve("sounding").toString());
    launcher.environment().put("JAVA_HOME", root.resolve("jdk").toString());
    launcher.environment().put("LC_ALL", locale);
    Process process =
        launcher.redirectError(ProcessBuilder.Redirect.to(root.resolve("errors").toFile())).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
