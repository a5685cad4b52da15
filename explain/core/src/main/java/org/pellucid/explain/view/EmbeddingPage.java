package org.pellucid.explain.view;

import java.util.List;
import org.pellucid.explain.text.TextEmbedding;
import org.pellucid.explain.text.TokenRole;

/**
 * Tokens of questions with their contexts in the plane of two principal components, layer by layer.
 *
 * @param model the model's name
 */
public record EmbeddingPage(String title, String model, List<Tab> tabs) implements Page {
  @Override
  public List<String> scripts() {
    return List.of("embedding.js");
  }

  @Override
  public List<String> styles() {
    return List.of("embedding.css");
  }

  /**
   * One question.
   *
   * @param scores {@code [layers, tokens, 2]}
   * @param explained the two components' shares of the variance, for each layer
   */
  public record Tab(
      String name,
      String question,
      String answer,
      List<String> tokens,
      List<TokenRole> roles,
      float[][][] scores,
      double[][] explained) {
    /**
     * Checks that the parts fit each other.
     *
     * @throws IllegalArgumentException if a part doesn't fit the number of tokens or layers
     */
    public Tab {
      PageParts.check(roles.size() == tokens.size(), "roles");
      PageParts.check(scores.length > 0 && scores.length == explained.length, "explained");
      for (var layer : scores) {
        PageParts.check(layer.length == tokens.size(), "scores");
      }
    }

    /** The question as it was explained. */
    public static Tab of(String name, TextEmbedding text) {
      return new Tab(
          name,
          text.question(),
          text.answer(),
          text.tokens().pieces(),
          text.roles(),
          text.scores(),
          text.explained());
    }
  }
}
