package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.engine.kernels.AttentionInputs;
import org.pellucid.engine.kernels.AttentionKernels;
import org.pellucid.engine.tensor.Tensor;

/** Attention over several heads, with all heads' scores at once. */
final class PortableAttention implements AttentionKernels {

  @Override
  public void forward(AttentionInputs inputs, Tensor out) {
    if (out.elements() > 0) {
      attend(inputs, out);
    }
  }

  @Override
  public void gradient(
      AttentionInputs inputs,
      Tensor gradient,
      Tensor queryGradient,
      Tensor keyGradient,
      Tensor valueGradient) {
    if (gradient.elements() > 0) {
      differentiate(inputs, gradient, queryGradient, keyGradient, valueGradient);
    } else {
      queryGradient.array().assign(0.0);
      keyGradient.array().assign(0.0);
      valueGradient.array().assign(0.0);
    }
  }

  private static void attend(AttentionInputs in, Tensor out) {
    try (var values = heads(in.value(), in.heads());
        var probabilities = probabilities(in);
        var context = heads(out, in.heads())) {
      Nd4jOperations.product(probabilities, false, values, false, context);
      merge(context, in.heads(), out);
    }
  }

  private static void differentiate(
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
        var slopes = Nd4jOperations.likeOf(probabilities)) {
      Nd4jOperations.product(g, false, values, true, slopes);
      PortableSoftmax.softmaxGradient(
          Nd4jOperations.rows(probabilities),
          Nd4jOperations.rows(slopes),
          in.factor(),
          Nd4jOperations.rows(slopes));
      Nd4jOperations.product(probabilities, true, g, false, values);
      merge(values, in.heads(), valueGradient);
      Nd4jOperations.product(slopes, false, keys, false, g);
      merge(g, in.heads(), queryGradient);
      Nd4jOperations.product(slopes, true, queries, false, keys);
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
      var scores = Nd4jOperations.likeOf(q, batch * in.heads(), queries, keys);
      Nd4jOperations.product(q, false, k, true, scores);
      scores.muli(in.factor());
      in.mask()
          .ifPresent(
              mask -> {
                var apart = scores.reshape('c', new long[] {batch, in.heads(), queries, keys});
                Nd4jOperations.add(apart, mask.array(), apart);
              });
      PortableSoftmax.softmax(Nd4jOperations.rows(scores));
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
