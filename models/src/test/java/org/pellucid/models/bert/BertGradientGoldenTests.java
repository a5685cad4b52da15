package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.ops.Embedding;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Goldens;
import org.pellucid.testing.Distance;
import org.pellucid.weights.DType;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.numpy.Npz;

/**
 * Gradients of every parameter of the tiny BERT against Hugging Face's, through each of its heads;
 * tolerances are those of the goldens' description.
 */
@Tag("numeric")
class BertGradientGoldenTests {
  private static final String WORDS = "bert.embeddings.word_embeddings.weight";

  private static final String DECODER = "cls.predictions.decoder.weight";

  private static BertModel model(String file) {
    return TinyBert.open(file, ElementType.FLOAT32);
  }

  private static Map<String, double[]> gradients(
      Tape tape, Tensor loss, Map<String, Tensor> parameters) {
    var computed = tape.gradient(loss, parameters.values().toArray(Tensor[]::new));
    var gradients = new LinkedHashMap<String, double[]>();
    parameters.forEach((name, tensor) -> gradients.put(name, computed.of(tensor).toDoubles()));
    return gradients;
  }

  private static void checkEveryGradient(Map<String, double[]> gradients, Npz npz) {
    var expected = npz.names().stream().filter(name -> name.startsWith("grad.")).toList();
    for (var name : expected) {
      var gradient = gradients.get(name.substring("grad.".length()));
      assertThat(gradient).as(name).isNotNull();
      assertThat(Distance.largest(gradient, npz.array(name).doubles())).as(name).isLessThan(2e-5);
    }
  }

  /** A loss with its gradients of all parameters. */
  private record Answers(double loss, Map<String, double[]> gradients) {
    static Answers of(BertModel model, Npz npz) {
      try (var tape = new Tape()) {
        model.parameters().values().forEach(tape::watch);
        var embeddings = model.wordEmbeddings(tape, TinyBert.ints(npz, "input_ids"));
        var mask = Optional.of(npz.array("attention_mask").ints());
        var last = model.encode(tape, embeddings, TinyBert.ints(npz, "token_type_ids"), mask);
        var spans = model.answerSpans(tape, last);
        var losses = new ArrayList<Tensor>();
        for (var which = 0; which < 2; which++) {
          var half = Slice.apply(tape, spans, 2, which, 1);
          var logits = Reshape.apply(tape, half, spans.size(0), spans.size(1));
          var targets = TinyBert.ints(npz, which == 0 ? "start_positions" : "end_positions");
          losses.add(Mean.apply(tape, CrossEntropy.apply(tape, logits, targets)));
        }
        var loss = Scale.apply(tape, Add.apply(tape, losses.get(0), losses.get(1)), 0.5);
        return new Answers(
            loss.item(), BertGradientGoldenTests.gradients(tape, loss, model.parameters()));
      }
    }
  }

