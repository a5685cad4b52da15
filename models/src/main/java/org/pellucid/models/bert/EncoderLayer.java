package org.pellucid.models.bert;

import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Attention;
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

  /** The context of each token, and the probabilities it was weighted with if they are wanted. */
  private record Attended(Tensor context, Optional<Tensor> probabilities) {}

  private final String name;
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
    name = "bert.encoder.layer." + number;
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
    tape.enterLayer(name);
    var attention = attend(tape, x, mask, wantsAttention);
    var attended = residual(tape, attentionOutput, attentionNorm, attention.context(), x);
    var activated = intermediate.forwardWithGelu(tape, attended);
    var hidden = residual(tape, output, outputNorm, activated, attended);
    tape.discard(attended);
    return new Output(hidden, attention.probabilities());
  }

  private Attended attend(Tape tape, Tensor x, Optional<Tensor> mask, boolean wantsAttention) {
    var q = query.forward(tape, x);
    var k = key.forward(tape, x);
    var v = value.forward(tape, x);
    Attended attended;
    if (wantsAttention) {
      var steps = Attention.withProbabilities(tape, q, k, v, heads, mask);
      attended = new Attended(steps.context(), Optional.of(steps.probabilities()));
    } else {
      attended = new Attended(Attention.apply(tape, q, k, v, heads, mask), Optional.empty());
    }
    tape.discard(q);
    tape.discard(k);
    tape.discard(v);
    return attended;
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
