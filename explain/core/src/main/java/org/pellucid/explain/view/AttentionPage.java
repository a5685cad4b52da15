package org.pellucid.explain.view;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;
import org.pellucid.explain.text.TextAttention;

/**
 * The attention of all layers and heads to one text, optionally with words masked in several ways.
 *
 * @param model the model's name
 */
public record AttentionPage(String title, String model, List<Variant> variants) implements Page {
  @Override
  public List<String> scripts() {
    return List.of("attention.js");
  }

  @Override
  public List<String> styles() {
    return List.of("attention.css");
  }

  /** A token that a masked-language model predicts at a position. */
  public record Candidate(String token, double probability) {
    private static Candidate of(TextAttention.Candidate candidate) {
      return new Candidate(candidate.token(), candidate.probability());
    }
  }

  /**
   * The text in one form.
   *
   * @param segments 0 in the first text, 1 in the second, for each token
   * @param attention {@code [layers, heads, query, key]}, probabilities
   * @param masked positions that the model doesn't see
   * @param predictions the likeliest tokens at each position; empty if the model has no head
   */
  public record Variant(
      String name,
      List<String> tokens,
      int[] segments,
      int layers,
      int heads,
      @JsonSerialize(using = UnsignedShorts.class) float[] attention,
      List<Integer> masked,
      List<List<Candidate>> predictions) {
    /**
     * Checks that the parts fit each other.
     *
     * @throws IllegalArgumentException if a part doesn't fit the number of tokens, or an attention
     *     is NaN
     */
    public Variant {
      var size = tokens.size();
      PageParts.check(layers > 0 && heads > 0, "layers or heads");
      PageParts.check(segments.length == size, "segments");
      PageParts.check(attention.length == (long) layers * heads * size * size, "attention");
      PageParts.check(
          masked.stream().allMatch(position -> position >= 0 && position < size), "masked");
      PageParts.check(predictions.isEmpty() || predictions.size() == size, "predictions");
      for (var value : attention) {
        PageParts.check(!Float.isNaN(value), "attention (it holds NaN)");
      }
    }

    /** The text as it was explained. */
    public static Variant of(String name, TextAttention text) {
      var inspection = text.inspection();
      return new Variant(
          name,
          inspection.tokens().pieces(),
          inspection.tokens().segmentIds(),
          inspection.layers(),
          inspection.heads(),
          inspection.attention(),
          text.masked(),
          text.predictions().stream()
              .map(position -> position.stream().map(Candidate::of).toList())
              .toList());
    }
  }
}
