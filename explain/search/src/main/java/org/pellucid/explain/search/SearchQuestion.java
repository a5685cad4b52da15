package org.pellucid.explain.search;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.models.bert.WordPieceTokenizer;

/**
 * What a person asks, who may name the token by its word and leave the layer open.
 *
 * @param text the text as it was given
 * @param position of the token in it, where 0 is {@code [CLS]}
 * @param word the token's word instead, as {@link
 *     org.pellucid.models.bert.Tokens#firstTokenOf(String)} finds it; without either it is the
 *     first token of the text
 * @param masked positions where {@code [MASK]} replaces the token
 * @param layer from 0, see {@link SearchBy}; empty for the index's last
 * @param by what makes two tokens alike
 * @param heads of the layer, from 0; all if empty
 * @param best how many tokens are found, 1 to 1,000
 * @param exact whether all vectors are compared, or a graph leads to most of the nearest
 */
public record SearchQuestion(
    String text,
    OptionalInt position,
    Optional<String> word,
    List<Integer> masked,
    OptionalInt layer,
    SearchBy by,
    List<Integer> heads,
    int best,
    boolean exact) {
  /** Copies the lists. */
  public SearchQuestion {
    masked = List.copyOf(masked);
    heads = List.copyOf(heads);
  }

  /**
   * The request that it is to an index.
   *
   * @param tokenizer of the index's model
   * @throws IllegalArgumentException if both position and word are given, or the text doesn't
   *     contain the word
   */
  public SearchRequest to(IndexDescription index, WordPieceTokenizer tokenizer) {
    check(
        position.isEmpty() || word.isEmpty(),
        "position and word each name the token; give one of them");
    var layers = index.layers(by);
    return new SearchRequest(
        text,
        word.map(wanted -> positionOf(wanted, tokenizer)).orElseGet(() -> position.orElse(1)),
        masked,
        layer.orElseGet(() -> layers.isEmpty() ? 0 : layers.getLast()),
        by,
        heads,
        best,
        exact);
  }

  private int positionOf(String wanted, WordPieceTokenizer tokenizer) {
    return tokenizer
        .encode(text)
        .firstTokenOf(wanted)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The text doesn't contain the word %s; check its spelling.".formatted(wanted)));
  }
}
