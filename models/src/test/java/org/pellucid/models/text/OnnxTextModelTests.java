package org.pellucid.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.Taps;
import org.pellucid.models.bert.TextFunction;
import org.pellucid.testing.DoublePrecision;
import org.pellucid.testing.GraphBytes;
import org.pellucid.testing.TinyGraph;
import org.pellucid.testing.TinyGraph.Head;
import org.pellucid.weights.OpenOptions;

/** Language models in graphs, whose parts have other names than usual. */
@Tag("numeric")
class OnnxTextModelTests {
  private static final Engine ENGINE = Engine.standard();

  @TempDir Path directory;

  private OnnxTextModel open(Head head) throws IOException {
    return OnnxTextModel.open(TinyGraph.write(directory, head));
  }

  private void checkRefused(String message) {
    assertThatThrownBy(() -> OnnxTextModel.open(directory))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining(message);
  }

  private static double[] values(Engine engine, TextFunction function, Optional<int[]> mask) {
    var batch = mask.map(numbers -> numbers.length / function.tokens().size()).orElse(1);
    var one = function.embeddings(engine, function.tokens().ids());
    try (var tape = new Tape(engine)) {
      var shape = function.inputShape();
      var all = new double[batch * one.length];
      Arrays.setAll(all, i -> one[i % one.length]);
      var inputs = tape.allocate(function.type(), batch, shape[0], shape[1]);
      inputs.set(all);
      return function.forward(tape, inputs, mask, Taps.NONE).toDoubles();
    }
  }

  private static double[] values(TextFunction function) {
    return values(ENGINE, function, Optional.empty());
  }

  @Test
  void findsThePartsByWhatTheyDo() throws IOException {
    try (var model = open(Head.HIDDEN)) {
      assertThat(model.inputs().ids()).isEqualTo("tokens");
      assertThat(model.inputs().mask()).contains("attended");
      assertThat(model.inputs().segments()).isEmpty();
      assertThat(model.inputs().words().value()).isEqualTo("embedded");
      assertThat(model.maximalPositions()).isEqualTo(TinyGraph.POSITIONS);
      assertThat(model.notes()).isEmpty();
    }
  }

  /** The mean of the hidden states, which the graph gives by itself. */
  @Test
  void poolsAndNormalises() throws IOException {
    try (var model = open(Head.HIDDEN)) {
      var tokens = model.tokenizer().encode("the cats saw a dog");
      var inputs = model.inputsOf(tokens, 1, Optional.empty());
      var hidden = model.graph().run(ENGINE, inputs).get("last_hidden_state").values();
      var mean = new double[8];
      for (var i = 0; i < hidden.length; i++) {
        mean[i % 8] += hidden[i];
      }
      var length = Math.sqrt(Arrays.stream(mean).map(x -> x * x).sum());
      var found = model.embedding(ENGINE, tokens);
      for (var i = 0; i < 8; i++) {
        assertThat(found[i]).isCloseTo(mean[i] / length, within(1e-6));
      }
      Files.createDirectories(directory.resolve("1_Pooling"));
      Files.writeString(
          directory.resolve("1_Pooling/config.json"), "{\"pooling_mode_cls_token\": true}");
      try (var first = OnnxTextModel.open(directory)) {
        var start = Math.sqrt(Arrays.stream(hidden, 0, 8).map(x -> x * x).sum());
        assertThat(first.embedding(ENGINE, tokens)[0]).isCloseTo(hidden[0] / start, within(1e-6));
      }
    }
  }

  @Test
  void isAsLikeToItselfAsCanBe() throws IOException {
    try (var model = open(Head.HIDDEN)) {
      var tokens = model.tokenizer().encode("the cat");
      assertThat(values(model.similarity(ENGINE, tokens, tokens))).hasSize(1);
      assertThat(values(model.similarity(ENGINE, tokens, tokens))[0]).isCloseTo(1, within(1e-6));
    }
  }

  /** A removed token is left out of the mean, too: both rows of a batch, one of them whole. */
  @Test
  void leavesRemovedTokensOutOfTheMean() throws IOException {
    try (var model = open(Head.HIDDEN)) {
      var tokens = model.tokenizer().encode("the cat");
      var function = model.similarity(ENGINE, tokens, model.tokenizer().encode("a dog"));
      var both = values(ENGINE, function, Optional.of(new int[] {1, 1, 1, 1, 1, 1, 0, 1}));
      assertThat(both[0]).isCloseTo(values(function)[0], within(1e-6));
      var inputs = model.inputsOf(tokens, 1, Optional.of(new int[] {1, 1, 0, 1}));
      var hidden = model.graph().run(ENGINE, inputs).get("last_hidden_state").values();
      var other = model.embedding(ENGINE, "a dog");
      var dot = 0.0;
      var square = 0.0;
      for (var i = 0; i < 8; i++) {
        var mean = hidden[i] + hidden[8 + i] + hidden[24 + i];
        dot += mean * other[i];
        square += mean * mean;
      }
      assertThat(both[1]).isCloseTo(dot / Math.sqrt(square), within(1e-6));
    }
  }

  /** Each with its own part of the mask. */
  @Test
  void takesOneTextAfterTheOtherWhereTheGraphDoes() throws IOException {
    var mask = Optional.of(new int[] {1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1});
    try (var together = open(Head.HIDDEN);
        var apart =
            OnnxTextModel.open(TinyGraph.writeForOne(directory.resolve("one"), Head.HIDDEN))) {
      var tokens = apart.tokenizer().encode("the cat");
      var function = apart.similarity(ENGINE, tokens, apart.tokenizer().encode("a dog"));
      assertThat(function.largestBatch()).isEqualTo(1);
      var same = together.similarity(ENGINE, tokens, together.tokenizer().encode("a dog"));
      assertThat(values(ENGINE, function, mask))
          .containsExactly(values(ENGINE, same, mask), within(1e-6));
    }
  }