  /**
   * PyTorch drops the gradient of the padding token's row; the mathematical one is the sum over the
   * positions that hold padding.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "checkpoint_wrapped.pth",
        "model.safetensors",
        "pytorch_model.bin",
        "pytorch_model.gamma_beta.bin",
        "pytorch_model.legacy.bin",
        "pytorch_model.parameters.bin",
        "pytorch_model.position_ids.bin",
        "pytorch_model.shared_storage.bin",
        "pytorch_model.shared_storage.legacy.bin",
        "pytorch_model.transposed_views.bin"
      })
  void answersQuestions(String file) {
    try (var npz = Npz.open(Goldens.file("goldens/bert/tiny_qa.npz"));
        var model = model(file)) {
      var answers = Answers.of(model, npz);
      assertThat(answers.loss()).isCloseTo(npz.array("loss").doubles()[0], within(5e-6));
      var gradients = answers.gradients();
      var words = gradients.get(WORDS);
      var padding = Arrays.copyOf(words, 32);
      var expected = new double[32];
      var byPosition = npz.array("grad_inputs_embeds").doubles();
      var ids = npz.array("input_ids").ints();
      for (var position = 0; position < ids.length; position++) {
        for (var i = 0; i < 32 && ids[position] == 0; i++) {
          expected[i] += byPosition[position * 32 + i];
        }
      }
      assertThat(Distance.largest(padding, expected)).isLessThan(2e-5);
      Arrays.fill(words, 0, 32, 0);
      checkEveryGradient(gradients, npz);
    }
  }

  /** The files in half precision hold the other files' weights rounded, and mean these numbers. */
  @ParameterizedTest
  @CsvSource({
    "model.fp16.safetensors, F16",
    "pytorch_model.fp16.bin, F16",
    "pytorch_model.fp16.legacy.bin, F16",
    "model.bf16.safetensors, BF16",
    "pytorch_model.bf16.bin, BF16",
    "pytorch_model.bf16.legacy.bin, BF16"
  })
  void answersQuestionsWithRoundedWeights(String file, DType type) {
    try (var npz = Npz.open(Goldens.file("goldens/bert/tiny_qa.npz"));
        var stored = model(file);
        var rounded = model("model.safetensors")) {
      rounded
          .parameters()
          .values()
          .forEach(
              tensor -> {
                var bytes = WeightTensor.encode(tensor.toDoubles(), type);
                tensor.set(WeightTensor.decode(bytes, type));
                tensor.changed();
              });
      var actual = Answers.of(stored, npz);
      var expected = Answers.of(rounded, npz);
      assertThat(actual.loss()).isEqualTo(expected.loss());
      assertThat(actual.gradients().keySet()).isEqualTo(expected.gradients().keySet());
      expected
          .gradients()
          .forEach(
              (name, gradient) ->
                  assertThat(actual.gradients().get(name)).as(name).isEqualTo(gradient));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pretraining_model.bin", "pretraining_model.legacy.bin"})
  void predictsWordsAndNextSentences(String file) {
    try (var npz = Npz.open(Goldens.file("goldens/bert/tiny_pretraining.npz"));
        var model = model(file);
        var tape = new Tape()) {
      var parameters = new LinkedHashMap<>(model.parameters());
      for (var part : new String[] {"weight", "bias"}) {
        var name = "cls.seq_relationship." + part;
        var array = npz.array("param." + name);
        var tensor = Tensor.of(new float[array.doubles().length], array.shape());
        tensor.set(array.doubles());
        parameters.put(name, tensor);
      }
      parameters.values().forEach(tape::watch);
      var ids = npz.array("input_ids").ints();
      var embeddings = model.wordEmbeddings(tape, TinyBert.ints(npz, "input_ids"));
      var mask = Optional.of(npz.array("attention_mask").ints());
      var last = model.encode(tape, embeddings, TinyBert.ints(npz, "token_type_ids"), mask);
      var words = model.predictTokens(tape, last);
      assertThat(Distance.largest(words.toDoubles(), npz.array("prediction_logits").doubles()))
          .isLessThan(2e-5);
      var labels = npz.array("labels").ints();
      var labelled = IntStream.range(0, labels.length).filter(i -> labels[i] >= 0).toArray();
      var rows = Reshape.apply(tape, words, labels.length, words.size(2));
      var chosen = Embedding.apply(tape, rows, Tensor.of(labelled, labelled.length));
      var targets = Tensor.of(Arrays.stream(labelled).map(i -> labels[i]).toArray(), 4);
      var wordLoss = Mean.apply(tape, CrossEntropy.apply(tape, chosen, targets));
      var sentences =
          Linear.apply(
              tape,
              model.pool(tape, last),
              parameters.get("cls.seq_relationship.weight"),
              parameters.get("cls.seq_relationship.bias"));
      var next = CrossEntropy.apply(tape, sentences, TinyBert.ints(npz, "next_sentence_label"));
      var loss = Add.apply(tape, wordLoss, Mean.apply(tape, next));
      assertThat(Distance.largest(loss.toDoubles(), npz.array("loss").doubles())).isLessThan(5e-6);
      parameters.put("embeddings", embeddings);
      var gradients = gradients(tape, loss, parameters);
      var byPosition = gradients.get("embeddings");
      for (var position = 0; position < ids.length; position++) {
        for (var i = 0; i < 32 && ids[position] == 0; i++) {
          // Of the padding token's gradient PyTorch keeps only what comes through the decoder.
          gradients.get(WORDS)[i] -= byPosition[position * 32 + i];
        }
      }
      // The decoder shares its weight with the word embeddings, and so its gradient.
      var decoder = gradients.getOrDefault(DECODER, new double[gradients.get(WORDS).length]);
      Arrays.setAll(gradients.get(WORDS), i -> gradients.get(WORDS)[i] + decoder[i]);
      checkEveryGradient(gradients, npz);
    }
  }
}
