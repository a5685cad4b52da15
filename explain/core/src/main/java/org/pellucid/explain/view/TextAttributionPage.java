package org.pellucid.explain.view;

import java.util.List;
import java.util.Map;
import org.pellucid.explain.method.Quality;
import org.pellucid.explain.text.TextAttribution;
import org.pellucid.models.bert.Token;

/**
 * What each word of a text adds to a number that BERT gives, by several methods side by side.
 *
 * @param model the model's name
 * @param asked what the number is, in words
 * @param score the number for the text
 * @param tokens as they are written in the vocabulary
 * @param words in the order of the text
 * @param methods one for each method, the main one first
 * @param layers rows of attributions by token at each hidden state; empty if they were not asked
 *     for
 * @param deltas how far each row misses the difference
 * @param difference of the scores that each row sums to
 */
public record TextAttributionPage(
    String title,
    String model,
    String asked,
    double score,
    List<String> tokens,
    List<Word> words,
    List<Numbers> methods,
    double[][] layers,
    double[] deltas,
    double difference)
    implements Page {

  /**
   * A word.
   *
   * @param text as it stands in the text
   * @param before what stands between the word before it and this one
   * @param tokens its positions
   * @param part 0 for a special token, 1 for the first text, 2 for the second
   * @param marked whether the question is about it
   */
  public record Word(String text, String before, List<Integer> tokens, int part, boolean marked) {}

  /**
   * A method's numbers.
   *
   * @param name of the method
   * @param byToken what each token adds
   * @param byWord what each word adds
   * @param delta the name of the figure that tells how far the attributions miss their sum; empty
   *     where the method promises none
   * @param figures names with meanings, and values where they are defined
   */
  public record Numbers(
      String name,
      String title,
      String sentence,
      Map<String, Object> parameters,
      double[] byToken,
      double[] byWord,
      String delta,
      List<Map<String, Object>> figures,
      double seconds) {}

  /**
   * Checks that the parts fit each other.
   *
   * @throws IllegalArgumentException if a part doesn't fit the number of tokens or words
   */
  public TextAttributionPage {
    PageParts.check(!methods.isEmpty(), "methods");
    for (var method : methods) {
      PageParts.check(method.byToken().length == tokens.size(), "byToken");
      PageParts.check(method.byWord().length == words.size(), "byWord");
    }
    PageParts.check(layers.length == deltas.length, "deltas");
    for (var layer : layers) {
      PageParts.check(layer.length == tokens.size(), "layers");
    }
  }

  /** A result as it was found. */
  public static TextAttributionPage of(String title, String model, TextAttribution found) {
    return new TextAttributionPage(
        title,
        model,
        found.title(),
        found.score(),
        found.tokens().pieces(),
        found.words().stream().map(word -> word(found, word)).toList(),
        found.results().stream().map(TextAttributionPage::numbers).toList(),
        found.layers().map(TextAttribution.Layers::byToken).orElse(new double[0][]),
        found.layers().map(TextAttribution.Layers::deltas).orElse(new double[0]),
        found.layers().map(TextAttribution.Layers::difference).orElse(0.0));
  }

  private static Word word(TextAttribution found, TextAttribution.WordTokens word) {
    var part =
        switch (word.source()) {
          case Token.Source.SPECIAL -> 0;
          case Token.Source.FIRST -> 1;
          case Token.Source.SECOND -> 2;
        };
    var marked = word.tokens().stream().anyMatch(found.marked()::contains);
    return new Word(word.text(), word.before(), word.tokens(), part, marked);
  }

  private static Numbers numbers(TextAttribution.Result result) {
    return new Numbers(
        result.method(),
        result.title(),
        result.sentence(),
        result.explanation().parameters(),
        result.byToken(),
        result.byWord(),
        result.delta().map(Quality::name).orElse(""),
        result.quality().stream().map(TextAttributionPage::figure).toList(),
        result.explanation().seconds());
  }

  /** JSON has no NaN: a figure that is not defined has no value. */
  private static Map<String, Object> figure(Quality figure) {
    return Double.isFinite(figure.value())
        ? Map.of("name", figure.name(), "value", figure.value(), "meaning", figure.meaning())
        : Map.of("name", figure.name(), "meaning", figure.meaning());
  }

  @Override
  public List<String> scripts() {
    return List.of("text-attribution.js");
  }

  @Override
  public List<String> styles() {
    return List.of("text-attribution.css");
  }
}
