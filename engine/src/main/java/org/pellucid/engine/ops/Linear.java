package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = f(s)} with {@code s = x · Wᵀ + b}, a fully connected layer over the last axis, where
 * {@code f} is nothing or {@link Gelu}; with {@code h = g · f′(s)}, {@code dL/dx = h · W}, {@code
 * dL/dW = hᵀ · x}, {@code dL/db = Σ h} over all rows.
 */
public final class Linear implements Operation {
  private final boolean gelu;
  private Tensor savedX;
  private Tensor savedWeight;
  private Tensor savedSums;

  private Linear(boolean gelu) {
    this.gelu = gelu;
  }

  /**
   * A fully connected layer.
   *
   * @param x {@code [batch…, inputs]}
   * @param weight {@code [outputs, inputs]}, as PyTorch stores it
   * @param bias {@code [outputs]}
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor apply(Tape tape, Tensor x, Tensor weight, Tensor bias) {
    return apply(tape, x, weight, bias, false);
  }

  /**
   * A fully connected layer followed by {@link Gelu} in one pass over the output, or as the two
   * operations where the tape replaces the backward step of either.
   *
   * @param x {@code [batch…, inputs]}
   * @param weight {@code [outputs, inputs]}
   * @param bias {@code [outputs]}
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor withGelu(Tape tape, Tensor x, Tensor weight, Tensor bias) {
    if (tape.replacesBackward(Linear.class) || tape.replacesBackward(Gelu.class)) {
      var sums = apply(tape, x, weight, bias);
      var y = Gelu.apply(tape, sums);
      tape.discard(sums);
      return y;
    }
    return apply(tape, x, weight, bias, true);
  }

  private static Tensor apply(Tape tape, Tensor x, Tensor weight, Tensor bias, boolean gelu) {
    Shapes.checkRank("The weight of a linear layer", weight, 2);
    Shapes.checkShape("The bias of a linear layer", bias, weight.size(0));
    check(
        x.rank() >= 1 && x.size(-1) == weight.size(1),
        "A linear layer with %d inputs can't take %s",
        weight.size(1),
        x.shape());
    return tape.apply(new Linear(gelu), x, weight, bias);
  }

  /** Whether {@link Gelu} follows in the same step. */
  public boolean gelu() {
    return gelu;
  }

  @Override
  public Linear again() {
    return new Linear(gelu);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var weight = forward.input(1);
    var bias = forward.input(2);
    savedX = forward.saveFor(1, x);
    savedWeight = forward.saveFor(0, weight);
    var shape = x.shape();
    shape[x.rank() - 1] = weight.size(0);
    var y = forward.allocate(shape);
    if (gelu) {
      var sums =
          forward.wants(0) || forward.wants(1) || forward.wants(2)
              ? Optional.of(forward.save(forward.allocate(shape)))
              : Optional.<Tensor>empty();
      forward.kernels().products().linearGelu(x, weight, bias, sums, y);
      savedSums = sums.orElse(y);
    } else {
      forward.kernels().products().linear(x, weight, Optional.of(bias), y);
    }
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var g = backward.gradient();
    var outputs = g.size(-1);
    var inputs = backward.input(0).size(-1);
    var rows = g.elements() / outputs;
    var ofSums = gelu ? backward.allocate(g.shape()) : backward.view(g, g.shape());
    if (gelu) {
      backward.kernels().activations().geluGradient(savedSums, g, ofSums);
    }
    var flat = backward.view(ofSums, rows, outputs);
    backward.discard(ofSums);
    if (backward.wants(0)) {
      var gradient = backward.allocate(rows, inputs);
      backward.kernels().products().linearInputGradient(flat, savedWeight, gradient);
      backward.add(0, backward.view(gradient, backward.input(0).shape()));
      backward.discard(gradient);
    }
    if (backward.wants(1)) {
      var x = backward.view(savedX, rows, inputs);
      var gradient = backward.allocate(outputs, inputs);
      backward.kernels().products().matmul(flat, true, x, false, gradient);
      backward.discard(x);
      backward.add(1, gradient);
    }
    if (backward.wants(2)) {
      backward.add(2, backward.view(flat, rows, outputs));
    }
    backward.discard(flat);
  }
}
