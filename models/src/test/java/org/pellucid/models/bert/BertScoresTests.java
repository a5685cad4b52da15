package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Goldens;
import org.pellucid.models.LayerOutputs;
import org.pellucid.testing.Distance;
import org.pellucid.weights.numpy.Npz;

/** BERT's heads as models of word embeddings, against Hugging Face's numbers. */
class BertScoresTests {
  /** Of the goldens' description, for the tiny model's outputs and gradients. */
  private static final double TOLERANCE = 2e-5;

  private static Tensor input(Tape tape, BertModel model, Tokens tokens) {
    var embeddings = model.embeddings(Engine.standard(), tokens.ids());
    return tape.watch(Tensor.of(embeddings, 1, tokens.size(), 32));
  }

  private static double[] row(Npz npz, String name, int example) {
    var all = npz.array(name).doubles();
    var size = all.length / 3;
    return Arrays.copyOfRange(all, example * size, (example + 1) * size);
  }

  @Test
  void scoresAnswersAndTheirGradients() {
    try (var npz = Npz.open(Goldens.file("goldens/bert/tiny_qa.npz"));
        var model = TinyBert.open("model.safetensors", ElementType.FLOAT32)) {
      var examples = IntStream.range(0, 3).filter(e -> TinyBert.isUnpadded(npz, e)).toArray();
      assertThat(examples).isNotEmpty();
      for (var example : examples) {
        checkAnswers(npz, model, example);
      }
    }
  }

  private static void checkAnswers(Npz npz, BertModel model, int example) {
    var scores = new AnswerScores(model, TinyBert.tokens(npz, example));
    assertThat(scores.inputShape()).containsExactly(12, 32);
    assertThat(scores.outputs()).isEqualTo(24);
    assertThat(scores.end(3)).isEqualTo(15);
    try (var tape = new Tape()) {
      var input = input(tape, model, scores.tokens());
      var logits = scores.forward(tape, input);
      var both = logits.toDoubles();
      assertThat(logits.shape()).containsExactly(1, 24);
      assertThat(Distance.largest(Arrays.copyOf(both, 12), row(npz, "start_logits", example)))
          .isLessThan(TOLERANCE);
      assertThat(
              Distance.largest(Arrays.copyOfRange(both, 12, 24), row(npz, "end_logits", example)))
          .isLessThan(TOLERANCE);
      var halves = Reshape.apply(tape, logits, 2, 12);
      var targets =
          Tensor.of(
              new int[] {
                npz.array("start_positions").ints()[example],
                npz.array("end_positions").ints()[example]
              },
              2);
      var loss = Mean.apply(tape, CrossEntropy.apply(tape, halves, targets));
      var gradient = tape.gradient(loss, input).of(input).toDoubles();
      // The golden's loss is the mean over three examples.
      var expected =
          Arrays.stream(row(npz, "grad_inputs_embeds", example)).map(g -> 3 * g).toArray();
      assertThat(Distance.largest(gradient, expected)).isLessThan(3 * TOLERANCE);
    }
  }

  @Test
  void scoresTokensAtAPositionAsTheWholeHeadDoes() {
    try (var npz = Npz.open(Goldens.file("goldens/bert/tiny_pretraining.npz"));
        var model = TinyBert.open("pretraining_model.bin", ElementType.FLOAT32)) {
      var examples = IntStream.range(0, 3).filter(e -> TinyBert.isUnpadded(npz, e)).toArray();
      assertThat(examples).isNotEmpty();
      for (var example : examples) {
        for (var position : new int[] {0, 5, 11}) {
          checkTokens(npz, model, example, position);
        }
      }
    }
  }

