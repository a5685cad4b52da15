package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.ModelFileException;
import org.pellucid.testing.GraphBytes;
import org.pellucid.weights.WeightsException;

@Tag("numeric")
class OnnxModelTests {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("model.onnx");
  }

  /** {@code y = max(x · W + b, 0)}. */
  private static GraphBytes affine(long batch) {
    return new GraphBytes(17)
        .constant("W", new float[] {1, -2, 3, 4, 0, 1}, 3, 2)
        .constant("b", new float[] {0.5f, -1}, 2)
        .node("MatMul", List.of("x", "W"), "product")
        .node("Add", List.of("product", "b"), "sum")
        .node("Relu", List.of("sum"), "y")
        .input("x", batch, 3)
        .output("y", batch, 2);
  }

  private static NumericArray array(float[] values, long... shape) {
    return NumericArray.of(values, shape);
  }

  @Test
  void runsABatch() throws IOException {
    try (var model = OnnxModel.open(affine(0).write(file()))) {
      var x = array(new float[] {1, 0, 1, 0, 1, 2}, 2, 3);
      var y = model.run(Engine.standard(), Map.of("x", x)).get("y");
      assertThat(y.shape()).containsExactly(2, 2);
      assertThat(y.values()).containsExactly(new double[] {1.5, 0, 3.5, 5}, within(1e-6));
    }
  }

  @Test
  void givesTheSameWhetherNodesArePutTogetherOrNot() throws IOException {
    try (var model = OnnxModel.open(affine(0).write(file()))) {
      var x = Map.of("x", array(new float[] {1, 2, 3}, 1, 3));
      var together = model.run(Engine.standard(), x).get("y").values();
      var all = model.values(Engine.standard(), x, List.of("product", "sum", "y"));
      assertThat(all.get("y").values()).containsExactly(together, within(1e-6));
      assertThat(all.get("product").values()).containsExactly(new double[] {7, 9}, within(1e-6));
    }
  }

  @Test
  void isAFunctionOfOneInputWithLayers() throws IOException {
    try (var model = OnnxModel.open(affine(0).write(file()));
        var x = Tensor.of(new float[] {1, 2, 3, 1, 0, 0}, 2, 3);
        var tape = new Tape()) {
      var engine = Engine.standard();
      var example = Map.of("x", array(new float[] {1, 2, 3}, 1, 3));
      var function = new OnnxFunction(model, engine, "x", "y", example);
      assertThat(function.inputShape()).containsExactly(3);
      assertThat(function.outputs()).isEqualTo(2);
      assertThat(function.layerNames()).containsExactly("product", "sum", "y");
      var layers = LayerOutputs.of("sum");
      tape.watch(x);
      var y = function.forward(tape, x, layers);
      assertThat(layers.get("sum").toFloats()).containsExactly(7.5f, 8, 1.5f, -3);
      assertThat(tape.gradient(y, x).of(x).toFloats()).containsExactly(-1, 7, 1, 1, 3, 0);
    }
  }

  @Test
  void takesOneExampleAfterTheOtherWhereTheGraphDoes() throws IOException {
    try (var model = OnnxModel.open(affine(1).write(file()));
        var x = Tensor.of(new float[] {1, 2, 3, 1, 0, 0}, 2, 3);
        var tape = new Tape()) {
      var example = Map.of("x", array(new float[] {1, 2, 3}, 1, 3));
      var function = new OnnxFunction(model, Engine.standard(), "x", "y", example);
      tape.watch(x);
      var y = function.forward(tape, x);
      assertThat(y.toFloats()).containsExactly(7.5f, 8, 1.5f, 0);
      assertThat(tape.gradient(y, x).of(x).toFloats()).containsExactly(-1, 7, 1, 1, 3, 0);
    }
  }

  @Test
  void hasNoLayerOfABatchWhereTheGraphTakesOneExample() throws IOException {
    try (var model = OnnxModel.open(affine(1).write(file()));
        var x = Tensor.of(new float[] {1, 2, 3, 1, 0, 0}, 2, 3);
        var tape = new Tape()) {
      var example = Map.of("x", array(new float[] {1, 2, 3}, 1, 3));
      var function = new OnnxFunction(model, Engine.standard(), "x", "y", example);
      assertThatThrownBy(() -> function.forward(tape, x, LayerOutputs.of("sum")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "The graph model.onnx takes one example at a time; export it with an open batch axis"
                  + " to look into several at once.");
    }
  }

  @Test
  void namesAllOperatorsThatAreMissing() throws IOException {
    new GraphBytes(17)
        .node("Loop", List.of("x"), "a")
        .node("Loop", List.of("a"), "b")
        .node("NonMaxSuppression", List.of("b"), "y")
        .input("x", 1)
        .output("y", 1)
        .write(file());
    assertThatThrownBy(() -> OnnxModel.open(file()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("Loop (Loop of a and 1 more); NonMaxSuppression");
  }

  @Test
  void refusesNodesInACircle() throws IOException {
    new GraphBytes(17)
        .node("Relu", List.of("b"), "a")
        .node("Relu", List.of("a"), "b")
        .input("x", 1)
        .output("b", 1)
        .write(file());
    assertThatThrownBy(() -> OnnxModel.open(file()))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("takes b, which nothing before it gives");
  }

  @Test
  void refusesInputsThatDontFit() throws IOException {
    try (var model = OnnxModel.open(affine(0).write(file()))) {
      var engine = Engine.standard();
      assertThatThrownBy(() -> model.run(engine, Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("The input x F32 [batch, 3] is missing.");
      var wide = Map.of("x", array(new float[4], 1, 4));
      assertThatThrownBy(() -> model.run(engine, wide))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("The input x F32 [batch, 3] can't be [1, 4];");
    }
  }

  @Test
  void refusesToMakeMoreNumbersThanFit() throws IOException {
    new GraphBytes(17)
        .wholes("shape", 1L << 20, 1L << 20)
        .node("ConstantOfShape", List.of("shape"), "zeros")
        .node("Add", List.of("x", "zeros"), "y")
        .input("x", 1)
        .output("y", 1)
        .write(file());
    assertThatThrownBy(() -> OnnxModel.open(file()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("1099511627776 numbers, too many");
  }

  @Test
  void saysWhichNodeCantTakeWhatItGets() throws IOException {
    var graph =
        new GraphBytes(17)
            .wholes("shape", 5)
            .node("Reshape", List.of("x", "shape"), "y")
            .input("x", 0, 3)
            .output("y", 5);
    try (var model = OnnxModel.open(graph.write(file()))) {
      var x = Map.of("x", array(new float[3], 1, 3));
      assertThatThrownBy(() -> model.run(Engine.standard(), x))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("The node Reshape Reshape of y can't be computed")
          .hasMessageContaining("can't be reshaped to [5]");
    }
  }
}
