package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, with a script in place of the JVM that tells how it was started. */
@EnabledOnOs(OS.LINUX)
class LauncherTests {
  private static final String JAVA =
      """
      #!/bin/bash
      echo "WARNING: Using incubator modules: jdk.incubator.vector" >&2
      echo "a complaint" >&2
      echo "locale ${LC_ALL:-unset}"
      echo "last ${@: -1}"
      case "${@: -1}" in wait) trap 'echo ended; exit 143' TERM; echo ready; sleep 60 >/dev/null 2>&1 & wait ;; esac
      exit 3
      """;

  @TempDir Path directory;
  private Path home;
  private Path jdk;

  @BeforeEach
  void layOut() throws IOException {
    home = Files.createDirectories(directory.resolve("a home, é #1"));
    Files.copy(
        Path.of(System.getProperty("pellucid.root"), "pellucid"),
        home.resolve("pellucid"),
        StandardCopyOption.COPY_ATTRIBUTES);
    for (var source :
        List.of(
            "engine",
            "weights",
            "models",
            "models/examples",
            "explain/core",
            "explain/search",
            "explain/server",
            "explain/cli")) {
      Files.createDirectories(home.resolve(source).resolve("src/main"));
      Files.createFile(home.resolve(source).resolve("pom.xml"));
    }
    for (var pom : List.of(".", "explain/bom", "engine/natives")) {
      Files.createDirectories(home.resolve(pom));
      Files.createFile(home.resolve(pom).resolve("pom.xml"));
    }
    Files.createDirectories(home.resolve("explain/cli/target/lib"));
    Files.createFile(home.resolve("explain/cli/target/pellucid-cli.jar"));
    jdk = Files.createDirectories(directory.resolve("jdk"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    var java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
    Files.writeString(java, JAVA);
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  private Process start(Path launcher, String argument) throws IOException {
    var builder = new ProcessBuilder(launcher.toString(), argument).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().keySet().removeAll(List.of("HOME", "LC_CTYPE", "LANG"));
    builder.environment().put("LC_ALL", "C");
    return builder.start();
  }

  private static String read(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void runsThroughALinkWithoutAHomeDirectoryInTheLocaleC() throws Exception {
    var link = Files.createSymbolicLink(directory.resolve("link"), home.resolve("pellucid"));
    var process = start(link, "naïve 今天");
    assertThat(read(process.getErrorStream())).isEqualTo("a complaint\n");
    assertThat(read(process.getInputStream())).isEqualTo("locale C.UTF-8\nlast naïve 今天\n");
    assertThat(process.waitFor()).isEqualTo(3);
  }

  @Test
  void handsTheEndSignalOnAndWaits() throws Exception {
    var process = start(home.resolve("pellucid"), "wait");
    var lines = process.inputReader();
    while (!"ready".equals(lines.readLine())) {
      assertThat(process.isAlive()).isTrue();
    }
    process.toHandle().destroy();
    assertThat(lines.readLine()).isEqualTo("ended");
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
  }
}
