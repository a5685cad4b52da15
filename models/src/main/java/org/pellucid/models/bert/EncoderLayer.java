package org.pellucid.models.bert;

import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Attention;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.Dense.Norm;
import org.pellucid.models.bert.Dense.Projection;

/**
 * One layer of the encoder: self-attention over all heads, then a feed-forward network, each with a
 * residual connection and a layer normalisation behind it (Devlin et al., 2019; Vaswani et al.,
 * 2017).
 */
final class EncoderLayer {
  /**
   * What a layer computed.
   *
   * @param attention the probabilities {@code [batch, heads, query, key]}, if they were wanted
   */
  record Output(Tensor hidden, Optional<Tensor> attention) {}

  /** The context of each token, and the probabilities it was weighted with if they were wanted. */
  private record Attended(Tensor context, Optional<Tensor> probabilities) {}

  private final int heads;
  private final Projection query;
  private final Projection key;
  private final Projection value;
  private final Projection attentionOutput;
  private final Norm attentionNorm;
  private final Projection intermediate;
  private final Projection output;
  private final Norm outputNorm;

  EncoderLayer(BertParameters parameters, BertConfig config, int number) {
    var name = "bert.encoder.layer." + number;
    var hidden = config.hiddenSize();
    heads = config.heads();
    query = Projection.load(parameters, name + ".attention.self.query", hidden, hidden);
    key = Projection.load(parameters, name + ".attention.self.key", hidden, hidden);
    value = Projection.load(parameters, name + ".attention.self.value", hidden, hidden);
    attentionOutput = Projection.load(parameters, name + ".attention.output.dense", hidden, hidden);
    attentionNorm = Norm.load(parameters, name + ".attention.output.LayerNorm", config);
    intermediate =
        Projection.load(
            parameters, name + ".intermediate.dense", hidden, config.intermediateSize());
    output = Projection.load(parameters, name + ".output.dense", config.intermediateSize(), hidden);
    outputNorm = Norm.load(parameters, name + ".output.LayerNorm", config);
  }

  /**
   * Runs the layer.
   *
   * @param wantsAttention whether the probabilities are wanted, to be read or to differentiate by;
   *     without them they never leave the cache
   */
  Output forward(Tape tape, Tensor x, Optional<Tensor> mask, boolean wantsAttention) {
    var attention = wantsAttention ? openAttention(tape, x, mask) : fusedAttention(tape, x, mask);
    var attended = residual(tape, attentionOutput, attentionNorm, attention.context(), x);
    var activated = intermediate.forwardWithGelu(tape, attended);
    var hidden = residual(tape, output, outputNorm, activated, attended);
    tape.discard(attended);
    return new Output(hidden, attention.probabilities());
  }

  private Attended fusedAttention(Tape tape, Tensor x, Optional<Tensor> mask) {
    var q = query.forward(tape, x);
    var k = key.forward(tape, x);
    var v = value.forward(tape, x);
    var context = Attention.apply(tape, q, k, v, heads, mask);
    tape.discard(q);
    tape.discard(k);
    tape.discard(v);
    return new Attended(context, Optional.empty());
  }

  /** The same step by step, with the probabilities as a tensor on the tape. */
  private Attended openAttention(Tape tape, Tensor x, Optional<Tensor> mask) {
    var q = inHeads(tape, query, x);
    var k = inHeads(tape, key, x);
    var scores = MatMul.apply(tape, q, false, k, true);
    tape.discard(q);
    tape.discard(k);
    var probabilities = Softmax.apply(tape, scores, 1 / Math.sqrt(q.size(-1)), mask);
    tape.discard(scores);
    var v = inHeads(tape, value, x);
    var perHead = MatMul.apply(tape, probabilities, v);
    tape.discard(v);
    var merged = Transpose.apply(tape, perHead, 0, 2, 1, 3);
    tape.discard(perHead);
    var context = Reshape.apply(tape, merged, x.shape());
    tape.discard(merged);
    return new Attended(context, Optional.of(probabilities));
  }

  private Tensor inHeads(Tape tape, Projection projection, Tensor x) {
    var projected = projection.forward(tape, x);
    var split = Reshape.apply(tape, projected, x.size(0), x.size(1), heads, x.size(2) / heads);
    tape.discard(projected);
    var perHead = Transpose.apply(tape, split, 0, 2, 1, 3);
    tape.discard(split);
    return perHead;
  }

  /** {@code norm(projection(x) + shortcut)}; {@code x} is used up. */
  private static Tensor residual(
      Tape tape, Projection projection, Norm norm, Tensor x, Tensor shortcut) {
    var projected = projection.forward(tape, x);
    tape.discard(x);
    var sum = Add.apply(tape, projected, shortcut);
    tape.discard(projected);
    var normalised = norm.forward(tape, sum);
    tape.discard(sum);
    return normalised;
  }
}
