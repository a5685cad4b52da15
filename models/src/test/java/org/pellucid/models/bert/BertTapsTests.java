package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Goldens;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.Taps;
import org.pellucid.testing.Distance;
import org.pellucid.weights.numpy.Npz;

/** What taps see of an encoder, put into it, and where they stop it. */
class BertTapsTests {
  private static final int TOKENS = 7;
  private static final int[] IDS = {2, 17, 5, 99, 3, 44, 3};
  private static final int[] SEGMENTS = {0, 0, 0, 0, 0, 1, 1};

  /** Replaces the output of one layer and collects that of all. */
  private record Replacing(String layer, Tensor replacement, LayerOutputs outputs) implements Taps {
    @Override
    public boolean wants(String name) {
      return name.equals(layer) || outputs.wants(name);
    }

    @Override
    public Tensor tap(Tape tape, String name, Tensor output) {
      return outputs.tap(tape, name, name.equals(layer) ? replacement : output);
    }
  }

  private record StoppingAt(String layer) implements Taps {
    @Override
    public boolean wants(String name) {
      return false;
    }

    @Override
    public boolean stopsAt(String name) {
      return name.equals(layer);
    }
  }

  private static Tensor encode(BertModel model, Tape tape, Taps taps) {
    try (var ids = Tensor.of(IDS, 1, TOKENS);
        var segments = Tensor.of(SEGMENTS, 1, TOKENS)) {
      var embeddings = model.wordEmbeddings(tape, ids);
      return model.encode(tape, embeddings, segments, Optional.empty(), taps);
    }
  }

  @Test
  void listensWithoutChangingABit() {
    var attention = List.of("query", "key", "value");
    try (var model = TinyBert.open("model.safetensors", ElementType.FLOAT32);
        var tape = new Tape()) {
      var expected = encode(model, tape, Taps.NONE).toFloats();
      var outputs = LayerOutputs.of(name -> attention.contains(name.replaceAll(".*\\.", "")));
      assertThat(encode(model, tape, outputs).toFloats()).containsExactly(expected);
      assertThat(outputs.layers())
          .containsExactly(
              "bert.encoder.layer.0.attention.query",
              "bert.encoder.layer.0.attention.key",
              "bert.encoder.layer.0.attention.value",
              "bert.encoder.layer.1.attention.query",
              "bert.encoder.layer.1.attention.key",
              "bert.encoder.layer.1.attention.value");
      assertThat(outputs.get(BertModel.keyLayer(1)).shape()).containsExactly(1, 4, TOKENS, 8);
    }
  }

  /** The probabilities follow from queries and keys by the formula, computed here in double. */
  @Test
  void givesQueriesAndKeysThatMakeTheProbabilities() {
    try (var model = TinyBert.open("model.safetensors", ElementType.FLOAT64);
        var engine = Engine.portable();
        var tape = new Tape(engine)) {
      var outputs = LayerOutputs.of(_ -> true);
      encode(model, tape, outputs);
      for (var layer = 0; layer < 2; layer++) {
        var expected =
            probabilities(
                outputs.get(BertModel.queryLayer(layer)).toDoubles(),
                outputs.get(BertModel.keyLayer(layer)).toDoubles());
        var actual = outputs.get(BertModel.probabilitiesLayer(layer)).toDoubles();
        assertThat(Distance.largest(actual, expected)).isLessThan(1e-12);
      }
    }
  }

  /** Contexts are the heads' weighted values side by side, whether attention runs fused or not. */
  @Test
  void givesWhatTheHeadsRead() {
    try (var model = TinyBert.open("model.safetensors", ElementType.FLOAT64);
        var engine = Engine.portable();
        var tape = new Tape(engine)) {
      var context = BertModel.contextLayer(1);
      var fused = LayerOutputs.of(context);
      encode(model, tape, fused);
      var open = LayerOutputs.of(_ -> true);
      encode(model, tape, open);
      var probabilities = open.get(BertModel.probabilitiesLayer(1)).toDoubles();
      var values = open.get(BertModel.valueLayer(1)).toDoubles();
      var expected = contexts(probabilities, values);
      assertThat(open.get(context).shape()).containsExactly(1, TOKENS, 32);
      assertThat(Distance.largest(open.get(context).toDoubles(), expected)).isLessThan(1e-12);
      assertThat(Distance.largest(fused.get(context).toDoubles(), expected)).isLessThan(1e-12);
    }
  }

  private static double[] contexts(double[] probabilities, double[] values) {
    var result = new double[TOKENS * 32];
    for (var row = 0; row < 4 * TOKENS; row++) {
      var head = row / TOKENS;
      for (var k = 0; k < TOKENS; k++) {
        for (var i = 0; i < 8; i++) {
          result[row % TOKENS * 32 + head * 8 + i] +=
              probabilities[row * TOKENS + k] * values[(head * TOKENS + k) * 8 + i];
        }
      }
    }
    return result;
  }

