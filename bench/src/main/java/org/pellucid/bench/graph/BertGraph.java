package org.pellucid.bench.graph;

import static org.pellucid.bench.graph.GraphWriter.attribute;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.pellucid.bench.work.RandomBert;
import org.pellucid.models.bert.BertConfig;

/**
 * The encoder of BERT as PyTorch exports Hugging Face's: layer normalisation and GELU written out,
 * weights transposed for {@code MatMul}, heads by {@code Reshape} and {@code Transpose}, and a mask
 * that is added to the scores. Batch and length are open.
 */
final class BertGraph {
  private static final String BATCH = "batch";
  private static final String TOKENS = "tokens";

  private final GraphWriter graph = new GraphWriter();
  private final RandomBert source;
  private final BertConfig config;

  private BertGraph(BertConfig config) {
    this.config = config;
    this.source = new RandomBert(config);
  }

  static GraphWriter of(BertConfig config) {
    return new BertGraph(config).written();
  }

  private GraphWriter written() {
    graph.tokens(GraphFile.IDS, BATCH, TOKENS);
    graph.tokens(GraphFile.SEGMENTS, BATCH, TOKENS);
    graph.tokens(GraphFile.MASK, BATCH, TOKENS);
    graph.number("one", 1);
    graph.number("two", 2);
    graph.number("half", 0.5);
    graph.number("root of two", Math.sqrt(2));
    graph.number("root of head size", Math.sqrt(config.headSize()));
    graph.number("hidden", -10_000);
    graph.number("epsilon", config.layerNormEpsilon());
    graph.wholes("first axis", 0);
    graph.wholes("second axis", 1);
    graph.wholes("in heads", 0, 0, config.heads(), config.headSize());
    graph.wholes("together", 0, 0, config.hiddenSize());
    var mask = mask();
    var x = norm(embeddings(), "bert.embeddings.LayerNorm");
    for (var layer = 0; layer < config.layers(); layer++) {
      x = layer(x, mask, RandomBert.layerName(layer));
    }
    graph.node("Identity", List.of(x), GraphFile.HIDDEN);
    graph.output(GraphFile.HIDDEN, List.of(BATCH, TOKENS), config.hiddenSize());
    return graph;
  }

  /** −10 000 at padding, {@code [batch, 1, 1, tokens]}. */
  private String mask() {
    var rows = unsqueezed(GraphFile.MASK, 1);
    var heads = unsqueezed(rows, 2);
    var numbers = graph.node("Cast", List.of(heads), attribute("to", 1));
    return graph.node("Mul", List.of(graph.node("Sub", List.of("one", numbers)), "hidden"));
  }

  private String unsqueezed(String x, long axis) {
    return graph.node("Unsqueeze", List.of(x), attribute("axes", new long[] {axis}));
  }

  private String embeddings() {
    var words = parameter("bert.embeddings.word_embeddings.weight");
    graph.node("Gather", List.of(words, GraphFile.IDS), GraphFile.WORDS, attribute("axis", 0));
    var types = parameter("bert.embeddings.token_type_embeddings.weight");
    var segments = graph.node("Gather", List.of(types, GraphFile.SEGMENTS), attribute("axis", 0));
    var sum = graph.node("Add", List.of(GraphFile.WORDS, segments));
    return graph.node("Add", List.of(sum, positions()));
  }

  /**
   * The first rows of the positions' table, as many as there are tokens: {@code [1, tokens, …]}.
   */
  private String positions() {
    var all = new long[config.maximalPositions()];
    Arrays.setAll(all, i -> i);
    graph.wholes("positions", all);
    graph.wholes("number of axis", 1);
    var shape = graph.node("Shape", List.of(GraphFile.IDS));
    var length = graph.node("Gather", List.of(shape, "number of axis"), attribute("axis", 0));
    var row = unsqueezed("positions", 0);
    var used = graph.node("Slice", List.of(row, "first axis", length, "second axis"));
    var table = parameter("bert.embeddings.position_embeddings.weight");
    return graph.node("Gather", List.of(table, used), attribute("axis", 0));
  }

  private String layer(String x, String mask, String name) {
    var query = heads(linear(x, name + "attention.self.query"), 0, 2, 1, 3);
    var key = heads(linear(x, name + "attention.self.key"), 0, 2, 3, 1);
    var value = heads(linear(x, name + "attention.self.value"), 0, 2, 1, 3);
    var scores = graph.node("MatMul", List.of(query, key));
    var scaled = graph.node("Div", List.of(scores, "root of head size"));
    var masked = graph.node("Add", List.of(scaled, mask));
    var probabilities = graph.node("Softmax", List.of(masked), attribute("axis", 3));
    var context = graph.node("MatMul", List.of(probabilities, value));
    var swapped =
        graph.node("Transpose", List.of(context), attribute("perm", new long[] {0, 2, 1, 3}));
    var merged = graph.node("Reshape", List.of(swapped, "together"));
    var projected = linear(merged, name + "attention.output.dense");
    var attended =
        norm(graph.node("Add", List.of(projected, x)), name + "attention.output.LayerNorm");
    var wide = gelu(linear(attended, name + "intermediate.dense"));
    var narrow = linear(wide, name + "output.dense");
    return norm(graph.node("Add", List.of(narrow, attended)), name + "output.LayerNorm");
  }

  private String heads(String x, long... order) {
    var split = graph.node("Reshape", List.of(x, "in heads"));
    return graph.node("Transpose", List.of(split), attribute("perm", order));
  }

  private String linear(String x, String name) {
    var product = graph.node("MatMul", List.of(x, transposed(name + ".weight")));
    return graph.node("Add", List.of(product, parameter(name + ".bias")));
  }

  /** {@code x · (1 + erf(x / √2)) · 0.5}. */
  private String gelu(String x) {
    var erf = graph.node("Erf", List.of(graph.node("Div", List.of(x, "root of two"))));
    var factor = graph.node("Add", List.of(erf, "one"));
    return graph.node("Mul", List.of(graph.node("Mul", List.of(x, factor)), "half"));
  }

  /** {@code (x − μ) / √(σ² + ε) · γ + β}. */
  private String norm(String x, String name) {
    UnaryOperator<String> mean =
        values -> graph.node("ReduceMean", List.of(values), attribute("axes", new long[] {-1}));
    var centred = graph.node("Sub", List.of(x, mean.apply(x)));
    var variance = mean.apply(graph.node("Pow", List.of(centred, "two")));
    var deviation = graph.node("Sqrt", List.of(graph.node("Add", List.of(variance, "epsilon"))));
    var normalised = graph.node("Div", List.of(centred, deviation));
    var scaled = graph.node("Mul", List.of(normalised, parameter(name + ".weight")));
    return graph.node("Add", List.of(scaled, parameter(name + ".bias")));
  }

  private String parameter(String name) {
    return graph.floats(name, () -> source.floats(name), source.shape(name));
  }

  private String transposed(String name) {
    var shape = source.shape(name);
    var outputs = (int) shape[0];
    var inputs = (int) shape[1];
    return graph.floats(
        name, () -> transposed(source.floats(name), outputs, inputs), inputs, outputs);
  }

  private static float[] transposed(float[] weight, int outputs, int inputs) {
    var result = new float[weight.length];
    for (var o = 0; o < outputs; o++) {
      for (var i = 0; i < inputs; i++) {
        result[i * outputs + o] = weight[o * inputs + i];
      }
    }
    return result;
  }
}