  private static void checkTokens(Npz npz, BertModel model, int example, int position) {
    var scores = new MaskedTokenScores(model, TinyBert.tokens(npz, example), position);
    assertThat(scores.outputs()).isEqualTo(120);
    try (var tape = new Tape()) {
      var input = input(tape, model, scores.tokens());
      var logits = scores.forward(tape, input);
      assertThat(logits.shape()).containsExactly(1, 120);
      var all = row(npz, "prediction_logits", example);
      var expected = Arrays.copyOfRange(all, position * 120, (position + 1) * 120);
      assertThat(Distance.largest(logits.toDoubles(), expected)).isLessThan(TOLERANCE);
      var score = Slice.apply(tape, logits, 1, 7, 1);
      var gradient = tape.gradient(score, input).of(input).toDoubles();
      assertThat(Distance.largest(gradient, wholeGradient(model, scores, position)))
          .isLessThan(TOLERANCE);
    }
  }

  /** The same gradient through the head's logits at all positions. */
  private static double[] wholeGradient(BertModel model, MaskedTokenScores scores, int position) {
    try (var tape = new Tape();
        var segments = Tensor.of(scores.tokens().segmentIds(), 1, scores.tokens().size())) {
      var input = input(tape, model, scores.tokens());
      var last = model.encode(tape, input, segments, Optional.empty());
      var logits = model.predictTokens(tape, last);
      var score = Slice.apply(tape, Slice.apply(tape, logits, 1, position, 1), 2, 7, 1);
      return tape.gradient(score, input).of(input).toDoubles();
    }
  }

  @Test
  void computesABatchAsItsExamples() {
    try (var npz = Npz.open(Goldens.file("goldens/bert/tiny_qa.npz"));
        var model = TinyBert.open("model.safetensors", ElementType.FLOAT32);
        var tape = new Tape()) {
      var scores = new AnswerScores(model, TinyBert.tokens(npz, 0));
      var one = model.embeddings(Engine.standard(), scores.tokens().ids());
      var two = Arrays.copyOf(one, 2 * one.length);
      var pad = model.embeddings(Engine.standard(), new int[scores.tokens().size()]);
      System.arraycopy(pad, 0, two, one.length, pad.length);
      var batch = scores.forward(tape, Tensor.of(two, 2, 12, 32)).toDoubles();
      var first = scores.forward(tape, Tensor.of(one, 1, 12, 32)).toDoubles();
      var second = scores.forward(tape, Tensor.of(pad, 1, 12, 32)).toDoubles();
      assertThat(Distance.largest(Arrays.copyOf(batch, 24), first)).isLessThan(TOLERANCE);
      assertThat(Distance.largest(Arrays.copyOfRange(batch, 24, 48), second)).isLessThan(TOLERANCE);
    }
  }

  @Test
  void offersTheEncodersLayers() {
    try (var npz = Npz.open(Goldens.file("goldens/bert/tiny_qa.npz"));
        var model = TinyBert.open("model.safetensors", ElementType.FLOAT32);
        var tape = new Tape()) {
      var scores = new AnswerScores(model, TinyBert.tokens(npz, 0));
      var outputs = LayerOutputs.of(_ -> true);
      scores.forward(tape, input(tape, model, scores.tokens()), outputs);
      assertThat(outputs.layers()).containsExactlyElementsOf(scores.layerNames());
      assertThat(scores.type()).isEqualTo(ElementType.FLOAT32);
    }
  }

  @Test
  void refusesWhatTheModelLacks() {
    try (var npz = Npz.open(Goldens.file("goldens/bert/tiny_qa.npz"));
        var answers = TinyBert.open("model.safetensors", ElementType.FLOAT32);
        var words = TinyBert.open("pretraining_model.bin", ElementType.FLOAT32)) {
      var tokens = TinyBert.tokens(npz, 0);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new AnswerScores(words, tokens))
          .withMessageContaining("no question-answering head");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new MaskedTokenScores(answers, tokens, 3))
          .withMessageContaining("no masked-language-model head");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new MaskedTokenScores(words, tokens, 12))
          .withMessageContaining("positions are 0..11");
    }
  }
}