  /** Softmax of {@code q · kᵀ / √8} for 4 heads. */
  private static double[] probabilities(double[] queries, double[] keys) {
    var result = new double[4 * TOKENS * TOKENS];
    for (var row = 0; row < 4 * TOKENS; row++) {
      var sum = 0.0;
      for (var k = 0; k < TOKENS; k++) {
        var score = 0.0;
        for (var i = 0; i < 8; i++) {
          score += queries[row * 8 + i] * keys[(row / TOKENS * TOKENS + k) * 8 + i];
        }
        result[row * TOKENS + k] = Math.exp(score / Math.sqrt(8));
        sum += result[row * TOKENS + k];
      }
      for (var k = 0; k < TOKENS; k++) {
        result[row * TOKENS + k] /= sum;
      }
    }
    return result;
  }

  /**
   * With uniform probabilities each token's context is the mean of the values, so all queries get
   * the same; the rest of the layer is compared through a second way to the same context: values
   * replaced by their mean.
   */
  @Test
  void replacesProbabilities() {
    try (var model = TinyBert.open("model.safetensors", ElementType.FLOAT64);
        var engine = Engine.portable();
        var tape = new Tape(engine)) {
      var values = LayerOutputs.of(BertModel.valueLayer(1));
      var plain = encode(model, tape, values).toDoubles();
      var uniform = Tensor.of(uniform(), 1, 4, TOKENS, TOKENS);
      var taps =
          new Replacing(
              BertModel.probabilitiesLayer(1),
              uniform,
              LayerOutputs.of(BertModel.probabilitiesLayer(1)));
      var replaced = encode(model, tape, taps).toDoubles();
      assertThat(taps.outputs().get(BertModel.probabilitiesLayer(1))).isSameAs(uniform);
      var means = Tensor.of(meanOverTokens(values.get(BertModel.valueLayer(1))), 1, 4, TOKENS, 8);
      var expected =
          encode(model, tape, new Replacing(BertModel.valueLayer(1), means, LayerOutputs.of()))
              .toDoubles();
      assertThat(Distance.largest(replaced, expected)).isLessThan(1e-12);
      assertThat(Distance.largest(replaced, plain)).isGreaterThan(1e-3);
    }
  }

  private static double[] uniform() {
    var values = new double[4 * TOKENS * TOKENS];
    Arrays.fill(values, 1.0 / TOKENS);
    return values;
  }

  private static double[] meanOverTokens(Tensor values) {
    var all = values.toDoubles();
    var means = new double[all.length];
    for (var i = 0; i < all.length; i++) {
      var head = i / (TOKENS * 8);
      for (var token = 0; token < TOKENS; token++) {
        means[i] += all[(head * TOKENS + token) * 8 + i % 8] / TOKENS;
      }
    }
    return means;
  }

  @Test
  void givesGradientsAtTheTensorsThatTapsReplace() {
    try (var model = TinyBert.open("model.safetensors", ElementType.FLOAT64);
        var engine = Engine.portable();
        var tape = new Tape(engine)) {
      var layer = BertModel.queryLayer(0);
      var queries = LayerOutputs.of(layer);
      encode(model, tape, queries);
      var watched = tape.watch(queries.get(layer).detached());
      var last = encode(model, tape, new Replacing(layer, watched, LayerOutputs.of()));
      assertThat(tape.gradient(Scale.apply(tape, last, 1), watched).of(watched).shape())
          .containsExactly(1, 4, TOKENS, 8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert.embeddings",
        "bert.encoder.layer.0.attention.value",
        "bert.encoder.layer.0.attention.probabilities",
        "bert.encoder.layer.0",
        "bert.encoder.layer.1"
      })
  void stopsAtALayer(String layer) {
    try (var model = TinyBert.open("model.safetensors", ElementType.FLOAT32);
        var tape = new Tape()) {
      var outputs = LayerOutputs.of(layer);
      encode(model, tape, outputs);
      assertThat(encode(model, tape, new StoppingAt(layer)).toFloats())
          .containsExactly(outputs.get(layer).toFloats());
    }
  }

  @Test
  void refusesAReplacementOfAnotherShape() {
    try (var model = TinyBert.open("model.safetensors", ElementType.FLOAT32);
        var tape = new Tape();
        var wrong = Tensor.zeros(ElementType.FLOAT32, 1, TOKENS, 31)) {
      var taps = new Replacing("bert.encoder.layer.0", wrong, LayerOutputs.of());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> encode(model, tape, taps))
          .withMessage(
              "What replaces the output of bert.encoder.layer.0 has the shape [1, 7, 31] where "
                  + "[1, 7, 32] is needed.");
    }
  }

  @Test
  void seesTheGoldensLastHiddenStates() {
    try (var npz = Npz.open(Goldens.file("goldens/bert/tiny_qa.npz"));
        var model = TinyBert.open("model.safetensors", ElementType.FLOAT32);
        var tape = new Tape();
        var ids = TinyBert.ints(npz, "input_ids");
        var segments = TinyBert.ints(npz, "token_type_ids")) {
      var outputs = LayerOutputs.of(BertModel.hiddenStateLayer(2));
      var mask = Optional.of(npz.array("attention_mask").ints());
      model.encode(tape, model.wordEmbeddings(tape, ids), segments, mask, outputs);
      var all = npz.array("hidden_states").doubles();
      var expected = Arrays.copyOfRange(all, all.length / 3 * 2, all.length);
      // The tolerance of the goldens' description.
      assertThat(Distance.largest(outputs.get("bert.encoder.layer.1").toDoubles(), expected))
          .isLessThan(2e-5);
    }
  }
}
