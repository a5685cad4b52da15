package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.weights.Limits;
import org.pellucid.weights.LinearWeight;
import org.pellucid.weights.convert.BertNames;
import org.pellucid.weights.files.WeightFiles;

/** What ONNX graphs tell of weights without a name of their own. */
class OnnxGraphTests {
  private static final int FLOAT = 1;

  @TempDir Path directory;

  private static Messages tensor(String name, long... shape) {
    var size = 4;
    for (var axis : shape) {
      size *= (int) axis;
    }
    var tensor = new Messages().bytes(1, Messages.packed(shape)).number(2, FLOAT);
    return tensor.text(8, name).bytes(9, new byte[size]);
  }

  private static Messages node(String operation, String output, String... inputs) {
    var node = new Messages();
    for (var input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(4, operation);
  }

  private Path file(Messages graph) throws IOException {
    var model = new Messages().number(1, 8).text(2, "test").message(7, graph);
    return Files.write(directory.resolve("x.onnx"), model.end());
  }

  private static Messages layer() {
    return new Messages()
        .message(1, node("MatMul", "product", "x", "onnx::MatMul_7"))
        .message(1, node("Add", "sum", "pooler.dense.bias", "product"))
        .message(5, tensor("onnx::MatMul_7", 2, 3))
        .message(5, tensor("pooler.dense.bias", 3));
  }

  @Test
  void givesALayersNameByItsBias() throws IOException {
    try (var checkpoint = WeightFiles.open(file(layer()))) {
      assertThat(checkpoint.linearWeights())
          .hasSize(1)
          .containsEntry("onnx::MatMul_7", new LinearWeight("pooler.dense.weight", true));
      assertThat(checkpoint.withTensors(checkpoint.tensors()).linearWeights()).hasSize(1);
    }
  }

  /** The caller's limits hold for the file that was opened, so it must not be parsed again. */
  @Test
  void needsTheFileNoMoreOnceItIsOpen() throws IOException {
    var file = file(layer());
    var limits = Limits.standard().withTensors(10);
    try (var checkpoint = WeightFiles.open(file, limits)) {
      Files.move(file, file.resolveSibling("moved.onnx"));
      var named = BertNames.huggingFace(checkpoint);
      assertThat(named.tensor("bert.pooler.dense.weight").info().shape()).containsExactly(3, 2);
    }
  }

  /** A sum of two has two inputs; one with thousands would give its bias's name to thousands. */
  @Test
  void takesNoNamesFromASumOfMany() throws IOException {
    var graph = new Messages();
    var products = 1000;
    var inputs = new String[products + 1];
    for (var i = 0; i < products; i++) {
      inputs[i] = "product" + i;
      graph.message(1, node("MatMul", inputs[i], "x", Integer.toString(i)));
      graph.message(5, tensor(Integer.toString(i), 1, 1));
    }
    inputs[products] = "b".repeat(100_000) + ".bias";
    graph.message(1, node("Add", "sum", inputs)).message(5, tensor(inputs[products], 1));
    try (var checkpoint = WeightFiles.open(file(graph))) {
      assertThat(checkpoint.linearWeights()).isEmpty();
    }
  }
}
