package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on weight files that hold several state dicts. */
class WeightsCommandTests {
  private static final Path SHARED = Path.of(System.getProperty("pellucid.shared", "../shared"));

  @TempDir Path directory;

  private record Outcome(int code, String out, String err) {}

  private static Outcome run(String... arguments) {
    var out = System.out;
    var err = System.err;
    var capturedOut = new ByteArrayOutputStream();
    var capturedErr = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(capturedOut, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(capturedErr, true, StandardCharsets.UTF_8));
      var code = Main.run(arguments);
      return new Outcome(
          code,
          capturedOut.toString(StandardCharsets.UTF_8),
          capturedErr.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static String shared(String name) {
    var file = SHARED.resolve("cases").resolve(name);
    assumeTrue(Files.exists(file), () -> "the case " + file + " is absent");
    return file.toString();
  }

  @Test
  void inspectsTheChosenStateDict() {
    var file = shared("model_and_ema.pth");
    assertThat(run("weights", "inspect", file).out())
        .contains("  state: model")
        .contains("also holds an averaged copy of the weights, ema (25 tensors")
        .contains("  ema: dict of 25 tensors");
    assertThat(run("weights", "inspect", file, "--state", "ema").out())
        .contains("  state: ema")
        .doesNotContain("note:");
  }

  @Test
  void asksForAChoiceInOneSentence() {
    var file = shared("student_teacher.pth");
    for (var command : new String[] {"inspect", "verify"}) {
      var outcome = run("weights", command, file);
      assertThat(outcome.code()).isEqualTo(1);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .contains("several networks: student (25 tensors")
          .contains("choose one with --state");
      assertThat(run("weights", command, file, "--state", "teacher").code()).isZero();
    }
  }

  @Test
  void comparesStateDictsOfOneFile() {
    var two = shared("student_teacher.pth");
    var same = run("weights", "diff", two, two, "--state", "student", "--other-state", "teacher");
    assertThat(same.code()).isZero();
    var averaged = shared("model_and_ema.pth");
    var different = run("weights", "diff", averaged, averaged, "--other-state", "ema");
    assertThat(different.code()).isEqualTo(1);
    assertThat(different.out()).contains("different values    cnn.0.weight");
  }

  @Test
  void convertsTheChosenStateDict() {
    var out = directory.resolve("ema.safetensors").toString();
    var file = shared("model_and_ema.pth");
    assertThat(run("weights", "convert", file, out, "--names", "keep", "--state", "ema").code())
        .isZero();
    assertThat(run("weights", "diff", file, out, "--state", "ema").code()).isZero();
    assertThat(run("weights", "inspect", out).out()).contains("  format = pt");
    var noted = run("weights", "convert", file, out, "--names", "keep");
    assertThat(noted.out()).contains("note: model_and_ema.pth also holds an averaged copy");
  }
}
