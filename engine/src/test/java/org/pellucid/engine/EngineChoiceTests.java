package org.pellucid.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.tensor.Tensor;

/** Which kernels the standard engine takes, seen in JVMs that are started for it. */
class EngineChoiceTests {
  private static final String VECTOR_CLASSES = "org.pellucid.engine.kernels.vector.";

  /** What the started JVM runs: a computation on the standard engine. */
  static final class Probe {
    public static void main(String[] arguments) {
      try (var tape = new Tape();
          var x = Tensor.of(new float[] {-1, 2}, 2)) {
        var y = Relu.apply(tape, x).toFloats();
        System.out.println("kernels: " + tape.engine().kernels().name() + " " + y[0] + " " + y[1]);
      }
    }
  }

  private static List<String> run(Path directory, String... flags)
      throws IOException, InterruptedException {
    var output = directory.resolve("output.txt");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-Xlog:class+load:stdout");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Probe.class.getName());
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).isZero();
    return Files.readAllLines(output, StandardCharsets.UTF_8);
  }

  @Test
  void takesTheVectorKernelsIfTheirModuleIsThere(@TempDir Path directory) throws Exception {
    var lines = run(directory, "--add-modules", "jdk.incubator.vector");
    assertThat(lines).contains("kernels: vector 0.0 2.0");
    assertThat(lines).anyMatch(line -> line.contains(VECTOR_CLASSES));
  }

  @Test
  void fallsBackWithOneLineAndNoVectorClassWithoutTheModule(@TempDir Path directory)
      throws Exception {
    var lines = run(directory);
    assertThat(lines).contains("kernels: portable 0.0 2.0");
    assertThat(lines).filteredOn(line -> line.contains("portable kernels are used")).hasSize(1);
    assertThat(lines).noneMatch(line -> line.contains(VECTOR_CLASSES));
    assertThat(lines).noneMatch(line -> line.contains("jdk.incubator.vector."));
  }

  @Test
  void takesThePortableKernelsOnRequest(@TempDir Path directory) throws Exception {
    var lines =
        run(directory, "--add-modules", "jdk.incubator.vector", "-Dpellucid.kernels=portable");
    assertThat(lines).contains("kernels: portable 0.0 2.0");
    assertThat(lines).noneMatch(line -> line.contains(VECTOR_CLASSES));
  }
}
