package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.explain.cli.Brought.brought;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on weight files that hold several state dicts. */
class WeightsCommandTests {
  @TempDir Path directory;

  @Test
  void inspectsTheChosenStateDict() {
    var file = brought("model_and_ema.pth");
    assertThat(CommandLineRun.of("weights", "inspect", file).out())
        .contains("  state: model")
        .contains("also holds an averaged copy of the weights, ema (25 tensors")
        .contains("  ema: dict of 25 tensors");
    assertThat(CommandLineRun.of("weights", "inspect", file, "--state", "ema").out())
        .contains("  state: ema")
        .doesNotContain("note:");
  }

  @Test
  void asksForAChoiceInOneSentence() {
    var file = brought("student_teacher.pth");
    for (var command : new String[] {"inspect", "verify"}) {
      var outcome = CommandLineRun.of("weights", command, file);
      assertThat(outcome.code()).isEqualTo(1);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .contains("several networks: student (25 tensors")
          .contains("choose one with --state");
      assertThat(CommandLineRun.of("weights", command, file, "--state", "teacher").code()).isZero();
    }
  }

  @Test
  void comparesStateDictsOfOneFile() {
    var two = brought("student_teacher.pth");
    var same =
        CommandLineRun.of(
            "weights", "diff", two, two, "--state", "student", "--other-state", "teacher");
    assertThat(same.code()).isZero();
    var averaged = brought("model_and_ema.pth");
    var different =
        CommandLineRun.of("weights", "diff", averaged, averaged, "--other-state", "ema");
    assertThat(different.code()).isEqualTo(1);
    assertThat(different.out()).contains("different values    cnn.0.weight");
  }

  @Test
  void convertsTheChosenStateDict() {
    var out = directory.resolve("ema.safetensors").toString();
    var file = brought("model_and_ema.pth");
    assertThat(
            CommandLineRun.of("weights", "convert", file, out, "--names", "keep", "--state", "ema")
                .code())
        .isZero();
    assertThat(CommandLineRun.of("weights", "diff", file, out, "--state", "ema").code()).isZero();
    assertThat(CommandLineRun.of("weights", "inspect", out).out()).contains("  format = pt");
    var noted = CommandLineRun.of("weights", "convert", file, out, "--names", "keep");
    assertThat(noted.out()).contains("note: model_and_ema.pth also holds an averaged copy");
  }
}
