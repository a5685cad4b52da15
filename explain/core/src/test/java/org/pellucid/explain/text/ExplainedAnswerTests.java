package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.text.ExplainedAnswer.Word;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.answer.AnswerSettings;
import org.pellucid.models.bert.answer.QuestionAnswering;
import org.pellucid.models.bert.answer.WindowSettings;

/** The words that made an answer. */
@Tag("numeric")
class ExplainedAnswerTests {
  private static final String CONTEXT = "the dogs saw a cat. a cat eats the\tapple. the dog saw.";

  @TempDir Path directory;

  private static ExplainedAnswer explained(BertModel model, int steps) {
    var answering = new QuestionAnswering(Engine.standard(), model, TinyBert.tokenizer());
    var settings =
        AnswerSettings.standard().withWindows(new WindowSettings(8, 9, 4, 20)).withBest(3);
    var answered = answering.answer("who eats?", CONTEXT, settings);
    assertThat(answered.read()).hasSizeGreaterThan(2);
    return ExplainedAnswer.of(
        Engine.standard(),
        model,
        TinyBert.tokenizer().vocabulary(),
        answered,
        steps,
        RunOptions.standard(),
        Optional.empty());
  }

  @Test
  void sharesTheScoreAmongTheWordsOfTheWindow() {
    try (var model = TinyBert.model()) {
      var explained = explained(model, 300);
      var answer = explained.answered().best();
      var sum = explained.words().stream().mapToDouble(Word::attribution).sum();
      // Random weights make a rough path; 300 Gauss-Legendre positions leave under a hundredth.
      assertThat(sum)
          .isCloseTo(explained.difference(), within(0.01 * Math.abs(explained.difference())));
      assertThat(sum - explained.difference()).isCloseTo(explained.delta(), within(1e-4));
      assertThat(explained.explanation().target().of(explained.explanation().outputs().toDoubles()))
          .isCloseTo(answer.score(), within(2e-5 * Math.abs(answer.score()) + 2e-5));
    }
  }

  @Test
  void joinsTokensToWordsAsTheyWereTyped() {
    try (var model = TinyBert.model()) {
      var words = explained(model, 2).words();
      assertThat(words.subList(0, 3))
          .extracting(Word::text, Word::source)
          .containsExactly(
              tuple("who", Token.Source.FIRST),
              tuple("eats", Token.Source.FIRST),
              tuple("?", Token.Source.FIRST));
      assertThat(words.subList(3, words.size()))
          .allSatisfy(
              word -> {
                assertThat(word.source()).isEqualTo(Token.Source.SECOND);
                assertThat(CONTEXT.substring(word.start(), word.end())).isEqualTo(word.text());
              });
    }
  }

  @Test
  void savesWhatItFound() throws Exception {
    try (var model = TinyBert.model()) {
      var explained = explained(model, 2);
      explained.save(directory);
      var json = new JsonMapper().readTree(directory.resolve("answer.json").toFile());
      var best = explained.answered().best();
      assertThat(json.at("/prediction").textValue()).isEqualTo(best.text());
      assertThat(json.at("/answers")).hasSize(3);
      assertThat(json.at("/answers/0/start").intValue()).isEqualTo(best.start());
      assertThat(json.at("/answers/0/probability").doubleValue()).isEqualTo(best.probability());
      assertThat(json.at("/answers/0/tokens")).hasSize(best.tokens().length());
      assertThat(json.at("/explanation/words")).hasSameSizeAs(explained.words());
      assertThat(json.at("/explanation/steps").intValue()).isEqualTo(2);
      assertThat(json.has("none")).isFalse();
    }
  }
}
