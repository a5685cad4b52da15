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

  private static final List<String> ALLOWED =
      List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

  /** What the started JVM runs: a computation on the standard engine. */
  static final class Probe {
    public static void main(String[] arguments) {
      try (var tape = new Tape();
          var x = Tensor.of(new float[] {-1, 2}, 2)) {
        var y = Relu.apply(tape, x).toFloats();
        System.out.println("kernels: " + tape.engine().kernels().name() + " " + y[0] + " " + y[1]);
      } catch (IllegalStateException | IllegalArgumentException e) {
        System.out.println("refused: " + e.getMessage());
      }
    }
  }

  private static List<String> run(Path directory, String... flags)
      throws IOException, InterruptedException {
    var allowed = new ArrayList<>(ALLOWED);
    allowed.addAll(List.of(flags));
    return start(directory, allowed);
  }

  private static List<String> start(Path directory, List<String> flags)
      throws IOException, InterruptedException {
    var output = directory.resolve("output.txt");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
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

  @Test
  void startsQuietlyUnlessAsked(@TempDir Path directory) throws Exception {
    assertThat(run(directory)).noneMatch(line -> line.contains("INFO org.nd4j"));
    assertThat(run(directory, "-Dorg.nd4j.log.initialization=true"))
        .anyMatch(line -> line.contains("INFO org.nd4j"));
  }

  @Test
  void saysWhichFlagsAreMissing(@TempDir Path directory) throws Exception {
    assertThat(start(directory, List.of("--illegal-native-access=deny")))
        .contains(
            "refused: Java denies native access, which ND4J needs: start Java with"
                + " --enable-native-access=ALL-UNNAMED.");
    assertThat(
            start(directory, List.of(ALLOWED.getFirst(), "--sun-misc-unsafe-memory-access=deny")))
        .contains(
            "refused: Java denies memory access by sun.misc.Unsafe, which ND4J's JavaCPP needs:"
                + " start Java with --sun-misc-unsafe-memory-access=allow.");
  }

  @Test
  void saysWhatIsWrongWithTheNumberOfThreads(@TempDir Path directory) throws Exception {
    assertThat(run(directory, "-Dpellucid.threads=many"))
        .contains(
            "refused: The system property pellucid.threads is many, but must be a positive"
                + " number.");
  }
}
