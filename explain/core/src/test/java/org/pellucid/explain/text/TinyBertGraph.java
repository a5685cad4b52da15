package org.pellucid.explain.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.pellucid.testing.GraphBytes;
import org.pellucid.testing.RandomBertParameters;
import org.pellucid.testing.TinyGraph;

/**
 * {@link TinyBert} with its head for questions as a graph, node by node as exporters write it:
 * attention, layer normalisation and GELU from plain operators.
 */
final class TinyBertGraph {
  private static final int HIDDEN = TinyBert.CONFIG.hiddenSize();
  private static final int HEADS = TinyBert.CONFIG.heads();

  private final RandomBertParameters parameters =
      new RandomBertParameters(TinyBert.CONFIG).answering();
  private final GraphBytes graph = new GraphBytes(13);

  private TinyBertGraph() {}

  /** Writes {@code model.onnx} and {@code vocab.txt}, and returns the directory. */
  static Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("vocab.txt"), TinyGraph.VOCABULARY);
    new TinyBertGraph().graph().write(directory.resolve("model.onnx"));
    return directory;
  }

  private GraphBytes graph() {
    graph
        .wholeInput("input_ids", 0, 0)
        .wholeInput("attention_mask", 0, 0)
        .wholeInput("token_type_ids", 0, 0)
        .wholes("zero", 0)
        .wholes("one", 1)
        .wholes("two", 2)
        .wholes("middle axes", 1, 2)
        .wholes("in heads", 0, 0, HEADS, HIDDEN / HEADS)
        .wholes("side by side", 0, 0, HIDDEN);
    number("1", 1);
    number("half", 0.5);
    number("exponent", 2);
    number("√2", Math.sqrt(2));
    number("epsilon", TinyBert.CONFIG.layerNormEpsilon());
    number("√size", Math.sqrt((double) HIDDEN / HEADS));
    number("hidden", -10_000);
    node("Unsqueeze", List.of("attention_mask", "middle axes"), "attended");
    graph.node("Cast", List.of("attended"), "seen", "to", 1);
    node("Sub", List.of("1", "seen"), "unseen");
    node("Mul", List.of("unseen", "hidden"), "mask");
    var x = embeddings();
    for (var layer = 0; layer < TinyBert.CONFIG.layers(); layer++) {
      x = layer("bert.encoder.layer." + layer, x);
    }
    return graph.output(linear("qa_outputs", x), 0, 0, 2);
  }

  private String embeddings() {
    var name = "bert.embeddings.";
    for (var table : List.of("word_embeddings", "position_embeddings", "token_type_embeddings")) {
      constant(name + table + ".weight");
    }
    node("Gather", List.of(name + "word_embeddings.weight", "input_ids"), "words");
    node("Shape", List.of("input_ids"), "shape");
    node("Slice", List.of("shape", "one", "two"), "length");
    node("Slice", List.of(name + "position_embeddings.weight", "zero", "length", "zero"), "placed");
    node("Gather", List.of(name + "token_type_embeddings.weight", "token_type_ids"), "segments");
    node("Add", List.of("words", "segments"), "with segments");
    node("Add", List.of("with segments", "placed"), "summed");
    return norm(name + "LayerNorm", "summed");
  }

  private String layer(String name, String x) {
    var attention = name + ".attention.";
    var query = heads(linear(attention + "self.query", x), 0, 2, 1, 3);
    var key = heads(linear(attention + "self.key", x), 0, 2, 3, 1);
    var value = heads(linear(attention + "self.value", x), 0, 2, 1, 3);
    node("MatMul", List.of(query, key), name + " scores");
    node("Div", List.of(name + " scores", "√size"), name + " scaled");
    node("Add", List.of(name + " scaled", "mask"), name + " masked");
    graph.node("Softmax", List.of(name + " masked"), name + " probabilities", "axis", -1);
    node("MatMul", List.of(name + " probabilities", value), name + " perHead");
    graph.node("Transpose", List.of(name + " perHead"), name + " turned", "perm", 0, 2, 1, 3);
    node("Reshape", List.of(name + " turned", "side by side"), name + " context");
    var attended = linear(attention + "output.dense", name + " context");
    node("Add", List.of(attended, x), name + " first");
    var between = norm(attention + "output.LayerNorm", name + " first");
    var activated = gelu(linear(name + ".intermediate.dense", between));
    node("Add", List.of(linear(name + ".output.dense", activated), between), name + " second");
    return norm(name + ".output.LayerNorm", name + " second");
  }

  private String heads(String x, long... order) {
    node("Reshape", List.of(x, "in heads"), x + " split");
    graph.node("Transpose", List.of(x + " split"), x + " heads", "perm", order);
    return x + " heads";
  }

  private String linear(String name, String x) {
    var shape = parameters.shape(name + ".weight");
    var rows = parameters.floats(name + ".weight");
    var outputs = (int) shape[0];
    var inputs = (int) shape[1];
    var columns = new float[rows.length];
    for (var i = 0; i < rows.length; i++) {
      columns[i % inputs * outputs + i / inputs] = rows[i];
    }
    graph.constant(name + ".weight", columns, inputs, outputs);
    constant(name + ".bias");
    node("MatMul", List.of(x, name + ".weight"), name + " product");
    node("Add", List.of(name + ".bias", name + " product"), name + " sum");
    return name + " sum";
  }

  private String norm(String name, String x) {
    constant(name + ".weight");
    constant(name + ".bias");
    mean(x, name + " mean");
    node("Sub", List.of(x, name + " mean"), name + " centred");
    node("Pow", List.of(name + " centred", "exponent"), name + " squares");
    mean(name + " squares", name + " variance");
    node("Add", List.of(name + " variance", "epsilon"), name + " moved");
    node("Sqrt", List.of(name + " moved"), name + " deviation");
    node("Div", List.of(name + " centred", name + " deviation"), name + " normalised");
    node("Mul", List.of(name + " normalised", name + ".weight"), name + " scaled");
    node("Add", List.of(name + " scaled", name + ".bias"), name + " shifted");
    return name + " shifted";
  }

  private void mean(String x, String output) {
    graph.node(
        "ReduceMean", List.of(x), List.of(output), Map.of("axes", new long[] {-1}, "keepdims", 1L));
  }

  private String gelu(String x) {
    node("Div", List.of(x, "√2"), x + " divided");
    node("Erf", List.of(x + " divided"), x + " erf");
    node("Add", List.of(x + " erf", "1"), x + " moved");
    node("Mul", List.of(x, x + " moved"), x + " doubled");
    node("Mul", List.of(x + " doubled", "half"), x + " active");
    return x + " active";
  }

  private void node(String operation, List<String> inputs, String output) {
    graph.node(operation, inputs, output);
  }

  private void number(String name, double value) {
    graph.constant(name, new float[] {(float) value});
  }

  private void constant(String name) {
    graph.constant(name, parameters.floats(name), parameters.shape(name));
  }
}
