package org.pellucid.models.bert;

import java.util.Optional;
import java.util.SplittableRandom;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Attention;
import org.pellucid.engine.ops.Dropout;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.Dense.Norm;
import org.pellucid.models.bert.Dense.Projection;

/**
 * One forward pass in training: what it drops, and what adapters add. Each dropout takes the next
 * seed, so the order of calls is part of the result.
 */
record TrainingPass(
    Tape tape, DropoutRates rates, SplittableRandom seeds, Optional<LowRankMatrices> adapters) {

  /** A projection with what an adapter adds to it. */
  Tensor project(String module, Projection projection, Tensor x) {
    return adapters
        .map(matrices -> matrices.project(tape, module, projection, x))
        .orElseGet(() -> projection.forward(tape, x));
  }

  /** The activation of a projection with what an adapter adds to it. */
  Tensor activate(Activation activation, String module, Projection projection, Tensor x) {
    if (adapters.filter(matrices -> matrices.change(module)).isEmpty()) {
      return activation.after(tape, projection, x);
    }
    var sums = project(module, projection, x);
    var y = activation.apply(tape, sums);
    tape.discard(sums);
    return y;
  }

  /** What dropout leaves of hidden states, which are used up. */
  Tensor drop(Tensor hidden) {
    var seed = seeds.nextLong();
    if (rates.hidden() == 0) {
      return hidden;
    }
    var kept = Dropout.train(tape, hidden, rates.hidden(), seed);
    tape.discard(hidden);
    return kept;
  }

  /** Attention with dropout; queries, keys and values are used up. */
  Tensor attend(Tensor q, Tensor k, Tensor v, int heads, Optional<Tensor> mask) {
    var seed = seeds.nextLong();
    var context = Attention.train(tape, q, k, v, heads, mask, rates.attention(), seed);
    tape.discard(q);
    tape.discard(k);
    tape.discard(v);
    return context;
  }

  /** {@code norm(dropout(projection(x)) + shortcut)}; {@code x} is used up. */
  Tensor residual(String module, Projection projection, Norm norm, Tensor x, Tensor shortcut) {
    var projected = drop(project(module, projection, x));
    tape.discard(x);
    return norm.ofSum(tape, projected, shortcut);
  }
}
