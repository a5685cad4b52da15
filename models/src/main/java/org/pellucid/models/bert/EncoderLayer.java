package org.pellucid.models.bert;

import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Attention;
import org.pellucid.engine.ops.AttentionHeads;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.Dense.Norm;
import org.pellucid.models.bert.Dense.Projection;

/**
 * One layer of the encoder: self-attention over all heads, then a feed-forward network, each with a
 * residual connection and a layer normalisation after it (Devlin et al., 2019; Vaswani et al.,
 * 2017).
 */
final class EncoderLayer {
  private final int number;
  private final int heads;
  private final Projection query;
  private final Projection key;
  private final Projection value;
  private final Projection attentionOutput;
  private final Norm attentionNorm;
  private final Activation activation;
  private final Projection intermediate;
  private final Projection output;
  private final Norm outputNorm;

  EncoderLayer(BertParameters parameters, BertConfig config, int number) {
    this.number = number;
    var name = name(number);
    var hidden = config.hiddenSize();
    heads = config.heads();
    activation = Activation.of(config);
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

  /** The name of a layer of the encoder; {@link Part}s of it follow after a dot. */
  static String name(int number) {
    return "bert.encoder.layer." + number;
  }

  /** A tensor inside a layer that can be listened to. */
  enum Part {
    QUERY("query"),
    KEY("key"),
    VALUE("value"),
    PROBABILITIES("probabilities"),
    CONTEXT("context");

    private final String suffix;

    Part(String suffix) {
      this.suffix = suffix;
    }

    /** The name of this part of a layer. */
    String name(int number) {
      return EncoderLayer.name(number) + ".attention." + suffix;
    }
  }

  /**
   * The hidden states after this layer for those before it, both {@code [batch, tokens, hidden]}.
   */
  Tensor forward(TappedPass pass, Tensor x, Optional<Tensor> mask) {
    var tape = pass.tape();
    tape.enterLayer(name(number));
    var context =
        pass.offer(
            Part.CONTEXT.name(number),
            pass.needs(Part.PROBABILITIES.name(number))
                ? openAttention(pass, x, mask)
                : fusedAttention(pass, x, mask));
    var attended = residual(tape, attentionOutput, attentionNorm, context, x);
    var activated = activation.after(tape, intermediate, attended);
    var hidden = residual(tape, output, outputNorm, activated, attended);
    tape.discard(attended);
    return pass.offer(name(number), hidden);
  }

  /**
   * The hidden states after this layer as training computes them, both {@code [batch, tokens,
   * hidden]}.
   */
  Tensor train(TrainingPass pass, Tensor x, Optional<Tensor> mask) {
    pass.tape().enterLayer(name(number));
    var context =
        pass.attend(
            pass.project(AdaptedProjection.QUERY.module(number), query, x),
            pass.project(AdaptedProjection.KEY.module(number), key, x),
            pass.project(AdaptedProjection.VALUE.module(number), value, x),
            heads,
            mask);
    var attended =
        pass.residual(
            AdaptedProjection.ATTENTION_OUTPUT.module(number),
            attentionOutput,
            attentionNorm,
            context,
            x);
    var activated =
        pass.activate(
            activation, AdaptedProjection.INTERMEDIATE.module(number), intermediate, attended);
    var hidden =
        pass.residual(
            AdaptedProjection.OUTPUT.module(number), output, outputNorm, activated, attended);
    pass.tape().discard(attended);
    return hidden;
  }

  /** Attention in one step, which is faster and keeps nothing that grows with tokens squared. */
  private Tensor fusedAttention(TappedPass pass, Tensor x, Optional<Tensor> mask) {
    var tape = pass.tape();
    var q = sideBySide(pass, Part.QUERY, query, x);
    var k = sideBySide(pass, Part.KEY, key, x);
    var v = sideBySide(pass, Part.VALUE, value, x);
    var context = Attention.apply(tape, q, k, v, heads, mask);
    tape.discard(q);
    tape.discard(k);
    tape.discard(v);
    return context;
  }

  /** The same step by step, with the probabilities as a tensor on the tape. */
  private Tensor openAttention(TappedPass pass, Tensor x, Optional<Tensor> mask) {
    var tape = pass.tape();
    Attention.checkSteps(tape);
    var q = pass.offer(Part.QUERY.name(number), apart(tape, query.forward(tape, x)));
    var k = pass.offer(Part.KEY.name(number), apart(tape, key.forward(tape, x)));
    var v = pass.offer(Part.VALUE.name(number), apart(tape, value.forward(tape, x)));
    var scores = MatMul.apply(tape, q, false, k, true);
    tape.discard(q);
    tape.discard(k);
    var softmax = Softmax.apply(tape, scores, 1 / Math.sqrt(q.size(-1)), mask);
    tape.discard(scores);
    var probabilities = pass.offer(Part.PROBABILITIES.name(number), softmax);
    var perHead = MatMul.apply(tape, probabilities, v);
    tape.discard(probabilities);
    tape.discard(v);
    return joined(tape, perHead);
  }

  /** A projection {@code [batch, tokens, hidden]}, taken through its heads if taps want them. */
  private Tensor sideBySide(TappedPass pass, Part part, Projection projection, Tensor x) {
    var projected = projection.forward(pass.tape(), x);
    var name = part.name(number);
    return pass.needs(name)
        ? joined(pass.tape(), pass.offer(name, apart(pass.tape(), projected)))
        : projected;
  }

  /** Heads apart; {@code x} is used up. */
  private Tensor apart(Tape tape, Tensor x) {
    var perHead = AttentionHeads.apart(tape, x, heads);
    tape.discard(x);
    return perHead;
  }

  /** Heads side by side; those apart are used up. */
  private static Tensor joined(Tape tape, Tensor perHead) {
    var hidden = AttentionHeads.sideBySide(tape, perHead);
    tape.discard(perHead);
    return hidden;
  }

  /** {@code norm(projection(x) + shortcut)}; {@code x} is used up. */
  private static Tensor residual(
      Tape tape, Projection projection, Norm norm, Tensor x, Tensor shortcut) {
    var projected = projection.forward(tape, x);
    tape.discard(x);
    return norm.ofSum(tape, projected, shortcut);
  }
}
