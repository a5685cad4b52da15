package org.pellucid.explain.text;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.explain.attention.AttentionMaps;
import org.pellucid.explain.attention.HeadFigures;

/**
 * The attention to one text with what is computed from it.
 *
 * @param attention and what the model predicts
 * @param maps the attention again, with its shape
 * @param figures of each head, layer by layer
 * @param rollout {@code [layers, token, input token]}
 * @param flow {@code [token, input token]} from the last layer; empty if it isn't computed
 * @param gradients of the scores that were chosen; empty without a masked token or the model's head
 * @param projections of the layers that were chosen
 */
public record AttentionStudy(
    TextAttention attention,
    AttentionMaps maps,
    List<HeadFigures> figures,
    float[] rollout,
    Optional<float[]> flow,
    List<ScoreGradient> gradients,
    List<QueriesAndKeys> projections) {

  /**
   * Attention times the gradient of a word's score: how much the score would lose, to first order,
   * without an entry of the attention.
   *
   * @param position of the masked token
   * @param token the word, as the vocabulary spells it
   * @param logit its score
   * @param product attention times gradient, in logits
   */
  public record ScoreGradient(int position, String token, double logit, AttentionMaps product) {}

  /**
   * What to compute beside the attention; more than this takes time or room in a page.
   *
   * @param target the word whose score is differentiated at the first masked token; if absent, the
   *     word that the model finds likeliest, for a text of up to {@link #SHORT} tokens
   * @param projectionLayers the layers whose queries and keys are taken, from 0; if empty, all of a
   *     short text if {@link #PROJECTION_NUMBERS} allows, else that of the clearest head if half as
   *     many do
   * @param flow whether to compute the flow of a text longer than {@link #FLOW_AT_ONCE} tokens
   */
  public record Scope(Optional<String> target, List<Integer> projectionLayers, boolean flow) {
    /** Up to this many tokens, a gradient is computed unasked. */
    public static final int SHORT = 64;

    /** Up to this many tokens, attention flow is computed unasked. */
    public static final int FLOW_AT_ONCE = 32;

    /** Up to this many numbers of queries and keys are taken unasked. */
    public static final int PROJECTION_NUMBERS = 400_000;

    /** Copies the list. */
    public Scope {
      projectionLayers = List.copyOf(projectionLayers);
    }

    /** What a text of its length allows. */
    public static Scope standard() {
      return new Scope(Optional.empty(), List.of(), false);
    }

    boolean wantsFlow(int tokens) {
      return flow || tokens <= FLOW_AT_ONCE;
    }

    boolean wantsGradient(int tokens) {
      return target.isPresent() || tokens <= SHORT;
    }

    /** The layers to take, of a model whose queries and keys have a width over all heads. */
    List<Integer> layers(int layers, int tokens, int width, int clearest) {
      if (!projectionLayers.isEmpty()) {
        return projectionLayers;
      }
      var each = 2L * tokens * width;
      if (each * layers <= PROJECTION_NUMBERS) {
        return IntStream.range(0, layers).boxed().toList();
      }
      return each <= PROJECTION_NUMBERS / 2 ? List.of(clearest) : List.of();
    }
  }
}
