package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Goldens;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.zoo.BertArtifacts;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.models.zoo.KnownModel;
import org.pellucid.testing.Distance;
import org.pellucid.weights.convert.BertNames;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npz;

/**
 * BERT against Hugging Face's numbers: a tiny random one, and bert-base-cased where it is cached.
 */
@Tag("numeric")
class BertGoldenTests {

  private static Tensor ints(Npz npz, String name) {
    var array = npz.array(name);
    return Tensor.of(array.ints(), array.shape());
  }

  @Test
  void computesTheTinyModelForwardAndBackward() throws IOException {
    var config = BertConfig.read(Goldens.file("goldens/bert/tiny/config.json"));
    try (var npz = Npz.open(Goldens.file("goldens/bert/tiny_qa.npz"));
        var checkpoint = WeightFiles.open(Goldens.file("goldens/bert/tiny/model.safetensors"));
        var model =
            BertModel.load(config, new CheckpointParameters(checkpoint), ElementType.FLOAT32);
        var tape = new Tape()) {
      model.parameters().values().forEach(tape::watch);
      var embeddings = tape.watch(model.wordEmbeddings(tape, ints(npz, "input_ids")));
      var mask = Optional.of(npz.array("attention_mask").ints());
      var outputs = LayerOutputs.of(_ -> true);
      var last = model.encode(tape, embeddings, ints(npz, "token_type_ids"), mask, outputs);
      assertThat(outputs.layers()).containsExactlyElementsOf(model.layerNames());
      var spans = model.answerSpans(tape, last);
      var start = half(tape, spans, 0);
      var end = half(tape, spans, 1);
      assertThat(Distance.largest(start.toDoubles(), npz.array("start_logits").doubles()))
          .isLessThan(2e-5);
      assertThat(Distance.largest(end.toDoubles(), npz.array("end_logits").doubles()))
          .isLessThan(2e-5);
      var startLoss =
          Mean.apply(tape, CrossEntropy.apply(tape, start, ints(npz, "start_positions")));
      var endLoss = Mean.apply(tape, CrossEntropy.apply(tape, end, ints(npz, "end_positions")));
      var loss = Scale.apply(tape, Add.apply(tape, startLoss, endLoss), 0.5);
      assertThat(Distance.largest(loss.toDoubles(), npz.array("loss").doubles())).isLessThan(5e-6);
      checkTinyGradients(tape, model, npz, embeddings, outputs, loss);
    }
  }

  private static void checkTinyGradients(
      Tape tape, BertModel model, Npz npz, Tensor embeddings, LayerOutputs outputs, Tensor loss) {
    var wanted = new ArrayList<>(List.of(embeddings));
    outputs.layers().forEach(layer -> wanted.add(outputs.get(layer)));
    var names = List.copyOf(model.parameters().keySet());
    names.forEach(name -> wanted.add(model.parameters().get(name)));
    var gradients = tape.gradient(loss, wanted.toArray(Tensor[]::new));
    checkClose(gradients.of(embeddings), npz.array("grad_inputs_embeds").doubles(), "embeddings");
    for (var layer = 0; layer < 3; layer++) {
      var actual = gradients.of(outputs.get(BertModel.hiddenStateLayer(layer)));
      checkClose(actual, part(npz, "grad_hidden_states", layer, 3), "hidden state " + layer);
    }
    for (var layer = 0; layer < 2; layer++) {
      var actual = gradients.of(outputs.get(BertModel.probabilitiesLayer(layer)));
      checkClose(actual, part(npz, "grad_attentions", layer, 2), "attention " + layer);
    }
    for (var name : names) {
      // PyTorch drops the gradient of the padding token's row; ours is the mathematical one.
      if (!name.endsWith("word_embeddings.weight") && npz.names().contains("grad." + name)) {
        checkClose(
            gradients.of(model.parameters().get(name)), npz.array("grad." + name).doubles(), name);
      }
    }
  }

  private static void checkClose(Tensor actual, double[] expected, String what) {
    assertThat(Distance.largest(actual.toDoubles(), expected)).as(what).isLessThan(2e-5);
  }

  private static double[] part(Npz npz, String name, int index, int of) {
    var all = npz.array(name).doubles();
    var size = all.length / of;
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }

  private static Tensor half(Tape tape, Tensor spans, int which) {
    var slice = Slice.apply(tape, spans, 2, which, 1);
    return Reshape.apply(tape, slice, spans.size(0), spans.size(1));
  }