  @Test
  void hasTheGradientOfItsSimilarity() throws IOException {
    var path = TinyGraph.write(directory, Head.HIDDEN);
    var engine = DoublePrecision.engine();
    try (var model = OnnxTextModel.open(path, ElementType.FLOAT64, OpenOptions.standard())) {
      var other = model.tokenizer().encode("a dog saw the apple");
      var function = model.similarity(engine, model.tokenizer().encode("the cat"), other);
      var numbers = function.embeddings(engine, function.tokens().ids());
      var x = new double[numbers.length];
      Arrays.setAll(x, i -> numbers[i]);
      double[] gradient;
      try (var tape = new Tape(engine)) {
        var input = tape.allocate(ElementType.FLOAT64, 1, 4, 8);
        input.set(x);
        tape.watch(input);
        gradient = tape.gradient(function.forward(tape, input), input).of(input).toDoubles();
      }
      var step = 1e-5;
      for (var i = 0; i < x.length; i++) {
        var slope =
            (at(engine, function, x, i, step) - at(engine, function, x, i, -step)) / (2 * step);
        assertThat(gradient[i]).isCloseTo(slope, within(1e-8));
      }
    }
  }

  private static double at(
      Engine engine, TextFunction function, double[] x, int index, double step) {
    var moved = x.clone();
    moved[index] += step;
    try (var tape = new Tape(engine)) {
      var input = tape.allocate(ElementType.FLOAT64, 1, 4, 8);
      input.set(moved);
      return function.forward(tape, input).toDoubles()[0];
    }
  }

  @Test
  void tellsTheLogitsOfEachHead() throws IOException {
    try (var model = open(Head.VOCABULARY)) {
      var tokens = model.tokenizer().encode("the [MASK] saw");
      var logits = model.graph().run(ENGINE, model.inputsOf(tokens, 1, Optional.empty()));
      var all = logits.get("logits").values();
      var found = values(model.maskedToken(tokens, 2));
      assertThat(found).hasSize(TinyGraph.PIECES);
      assertThat(found[3]).isCloseTo(all[2 * TinyGraph.PIECES + 3], within(1e-6));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.classes(tokens))
          .withMessageContaining("gives no classes of texts, but a masked token's logits (logits)");
    }
    try (var model = open(Head.CLASSES)) {
      assertThat(values(model.classes(model.tokenizer().encode("the cat")))).hasSize(3);
    }
    try (var model = open(Head.ANSWER)) {
      var tokens = model.tokenizer().encode("who ?", "the cat");
      var all = model.graph().run(ENGINE, model.inputsOf(tokens, 1, Optional.empty()));
      var found = values(model.answer(tokens));
      assertThat(found).hasSize(14);
      assertThat(found[3]).isCloseTo(all.get("start_logits").values()[3], within(1e-6));
      assertThat(found[7 + 3]).isCloseTo(all.get("end_logits").values()[3], within(1e-6));
    }
  }

  @Test
  void readsAFolderWithTheGraphApart() throws IOException {
    TinyGraph.write(directory, Head.HIDDEN);
    var apart = Files.createDirectories(directory.resolve("onnx")).resolve("model.onnx");
    Files.move(directory.resolve("model.onnx"), apart);
    for (var path : List.of(directory, apart)) {
      try (var model = OnnxTextModel.open(path)) {
        assertThat(model.embedding(ENGINE, "the cat")).hasSize(8);
      }
    }
  }

  @Test
  void refusesWhatIsNoLanguageModel() throws IOException {
    checkRefused("holds no graph: there is neither model.onnx nor onnx/model.onnx");
    TinyGraph.write(directory, Head.HIDDEN);
    Files.delete(directory.resolve("vocab.txt"));
    checkRefused("has no tokenizer: put the model's tokenizer.json, vocab.txt, or");
    Files.writeString(directory.resolve("spiece.model"), "");
    checkRefused("has the vocabulary spiece.model of SentencePiece");
    Files.writeString(
        directory.resolve("tokenizer.json"), "{\"model\": {\"type\": \"Unigram\", \"vocab\": []}}");
    checkRefused("its tokenizer is Unigram");
    new GraphBytes(13)
        .input("x", 0, 3)
        .node("Relu", List.of("x"), "y")
        .output("y", 0, 3)
        .write(directory.resolve("model.onnx"));
    checkRefused("looks up no words");
  }

  @Test
  void refusesTextsLongerThanThePositions() throws IOException {
    try (var model = open(Head.HIDDEN)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.embedding(ENGINE, "cat ".repeat(19)))
          .withMessage(
              "The text has 21 tokens, too many for this model's maximal length of 20; shorten the"
                  + " text.");
    }
  }

  @Test
  void refusesTokensWithoutAnEmbedding() throws IOException {
    TinyGraph.write(directory, Head.HIDDEN, 14);
    try (var model = OnnxTextModel.open(directory)) {
      assertThat(model.notes())
          .containsExactly(
              "The vocabulary has 16 pieces, but the graph's word embeddings only 14; texts with"
                  + " the others are refused.");
      assertThat(model.embedding(ENGINE, "the cat")).hasSize(8);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.embedding(ENGINE, "the cat eats"))
          .withMessageContaining("The token eats has the id 14");
    }
  }
}
