package org.pellucid.explain.attention;

/**
 * Attention rollout (Abnar and Zuidema, 2020, <i>Quantifying attention flow in transformers</i>):
 * how much of each input token is in a token after a layer, if attention mixes tokens and the
 * residual connection keeps half of each.
 *
 * <p>{@code R(l) = A(l) · R(l−1)} with {@code A(l) = (mean over heads + identity) / 2} and {@code
 * R(−1)} the identity. Rows sum to 1.
 */
public final class AttentionRollout {
  private AttentionRollout() {}

  /** The rollout up to every layer, {@code [layers, token, input token]}, shares in 0..1. */
  public static float[] of(AttentionMaps maps) {
    var tokens = maps.tokens();
    var size = tokens * tokens;
    var result = new float[maps.layers() * size];
    var before = identity(tokens);
    for (var layer = 0; layer < maps.layers(); layer++) {
      before = product(mixing(maps, layer), before, tokens);
      for (var i = 0; i < size; i++) {
        result[layer * size + i] = (float) before[i];
      }
    }
    return result;
  }

  /** The layer's attention with its residual connection, {@code [query, key]}; rows sum to 1. */
  static double[] mixing(AttentionMaps maps, int layer) {
    var mixing = maps.headMean(layer);
    var tokens = maps.tokens();
    for (var i = 0; i < mixing.length; i++) {
      mixing[i] = (mixing[i] + (i / tokens == i % tokens ? 1 : 0)) / 2;
    }
    return mixing;
  }

  private static double[] identity(int size) {
    var identity = new double[size * size];
    for (var i = 0; i < size; i++) {
      identity[i * size + i] = 1;
    }
    return identity;
  }

  private static double[] product(double[] a, double[] b, int size) {
    var result = new double[size * size];
    for (var i = 0; i < size; i++) {
      for (var k = 0; k < size; k++) {
        var factor = a[i * size + k];
        for (var j = 0; j < size; j++) {
          result[i * size + j] += factor * b[k * size + j];
        }
      }
    }
    return result;
  }
}