  private static BertModel cased() throws IOException, InterruptedException {
    var artifacts = new BertArtifacts(_ -> {});
    assumeTrue(
        artifacts.isLocal(KnownModel.BERT_BASE_CASED),
        "bert-base-cased is not in the local Maven repository");
    var files = artifacts.get(KnownModel.BERT_BASE_CASED);
    try (var checkpoint = BertNames.huggingFace(WeightFiles.open(files.weights()))) {
      return BertModel.load(
          files.config(), new CheckpointParameters(checkpoint), ElementType.FLOAT32);
    }
  }

  private static double[] probabilities(Tape tape, Tensor logits, int position) {
    var row =
        Arrays.copyOfRange(
            logits.toDoubles(),
            position * (int) logits.size(2),
            (position + 1) * (int) logits.size(2));
    var largest = Arrays.stream(row).max().orElseThrow();
    var sum = Arrays.stream(row).map(value -> Math.exp(value - largest)).sum();
    return Arrays.stream(row).map(value -> Math.exp(value - largest) / sum).toArray();
  }

  /** Tolerances are those of the goldens' description. */
  @Test
  void computesBertBaseCased() throws IOException, InterruptedException {
    var golden = Goldens.file("goldens/bert/cased_police.npz");
    try (var model = cased();
        var npz = Npz.open(golden);
        var tape = new Tape()) {
      var ids = npz.array("input_ids").ints();
      var embeddings = model.wordEmbeddings(tape, Tensor.of(ids, 1, ids.length));
      var segments = Tensor.zeros(ElementType.INT32, 1, ids.length);
      var outputs = LayerOutputs.of(_ -> true);
      model.encode(tape, embeddings, segments, Optional.empty(), outputs);
      for (var layer = 0; layer <= 12; layer++) {
        var actual = outputs.get(BertModel.hiddenStateLayer(layer)).toDoubles();
        assertThat(Distance.largest(actual, part(npz, "hidden_states", layer, 13)))
            .isLessThan(1e-4);
      }
      for (var layer = 0; layer < 12; layer++) {
        var actual = outputs.get(BertModel.probabilitiesLayer(layer)).toDoubles();
        assertThat(Distance.largest(actual, part(npz, "attentions", layer, 12))).isLessThan(2e-5);
      }
      checkMasked(model, npz, "masked_she_input_ids", 0.9876081347465515);
      checkMasked(model, npz, "masked_officer_she_input_ids", 0.1755167543888092);
    }
  }

  private static void checkMasked(BertModel model, Npz npz, String name, double expected) {
    var ids = npz.array(name).ints();
    try (var tape = new Tape()) {
      var embeddings = model.wordEmbeddings(tape, Tensor.of(ids, 1, ids.length));
      var segments = Tensor.zeros(ElementType.INT32, 1, ids.length);
      var last = model.encode(tape, embeddings, segments, Optional.empty());
      var logits = model.predictTokens(tape, last);
      var he = 1119;
      var p = probabilities(tape, logits, 10);
      assertThat(Math.abs(p[he] - expected)).isLessThan(1e-4);
      if (expected > 0.5) {
        assertThat(p[he]).isEqualTo(Arrays.stream(p).max().orElseThrow());
      }
    }
  }

  @Test
  void computesTheGradientOfBertBaseCased() throws IOException, InterruptedException {
    var golden = Goldens.file("goldens/bert/cased_police_gradients.npz");
    try (var model = cased();
        var npz = Npz.open(golden);
        var tape = new Tape()) {
      var ids = npz.array("input_ids").ints();
      var embeddings = tape.watch(model.wordEmbeddings(tape, Tensor.of(ids, 1, ids.length)));
      var segments = Tensor.zeros(ElementType.INT32, 1, ids.length);
      var last = model.encode(tape, embeddings, segments, Optional.empty());
      var logits = model.predictTokens(tape, last);
      var he = Slice.apply(tape, Slice.apply(tape, logits, 1, 10, 1), 2, 1119, 1);
      assertThat(Math.abs(he.item() - 17.696487426757812)).isLessThan(5e-4);
      var gradient = tape.gradient(he, embeddings).of(embeddings).toDoubles();
      assertThat(Distance.relative(gradient, npz.array("grad_inputs_embeds").doubles()))
          .isLessThan(1e-4);
    }
  }
}
