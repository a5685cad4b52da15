package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.testing.GraphBytes;

/** {@code model inspect} on a product of a batch with a matrix. */
class InspectModelCommandTests {
  @TempDir Path directory;

  /** {@code y = f(x) · W} with {@code W} of three rows and two columns. */
  private Path graph(String operation, String inner) throws IOException {
    return new GraphBytes(17)
        .input("x", 0, 3)
        .node(operation, List.of("x"), inner)
        .constant("W", new float[6], 3, 2)
        .node("MatMul", List.of(inner, "W"), "y")
        .output("y", 0, 2)
        .write(directory.resolve("model.onnx"));
  }

  @Test
  void tellsWhatAGraphHoldsAndHowMuchWorkItIs() throws IOException {
    var run = CommandLineRun.of("model", "inspect", graph("Relu", "r"), "--shape", "x=5x3");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines())
        .contains(
            "input  x F32 [batch, 3]",
            "output y F32 [batch, 2]",
            "6 parameters",
            "30 multiply-adds for x [5, 3]",
            "     1 MatMul",
            "     1 Relu",
            "Everything is supported.");
  }

  @Test
  void countsNoWorkWhereTheFileLeavesASizeOpen() throws IOException {
    var run = CommandLineRun.of("model", "inspect", graph("Relu", "r"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).doesNotContain("multiply-adds");
  }

  @Test
  void listsTheNodesWithTheirValues() throws IOException {
    var file = graph("Relu", "r");
    assertThat(CommandLineRun.of("model", "inspect", file, "--nodes").out().lines())
        .contains("node   Relu (x) → r", "node   MatMul (r, W) → y");
    var json = CommandLineRun.of("model", "inspect", file, "--nodes", "--json").out();
    assertThat(new JsonMapper().readTree(json).at("/nodes/1").textValue())
        .isEqualTo("MatMul (r, W) → y");
  }

  @Test
  void printsJson() throws IOException {
    var run = CommandLineRun.of("model", "inspect", graph("Relu", "r"), "--shape=2x3", "--json");
    assertThat(run.code()).as(run.err()).isZero();
    var json = new JsonMapper().readTree(run.out());
    assertThat(json.get("opset").intValue()).isEqualTo(17);
    assertThat(json.get("parameters").longValue()).isEqualTo(6);
    assertThat(json.get("multiplyAdds").longValue()).isEqualTo(12);
    assertThat(json.get("operators").get("MatMul").intValue()).isEqualTo(1);
    assertThat(json.get("unsupported").size()).isZero();
  }

  @Test
  void namesWhatIsNotSupportedWithoutSteeringTheTerminal() throws IOException {
    var file = graph("Loop", "l\u001b[31m\n");
    for (var option : new String[] {"--shape=x=2x3", "--json"}) {
      var run = CommandLineRun.of("model", "inspect", file, option);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out()).contains("Loop").doesNotContain("\u001b");
    }
    assertThat(CommandLineRun.of("model", "inspect", file).out().lines())
        .anyMatch(line -> line.startsWith("not supported: Loop (Loop of l"));
  }

  @Test
  void refusesShapesThatDontFit() throws IOException {
    var file = graph("Relu", "r");
    assertThat(CommandLineRun.of("model", "inspect", file, "--shape", "z=1x3").code()).isEqualTo(2);
    assertThat(CommandLineRun.of("model", "inspect", file, "--shape", "x=1xa").code()).isEqualTo(2);
    var run = CommandLineRun.of("model", "inspect", file, "--shape", "x=1x4");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("The input x F32 [batch, 3] can't be [1, 4]");
  }
}
