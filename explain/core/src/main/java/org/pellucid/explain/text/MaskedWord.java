package org.pellucid.explain.text;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.Engine;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.MaskedTokenScores;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.models.bert.WordPieceTokenizer;

/**
 * A word of a sentence that is masked for a language model, and the question which other words make
 * the model expect a certain word in its place. Inputs are word embeddings {@code [tokens,
 * hidden]}.
 *
 * <p>It doesn't own the model. Safe to use from several threads.
 */
public final class MaskedWord {
  private final Evaluator evaluator;
  private final BertModel model;
  private final Vocabulary vocabulary;
  private final Tokens tokens;

  private MaskedWord(Engine engine, BertModel model, Vocabulary vocabulary, Tokens tokens, int at) {
    this.evaluator = new Evaluator(engine, new MaskedTokenScores(model, tokens, at));
    this.model = model;
    this.vocabulary = vocabulary;
    this.tokens = tokens;
  }

  /**
   * Masks the first token of a word's first occurrence.
   *
   * @throws IllegalArgumentException if the sentence doesn't contain the word, or the model has no
   *     masked-language-model head
   */
  public static MaskedWord of(
      Engine engine, BertModel model, WordPieceTokenizer tokenizer, String sentence, String word) {
    var tokens = tokenizer.encode(sentence);
    var position = tokens.firstTokenOf(word);
    check(position.isPresent(), "The sentence “%s” doesn't contain the word %s", sentence, word);
    var at = position.getAsInt();
    return new MaskedWord(engine, model, tokenizer.vocabulary(), tokens.maskedAt(at), at);
  }

  /** The tokens with the mask. */
  public Tokens tokens() {
    return tokens;
  }

  /** What runs the model. */
  public Evaluator evaluator() {
    return evaluator;
  }

  /** The tokens' word embeddings, {@code [tokens, hidden]}. */
  public Values embeddings() {
    return values(tokens.ids());
  }

  /** The same number of padding tokens between {@code [CLS]} and {@code [SEP]}. */
  public Baseline padding() {
    return Baseline.PAD.resolved(evaluator.model());
  }

  private Values values(int[] ids) {
    var numbers = model.embeddings(evaluator.engine(), ids);
    return Values.of(numbers, ids.length, numbers.length / ids.length);
  }

  /**
   * The logit of a word at the masked position.
   *
   * @throws IllegalArgumentException if the vocabulary doesn't hold the word as one piece
   */
  public Target target(String word) {
    return Target.output(id(word));
  }

  /** The logit of a word minus that of another, at the masked position. */
  public Target contrast(String word, String other) {
    return new Target.Difference(id(word), id(other));
  }

  private int id(String word) {
    return vocabulary
        .id(word)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The vocabulary has no piece %s; choose a word that is one piece."
                        .formatted(word)));
  }

  /**
   * Explains a target by the sentence's word embeddings.
   *
   * @throws IllegalArgumentException if the method doesn't apply to such inputs
   */
  public Explanation explain(Method method, Target target) {
    return method.explain(evaluator, embeddings(), target, RunOptions.standard());
  }

  /** The attributions summed over each token's embedding, {@code [tokens]}. */
  public static double[] byToken(Explanation explanation) {
    var values = explanation.values();
    var hidden = values.size(1);
    var sums = new double[values.size(0)];
    for (var i = 0; i < values.length(); i++) {
      sums[i / hidden] += values.get(i);
    }
    return sums;
  }
}
