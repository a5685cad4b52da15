package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.engine.kernels.AttentionInputs;
import org.pellucid.engine.tensor.Tensor;

/** Attention over several heads, with all heads' scores at once. */
final class Attentions {
  private Attentions() {}

  static void forward(AttentionInputs in, Tensor out) {
    try (var values = heads(in.value(), in.heads());
        var probabilities = probabilities(in);
        var context = heads(out, in.heads())) {
      Arithmetic.product(probabilities, false, values, false, context);
      merge(context, in.heads(), out);
    }
  }

  static void gradient(
      AttentionInputs in,
      Tensor gradient,
      Tensor queryGradient,
      Tensor keyGradient,
      Tensor valueGradient) {
    try (var queries = heads(in.query(), in.heads());
        var keys = heads(in.key(), in.heads());
        var values = heads(in.value(), in.heads());
        var g = heads(gradient, in.heads());
        var probabilities = probabilities(in);
        var slopes = Arithmetic.likeOf(probabilities)) {
      Arithmetic.product(g, false, values, true, slopes);
      Normalisations.softmaxGradient(
          Arithmetic.rows(probabilities),
          Arithmetic.rows(slopes),
          in.factor(),
          Arithmetic.rows(slopes));
      Arithmetic.product(probabilities, true, g, false, values);
      merge(values, in.heads(), valueGradient);
      Arithmetic.product(slopes, false, keys, false, g);
      merge(g, in.heads(), queryGradient);
      Arithmetic.product(slopes, true, queries, false, keys);
      merge(keys, in.heads(), keyGradient);
    }
  }

  /** {@code [batch · heads, queries, keys]}. */
  private static INDArray probabilities(AttentionInputs in) {
    var batch = in.query().size(0);
    var queries = in.query().size(1);
    var keys = in.key().size(1);
    try (var q = heads(in.query(), in.heads());
        var k = heads(in.key(), in.heads())) {
      var scores = Arithmetic.likeOf(q, batch * in.heads(), queries, keys);
      Arithmetic.product(q, false, k, true, scores);
      scores.muli(in.factor());
      in.mask()
          .ifPresent(
              mask -> {
                var apart = scores.reshape('c', new long[] {batch, in.heads(), queries, keys});
                Arithmetic.add(apart, mask.array(), apart);
              });
      Normalisations.softmax(Arithmetic.rows(scores));
      return scores;
    }
  }

  /** A copy of {@code [batch, tokens, hidden]} as {@code [batch · heads, tokens, head size]}. */
  private static INDArray heads(Tensor projection, int heads) {
    var batch = projection.size(0);
    var tokens = projection.size(1);
    var size = projection.size(2) / heads;
    return projection
        .array()
        .reshape('c', new long[] {batch, tokens, heads, size})
        .permute(0, 2, 1, 3)
        .dup('c')
        .reshape('c', new long[] {batch * heads, tokens, size});
  }

  private static void merge(INDArray perHead, int heads, Tensor out) {
    var batch = out.size(0);
    var tokens = out.size(1);
    var size = out.size(2) / heads;
    out.array()
        .reshape('c', new long[] {batch, tokens, heads, size})
        .assign(perHead.reshape('c', new long[] {batch, heads, tokens, size}).permute(0, 2, 1, 3));
  }
}
