package org.pellucid.explain.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.Engine;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.models.bert.AnswerScores;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.models.bert.answer.AnsweredQuestion;
import org.pellucid.models.zoo.WeightsOrigin;

/**
 * A question's answers, and which words made the best one: Integrated Gradients of its score, the
 * sum of its start and end logit, from a baseline in which every token of both texts is {@code
 * [PAD]} (Sundararajan, Taly and Yan, 2017). Only words of the window that scored the answer have a
 * part in it.
 *
 * @param explanation of the window's word embeddings, {@code [tokens, hidden]}
 * @param words of the question and then of the window, in order
 * @param weights which weights it is from, if that is known
 */
public record ExplainedAnswer(
    AnsweredQuestion answered,
    Explanation explanation,
    List<Word> words,
    Optional<WeightsOrigin> weights) {
  /** Copies the list. */
  public ExplainedAnswer {
    words = List.copyOf(words);
  }

  /**
   * A word's part in the answer's score.
   *
   * @param text as it was typed
   * @param source {@code FIRST} for the question, {@code SECOND} for the context
   * @param start first UTF-16 index in its text
   * @param end UTF-16 index after the last one
   * @param attribution the sum over its tokens' embeddings, in logits
   */
  public record Word(String text, Token.Source source, int start, int end, double attribution) {}

  /**
   * Explains the best answer.
   *
   * @param model that answered
   * @param vocabulary of the model's tokenizer
   * @param steps of Integrated Gradients
   * @throws IllegalArgumentException if there are too few steps
   */
  public static ExplainedAnswer of(
      Engine engine,
      BertModel model,
      Vocabulary vocabulary,
      AnsweredQuestion answered,
      int steps,
      RunOptions options,
      Optional<WeightsOrigin> weights) {
    var answer = answered.best();
    var window = answered.read().get(answer.window());
    var positions = window.positions(answer.tokens()).orElseThrow();
    var scores = new AnswerScores(model, window.tokens());
    var target =
        new Target.Sum(List.of(scores.start(positions.first()), scores.end(positions.last())));
    var padding = embeddings(engine, model, padded(window.tokens(), vocabulary.padId()));
    var explanation =
        IntegratedGradients.steps(steps)
            .withBaseline(new Baseline.Given(padding))
            .explain(
                new Evaluator(engine, scores),
                embeddings(engine, model, window.tokens().ids()),
                target,
                options);
    var words = words(window.tokens(), MaskedWord.byToken(explanation));
    return new ExplainedAnswer(answered, explanation, words, weights);
  }

  private static int[] padded(Tokens tokens, int padId) {
    return tokens.list().stream()
        .mapToInt(token -> token.source() == Token.Source.SPECIAL ? token.id() : padId)
        .toArray();
  }

  private static Values embeddings(Engine engine, BertModel model, int[] ids) {
    var numbers = model.embeddings(engine, ids);
    return Values.of(numbers, ids.length, numbers.length / ids.length);
  }

  private static List<Word> words(Tokens tokens, double[] attributions) {
    var words = new ArrayList<Word>();
    for (var first = 0; first < tokens.size(); ) {
      var token = tokens.list().get(first);
      var end = first;
      var sum = 0.0;
      while (end < tokens.size() && isSameWord(token, tokens.list().get(end))) {
        sum += attributions[end++];
      }
      if (token.source() != Token.Source.SPECIAL) {
        var text =
            token.source() == Token.Source.FIRST ? tokens.first() : tokens.second().orElse("");
        var last = tokens.list().get(end - 1).end();
        words.add(
            new Word(
                text.substring(token.start(), last), token.source(), token.start(), last, sum));
      }
      first = end;
    }
    return words;
  }

  private static boolean isSameWord(Token token, Token other) {
    return token.source() == other.source() && token.word() == other.word();
  }

  /** The same with the first answers alone, at most so many as there are. */
  public ExplainedAnswer withFirst(int count) {
    return new ExplainedAnswer(answered.withFirst(count), explanation, words, weights);
  }

  /** How far the attributions miss the difference between the scores of input and baseline. */
  public double delta() {
    return explanation.quality("convergenceDelta").orElse(Double.NaN);
  }

  /** The answer's score minus the same score of the baseline, which the attributions share out. */
  public double difference() {
    return explanation.quality("scoreDifference").orElse(Double.NaN);
  }

  /**
   * Writes {@code answer.json} with the answers and the words' attributions.
   *
   * @throws java.io.UncheckedIOException if it can't be written
   */
  public void save(Path directory) {
    JsonResult.write(directory.resolve("answer.json"), AnswerJson.of(this), weights);
  }
}
