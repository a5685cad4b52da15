package org.pellucid.explain.attention;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.concurrent.CancellationException;

/**
 * Attention flow (Abnar and Zuidema, 2020, <i>Quantifying attention flow in transformers</i>): the
 * maximum flow from a token after the last layer to an input token, if every link between two
 * layers lets through as much as its attention, with the residual connection as in {@link
 * AttentionRollout}.
 *
 * <p>Each pair of tokens is a maximum flow problem of its own. Time grows with the fourth power of
 * the number of tokens.
 */
public final class AttentionFlow {
  /** The longest text whose flow is computed. */
  public static final int MOST_TOKENS = 128;

  private AttentionFlow() {}

  /**
   * Checks a text's length before anything is computed.
   *
   * @throws IllegalArgumentException if there are more than {@link #MOST_TOKENS} tokens
   */
  public static void checkLength(int tokens) {
    check(
        tokens <= MOST_TOKENS,
        "Attention flow takes too long for %d tokens; shorten the text to %d, or use rollout",
        tokens,
        MOST_TOKENS);
  }

  /**
   * The flow from every token after the last layer to every input token, {@code [token, input
   * token]}, in 0..1.
   *
   * @throws IllegalArgumentException if there are more than {@link #MOST_TOKENS} tokens
   * @throws CancellationException if the thread is interrupted
   */
  public static float[] of(AttentionMaps maps) {
    var tokens = maps.tokens();
    checkLength(tokens);
    var capacities = new double[maps.layers()][];
    for (var layer = 0; layer < maps.layers(); layer++) {
      capacities[layer] = AttentionRollout.mixing(maps, layer);
    }
    var network = new LayeredNetwork(capacities, tokens);
    var result = new float[tokens * tokens];
    for (var token = 0; token < tokens; token++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("The computation of attention flow was interrupted.");
      }
      for (var input = 0; input < tokens; input++) {
        result[token * tokens + input] = (float) network.maximumFlow(token, input);
      }
    }
    return result;
  }
}
