package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.Engine;
import org.pellucid.models.ModelFileException;
import org.pellucid.testing.GraphBytes;
import org.pellucid.weights.WeightsException;

/** Graphs that ask for more than any machine has, or for what isn't there. */
@Tag("many-steps")
class GraphAttackTests {
  private static final long HUGE = 1L << 40;

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("model.onnx");
  }

  /** Nodes of constants that make one giant of a few bytes. */
  static Stream<Arguments> bombsOfConstants() {
    return Stream.of(
        Arguments.of("ConstantOfShape", List.of("huge"), Map.of()),
        Arguments.of("Expand", List.of("number", "huge"), Map.of()),
        Arguments.of("Tile", List.of("number", "huge"), Map.of()),
        Arguments.of("Range", List.of("zero", "huge", "step"), Map.of()),
        Arguments.of("Pad", List.of("number", "pads"), Map.of()),
        Arguments.of("Pad", List.of("number", "pads"), Map.of("mode", "edge")),
        Arguments.of("OneHot", List.of("zero", "huge", "two"), Map.of()),
        Arguments.of("Resize", List.of("number", "", "", "huge"), Map.of()));
  }

  private GraphBytes withConstants() {
    return new GraphBytes(17)
        .wholes("huge", HUGE)
        .wholes("pads", HUGE, HUGE)
        .wholes("zero", 0)
        .wholes("step", 1)
        .wholes("two", 0, 1)
        .constant("number", new float[] {1}, 1);
  }

  @ParameterizedTest
  @MethodSource("bombsOfConstants")
  void refusesGiantConstants(String operation, List<String> inputs, Map<String, ?> attributes)
      throws IOException {
    withConstants().node(operation, inputs, List.of("y"), attributes).output("y").write(file());
    assertThatThrownBy(() -> OnnxModel.open(file()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining(operation)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @ParameterizedTest
  @MethodSource("bombsOfConstants")
  void refusesGiantsAtARun(String operation, List<String> inputs, Map<String, ?> attributes)
      throws IOException {
    var given = inputs.stream().map(name -> name.equals("number") ? "x" : name).toList();
    refuses(
        withConstants()
            .node(operation, given, List.of("z"), attributes)
            .node("Mul", List.of("z", "x"), "y")
            .input("x", 1)
            .output("y"),
        1);
  }

  @Test
  void refusesGiantsByStretching() throws IOException {
    var graph =
        new GraphBytes(17)
            .wholes("row", 1, -1)
            .wholes("column", -1, 1)
            .node("Reshape", List.of("x", "row"), "r")
            .node("Reshape", List.of("x", "column"), "c")
            .input("x", 3_000_000)
            .output("y");
    refuses(graph.node("Add", List.of("r", "c"), "y"), 3_000_000);
    var product =
        new GraphBytes(17)
            .wholes("row", 1, -1)
            .wholes("column", -1, 1)
            .node("Reshape", List.of("x", "row"), "r")
            .node("Reshape", List.of("x", "column"), "c")
            .node("MatMul", List.of("c", "r"), "y")
            .input("x", 3_000_000)
            .output("y");
    refuses(product, 3_000_000);
  }

  private void refuses(GraphBytes graph, int length) throws IOException {
    graph.write(file());
    assertThatThrownBy(
            () -> {
              try (var model = OnnxModel.open(file())) {
                var x = NumericArray.of(new float[length], length);
                model.run(Engine.standard(), Map.of("x", x));
              }
            })
        .isInstanceOfAny(ModelFileException.class, IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @Test
  void namesAllThatIsNotSupportedAtOnce() throws IOException {
    new GraphBytes(23)
        .node("Relu", List.of("x"), List.of("a"), Map.of("slope", 1L))
        .node("Resize", List.of("a"), List.of("b"), Map.of("mode", "fancy"))
        .node("Add", List.of("b"), "c")
        .node("Loop", List.of("c"), "y")
        .input("x", 1)
        .output("y", 1)
        .write(file());
    assertThatThrownBy(() -> OnnxModel.open(file()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("Loop (Loop of y)")
        .hasMessageContaining("Add with 1 inputs (Add of c)")
        .hasMessageContaining("Relu with the attribute slope (Relu of a)")
        .hasMessageContaining("Resize with mode = fancy (Resize of b)")
        .hasMessageContaining("operator set 23");
  }

  @Test
  void knowsHowManyInputsEachOperatorTakes() {
    assertThat(Support.counted()).isEqualTo(OnnxModel.supportedOperators());
  }

  @Test
  void multipliesByANumberOfMoreAxes() throws IOException {
    new GraphBytes(17)
        .constant("two", new float[] {2}, 1, 1, 1)
        .node("Mul", List.of("x", "two"), "z")
        .node("PRelu", List.of("x", "two"), "p")
        .node("Add", List.of("z", "p"), "y")
        .input("x", 2)
        .output("y")
        .write(file());
    try (var model = OnnxModel.open(file())) {
      var x = NumericArray.of(new float[] {1, -3}, 2);
      var y = model.run(Engine.standard(), Map.of("x", x)).get("y");
      assertThat(y.shape()).containsExactly(1, 1, 2);
      assertThat(y.values()).containsExactly(3, -12);
    }
  }

  @Test
  void refusesMoreAxesThanArraysHave() throws IOException {
    var axes = new long[33];
    Arrays.setAll(axes, i -> i);
    var graph = new GraphBytes(17).wholes("axes", axes).input("x", 1).output("y");
    refuses(graph.node("Unsqueeze", List.of("x", "axes"), "y"), 1);
  }

  /** Recursion would need a stack as deep as the graph. */
  @Test
  void runsLongChains() throws IOException {
    var graph = new GraphBytes(17).input("0", 1);
    for (var i = 0; i < 20_000; i++) {
      graph.node("Neg", List.of(Integer.toString(i)), Integer.toString(i + 1));
    }
    graph.output("20000").write(file());
    try (var model = OnnxModel.open(file())) {
      var y = model.run(Engine.standard(), Map.of("0", NumericArray.of(new float[] {3}, 1)));
      assertThat(y.get("20000").values()).containsExactly(3);
    }
  }

  @Test
  void refusesConstantsThatDontFillTheirShape() throws IOException {
    new GraphBytes(17)
        .constant("c", new float[] {1, 2}, 3)
        .node("Add", List.of("x", "c"), "y")
        .input("x", 3)
        .output("y")
        .write(file());
    assertThatThrownBy(() -> OnnxModel.open(file())).isInstanceOf(WeightsException.class);
  }

  /** With {@code -Djvm.extra=-Dpellucid.fuzz.graphs=200000} more of them. */
  @Test
  void runsOrRefusesRandomGraphs() {
    var executions = Integer.getInteger("pellucid.fuzz.graphs", 1500);
    var fuzzer = new GraphFuzzer(executions);
    var findings = new ArrayList<GraphFuzzer.Finding>();
    for (var i = 0; i < executions && findings.size() < 10; i++) {
      fuzzer.execute().ifPresent(findings::add);
    }
    assertThat(findings).isEmpty();
    assertThat(fuzzer.ran()).isGreaterThan(executions / 50);
    assertThat(fuzzer.refused()).isGreaterThan(executions / 10);
  }
}
