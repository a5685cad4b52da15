package org.pellucid.explain.view;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.explain.attention.AttentionMaps;
import org.pellucid.explain.attention.AttentionRollout;
import org.pellucid.explain.attention.HeadFigures;
import org.pellucid.explain.text.AttentionStudy;
import org.pellucid.explain.text.QueriesAndKeys;
import org.pellucid.explain.text.TextAttention;
import org.pellucid.explain.text.TextExplanations;
import org.pellucid.models.bert.Tokens;

/**
 * The attention of all layers and heads to one text, optionally with words masked in several ways.
 *
 * @param model the model's name
 * @param text as it was given
 * @param pair the second text, if there is one
 * @param parts what the two texts are called, such as Question and Context
 * @param variants at least one; the first is shown first
 */
public record AttentionPage(
    String title,
    String model,
    String text,
    String pair,
    List<String> parts,
    List<Variant> variants)
    implements Page {
  /** Up to this many tokens, numbers have 16 bits; beyond, 8. */
  private static final int PRECISE = 64;

  /** Up to this many masked tokens of a short text, each is masked alone, too. */
  private static final int MASKED_ALONE = 4;

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there is no variant
   */
  public AttentionPage {
    parts = List.copyOf(parts);
    variants = List.copyOf(variants);
    PageParts.check(parts.size() == 2, "parts");
    PageParts.check(!variants.isEmpty(), "variants");
  }

  /**
   * The page of a text: with the given tokens masked, if there are any, each of a few alone, and
   * with none.
   *
   * @param model the model's name
   * @param masked positions, counted from 0 = {@code [CLS]}
   * @throws IllegalArgumentException if a position or what the scope asks for is not one of the
   *     text's or model's, or the text is too long
   */
  public static AttentionPage of(
      String model,
      TextExplanations explanations,
      Tokens tokens,
      List<Integer> masked,
      AttentionStudy.Scope scope) {
    return of(model, tokens, studies(explanations, tokens, masked, scope));
  }

  /** The page of several forms of a text. */
  public static AttentionPage of(String model, Tokens tokens, List<AttentionStudy> studies) {
    var question = tokens.second().isPresent() && tokens.first().strip().endsWith("?");
    return new AttentionPage(
        "Attention",
        model,
        tokens.first(),
        tokens.second().orElse(""),
        question ? List.of("Question", "Context") : List.of("A", "B"),
        studies.stream().map(study -> Variant.of(name(tokens, study), study)).toList());
  }

  /**
   * The forms of a text that a page shows: with all given tokens masked first, then each of a few
   * alone if the text is short, and with none last.
   *
   * @param masked positions, counted from 0 = {@code [CLS]}
   * @throws IllegalArgumentException if a position or what the scope asks for is not one of the
   *     text's or model's, or the text is too long
   */
  public static List<AttentionStudy> studies(
      TextExplanations explanations,
      Tokens tokens,
      List<Integer> masked,
      AttentionStudy.Scope scope) {
    var positions = masked.stream().distinct().sorted().toList();
    var all = new ArrayList<int[]>();
    if (!positions.isEmpty()) {
      all.add(positions.stream().mapToInt(Integer::intValue).toArray());
    }
    if (positions.size() > 1 && positions.size() <= MASKED_ALONE && tokens.size() <= PRECISE) {
      positions.forEach(position -> all.add(new int[] {position}));
    }
    all.add(new int[0]);
    return all.stream().map(some -> explanations.study(tokens, scope, some)).toList();
  }

  private static String name(Tokens tokens, AttentionStudy study) {
    var words =
        study.attention().masked().stream()
            .filter(position -> tokens.list().get(position).id() != tokens.maskId())
            .map(position -> tokens.pieces().get(position))
            .toList();
    return words.isEmpty() ? "as written" : String.join(", ", words) + " masked";
  }

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
   * Attention times the gradient of a word's score.
   *
   * @param position of the masked token
   * @param token the word
   * @param logit its score
   * @param product {@code [layers, heads, query, key]}, in logits
   */
  public record Gradient(int position, String token, double logit, Packed product) {}

  /**
   * A layer's queries and keys.
   *
   * @param size the width of each
   * @param queries {@code [heads, tokens, size]}
   * @param keys {@code [heads, tokens, size]}
   */
  public record Projections(int layer, int size, Packed queries, Packed keys) {
    private static Projections of(QueriesAndKeys found) {
      return new Projections(
          found.layer(),
          found.size(),
          Packed.signed(16, found.queries()),
          Packed.signed(16, found.keys()));
    }
  }

  /**
   * The text in one form.
   *
   * @param tokens as the model sees them
   * @param segments 0 in the first text, 1 in the second, for each token
   * @param attention {@code [layers, heads, query, key]}, probabilities
   * @param masked positions that the model doesn't see
   * @param predictions the likeliest tokens at each position; empty if the model has no head
   * @param figures of each head, layer by layer
   * @param rollout {@code [layers, token, input token]}
   * @param flow {@code [token, input token]}; at most one, none if it isn't computed
   * @param gradients of the scores that were chosen
   * @param projections of the layers that were chosen
   */
  public record Variant(
      String name,
      List<String> tokens,
      int[] segments,
      int layers,
      int heads,
      Packed attention,
      List<Integer> masked,
      List<List<Candidate>> predictions,
      List<HeadFigures> figures,
      Packed rollout,
      List<Packed> flow,
      List<Gradient> gradients,
      List<Projections> projections) {
    /**
     * Checks that the parts fit each other.
     *
     * @throws IllegalArgumentException if a part doesn't fit the number of tokens
     */
    public Variant {
      var size = tokens.size();
      PageParts.check(segments.length == size, "segments");
      PageParts.check(attention.count() == (long) layers * heads * size * size, "attention");
      PageParts.check(
          masked.stream().allMatch(position -> position >= 0 && position < size), "masked");
      PageParts.check(predictions.isEmpty() || predictions.size() == size, "predictions");
      PageParts.check(figures.size() == layers * heads, "figures");
      PageParts.check(rollout.count() == (long) layers * size * size, "rollout");
    }

    /** The text as it was studied. */
    public static Variant of(String name, AttentionStudy study) {
      var attention = study.attention();
      var tokens = attention.inspection().tokens();
      var bits = bits(study.maps());
      return new Variant(
          name,
          tokens.pieces(),
          tokens.segmentIds(),
          study.maps().layers(),
          study.maps().heads(),
          Packed.probabilities(bits, study.maps().values()),
          attention.masked(),
          attention.predictions().stream()
              .map(position -> position.stream().map(Candidate::of).toList())
              .toList(),
          study.figures(),
          Packed.probabilities(bits, study.rollout()),
          study.flow().map(flow -> Packed.probabilities(bits, flow)).stream().toList(),
          study.gradients().stream()
              .map(
                  one ->
                      new Gradient(
                          one.position(),
                          one.token(),
                          one.logit(),
                          Packed.signed(bits, one.product().values())))
              .toList(),
          study.projections().stream().map(Projections::of).toList());
    }

    /**
     * A text of which nothing is known but its attention.
     *
     * @param predictions the likeliest tokens at each position; empty if there are none
     */
    public static Variant of(
        String name,
        List<String> tokens,
        int[] segments,
        AttentionMaps maps,
        List<Integer> masked,
        List<List<Candidate>> predictions) {
      var bits = bits(maps);
      return new Variant(
          name,
          tokens,
          segments,
          maps.layers(),
          maps.heads(),
          Packed.probabilities(bits, maps.values()),
          masked,
          predictions,
          HeadFigures.of(maps, tokens),
          Packed.probabilities(bits, AttentionRollout.of(maps)),
          List.of(),
          List.of(),
          List.of());
    }

    private static int bits(AttentionMaps maps) {
      return maps.tokens() <= PRECISE ? 16 : 8;
    }
  }
}
