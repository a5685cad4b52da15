package org.pellucid.bench.work;

/**
 * Scaled dot-product attention over all heads of one text, or after it the gradients of a weighted
 * sum of the context with respect to queries, keys and values.
 *
 * @param pass forward or gradient
 */
public record AttentionWork(Pass pass, int batch, int heads, int tokens, int headSize)
    implements Workload {

  @Override
  public String name() {
    return "attention-%s-s%d".formatted(pass == Pass.FORWARD ? "forward" : "backward", tokens);
  }

  /** Sums of up to 384 products in single precision. */
  @Override
  public double tolerance() {
    return 1e-5;
  }

  /** The number of queries' values, and of keys', values' and the context's. */
  public long elements() {
    return (long) batch * heads * tokens * headSize;
  }

  /** The queries {@code [batch, heads, tokens, head size]}. */
  public float[] query() {
    return Numbers.centred(8, elements(), 1);
  }

  /** The keys, of the same shape. */
  public float[] key() {
    return Numbers.centred(9, elements(), 1);
  }

  /** The values, of the same shape. */
  public float[] value() {
    return Numbers.centred(10, elements(), 1);
  }

  /** The gradient of the context, of the same shape. */
  public float[] gradient() {
    return Numbers.centred(11, elements(), 1);
  }
}
