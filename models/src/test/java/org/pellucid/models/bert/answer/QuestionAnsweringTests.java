package org.pellucid.models.bert.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.AnswerScores;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.WordPieceTokenizer;

/** Questions answered by a small BERT with random weights. */
@Tag("numeric")
class QuestionAnsweringTests {
  /** Rounding of single precision in two layers, whose logits are about ten. */
  private static final double ROUNDING = 2e-5;

  private static final WordPieceTokenizer TOKENIZER = Letters.tokenizer(32);
  private static final WindowSettings WINDOWS = new WindowSettings(8, 10, 4, 20);

  private static String letters(int count, long seed) {
    return new Random(seed)
        .ints(count, 'a', 'z' + 1)
        .mapToObj(letter -> String.valueOf((char) letter))
        .collect(Collectors.joining(" "));
  }

  private static AnswerSettings settings(int best) {
    return AnswerSettings.standard().withWindows(WINDOWS).withBest(best);
  }

  /** Each answer's logits are those of its window alone, through the model that is explained. */
  @Test
  void givesTheScoresOfEachWindowByItself() {
    try (var model = RandomBert.model(TOKENIZER, true)) {
      var answering = new QuestionAnswering(Engine.standard(), model, TOKENIZER);
      var answered = answering.answer("who is q?", letters(31, 1), settings(40));
      assertThat(answered.read()).hasSizeGreaterThan(4);
      assertThat(answered.read().getLast().tokens().size())
          .isLessThan(answered.read().getFirst().tokens().size());
      for (var answer : answered.answers()) {
        var window = answered.read().get(answer.window());
        var scores = new AnswerScores(model, window.tokens());
        var positions = window.positions(answer.tokens()).orElseThrow();
        var outputs = outputs(model, scores);
        assertThat(answer.startLogit())
            .isCloseTo(outputs[scores.start(positions.first())], within(ROUNDING));
        assertThat(answer.endLogit())
            .isCloseTo(outputs[scores.end(positions.last())], within(ROUNDING));
      }
    }
  }

  private static double[] outputs(BertModel model, AnswerScores scores) {
    try (var tape = new Tape(Engine.standard());
        var ids = Tensor.of(scores.tokens().ids(), 1, scores.tokens().size())) {
      return scores.forward(tape, model.wordEmbeddings(tape, ids)).toDoubles();
    }
  }

  @Test
  void paddingChangesNoScoreBeyondRounding() {
    try (var model = RandomBert.model(TOKENIZER, true)) {
      var windows = ContextWindows.of(TOKENIZER, "who?", letters(12, 2), WINDOWS).all();
      var window = windows.getLast();
      var size = window.tokens().size();
      var plain = pairs(model, WindowBatch.of(List.of(window), size, 0), false);
      var padded = pairs(model, WindowBatch.of(List.of(window), size + 7, 0), true);
      var unmasked = pairs(model, WindowBatch.of(List.of(window), size + 7, 0), false);
      for (var i = 0; i < 2 * size; i++) {
        assertThat((double) padded[i]).isCloseTo(plain[i], within(ROUNDING));
      }
      assertThat(unmasked[2]).isNotCloseTo(plain[2], within(0.01f));
    }
  }

  private static float[] pairs(BertModel model, WindowBatch batch, boolean masks) {
    try (var tape = new Tape(Engine.standard());
        var ids = Tensor.of(batch.ids(), batch.windows(), batch.length());
        var segments = Tensor.of(batch.segmentIds(), batch.windows(), batch.length())) {
      var mask = masks ? Optional.of(batch.mask()) : Optional.<int[]>empty();
      var hidden = model.encode(tape, model.wordEmbeddings(tape, ids), segments, mask);
      return model.answerSpans(tape, hidden).toFloats();
    }
  }

  @Test
  void answersTheSameAgain() {
    try (var model = RandomBert.model(TOKENIZER, true)) {
      var answering = new QuestionAnswering(Engine.standard(), model, TOKENIZER);
      var first = answering.answer("who?", letters(50, 3), settings(5));
      answering.answer("when?", letters(9, 4), settings(5));
      var again = answering.answer("who?", letters(50, 3), settings(5));
      assertThat(again.answers()).isEqualTo(first.answers());
    }
  }

  @Test
  void readsNoLongerInputsThanTheModelHasPositionsFor() {
    try (var model = RandomBert.model(TOKENIZER, true)) {
      var answering = new QuestionAnswering(Engine.standard(), model, TOKENIZER);
      var answered = answering.answer(letters(40, 5), letters(100, 6), AnswerSettings.standard());
      assertThat(answered.windows().isQuestionCut()).isTrue();
      assertThat(answered.read()).allMatch(window -> window.tokens().size() <= 32);
    }
  }

  @Test
  void neverAnswersByASpecialTokenThatIsWrittenInTheText() {
    try (var model = RandomBert.model(TOKENIZER, true)) {
      var answering = new QuestionAnswering(Engine.standard(), model, TOKENIZER);
      var answered = answering.answer("who [SEP]?", "a [SEP] b [CLS] c [PAD]", settings(100));
      assertThat(answered.answers()).extracting(Answer::text).containsOnly("a", "b", "c");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> answering.answer("who?", "[SEP]", settings(1)))
          .withMessageContaining("special tokens only");
    }
  }

  @Test
  void refusesAModelWithoutTheHead() {
    try (var model = RandomBert.model(TOKENIZER, false)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new QuestionAnswering(Engine.standard(), model, TOKENIZER))
          .withMessageContaining("qa_outputs");
    }
  }

  @Test
  void endsWhenItsThreadIsInterrupted() {
    try (var model = RandomBert.model(TOKENIZER, true)) {
      var answering = new QuestionAnswering(Engine.standard(), model, TOKENIZER);
      Thread.currentThread().interrupt();
      var context = String.join(" ", Collections.nCopies(50, "x"));
      assertThatThrownBy(() -> answering.answer("who?", context, settings(1)))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
