package org.pellucid.explain.attention;

import static org.pellucid.engine.tensor.Shapes.check;

/**
 * The attention of all heads of all layers to one text, or another number for each of its entries.
 *
 * @param layers at least 1
 * @param heads of each layer, at least 1
 * @param tokens of the text, at least 1
 * @param values {@code [layers, heads, query, key]}; of attention, probabilities whose rows sum to
 *     1
 */
public record AttentionMaps(int layers, int heads, int tokens, float[] values) {
  /**
   * Checks the size; the array is not copied.
   *
   * @throws IllegalArgumentException if a number is below 1, the array has another size, or a value
   *     is not finite
   */
  public AttentionMaps {
    check(
        layers > 0 && heads > 0 && tokens > 0,
        "Attention needs at least one layer, head and token, but has %d, %d and %d",
        layers,
        heads,
        tokens);
    check(
        values.length == (long) layers * heads * tokens * tokens,
        "Attention [%d, %d, %d, %d] can't have %d values",
        layers,
        heads,
        tokens,
        tokens,
        values.length);
    for (var value : values) {
      check(Float.isFinite(value), "Attention holds a value that is not finite: %s", value);
    }
  }

  /** Where a row of keys begins in {@link #values}. */
  int row(int layer, int head, int query) {
    return ((layer * heads + head) * tokens + query) * tokens;
  }

  /**
   * One entry.
   *
   * @throws ArrayIndexOutOfBoundsException if it lies outside the array
   */
  public float at(int layer, int head, int query, int key) {
    return values[row(layer, head, query) + key];
  }

  /** The mean over a layer's heads, {@code [query, key]}. */
  public double[] headMean(int layer) {
    var mean = new double[tokens * tokens];
    for (var head = 0; head < heads; head++) {
      var from = row(layer, head, 0);
      for (var i = 0; i < mean.length; i++) {
        mean[i] += values[from + i];
      }
    }
    for (var i = 0; i < mean.length; i++) {
      mean[i] /= heads;
    }
    return mean;
  }

  /**
   * The product with other maps, entry by entry: of attention with a target's gradient, how much
   * the target would lose, to first order, if an entry became 0.
   *
   * @throws IllegalArgumentException if the shapes differ
   */
  public AttentionMaps times(AttentionMaps other) {
    return combined(other, (a, b) -> a * b);
  }

  /**
   * The difference to other maps, entry by entry.
   *
   * @throws IllegalArgumentException if the shapes differ
   */
  public AttentionMaps minus(AttentionMaps other) {
    return combined(other, (a, b) -> a - b);
  }

  /**
   * Every layer's difference to one layer, head by head.
   *
   * @throws IllegalArgumentException if there is no such layer
   */
  public AttentionMaps minusLayer(int layer) {
    check(
        layer >= 0 && layer < layers, "There is no layer %d; layers are 0..%d", layer, layers - 1);
    var size = heads * tokens * tokens;
    var result = new float[values.length];
    for (var i = 0; i < result.length; i++) {
      result[i] = values[i] - values[layer * size + i % size];
    }
    return new AttentionMaps(layers, heads, tokens, result);
  }

  private interface Combination {
    float of(float own, float other);
  }

  private AttentionMaps combined(AttentionMaps other, Combination combination) {
    check(
        layers == other.layers && heads == other.heads && tokens == other.tokens,
        "Attention [%d, %d, %d, %d] and [%d, %d, %d, %d] can't be compared; take two forms of one"
            + " text",
        layers,
        heads,
        tokens,
        tokens,
        other.layers,
        other.heads,
        other.tokens,
        other.tokens);
    var result = new float[values.length];
    for (var i = 0; i < result.length; i++) {
      result[i] = combination.of(values[i], other.values[i]);
    }
    return new AttentionMaps(layers, heads, tokens, result);
  }
}
