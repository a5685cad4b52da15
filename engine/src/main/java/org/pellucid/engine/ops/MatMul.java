package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = a · b} over the last two axes, either operand optionally read transposed. Without
 * transposition {@code dL/da = g · bᵀ} and {@code dL/db = aᵀ · g}.
 */
public final class MatMul implements Operation {
  private final boolean transposeA;
  private final boolean transposeB;
  private Tensor savedA;
  private Tensor savedB;

  private MatMul(boolean transposeA, boolean transposeB) {
    this.transposeA = transposeA;
    this.transposeB = transposeB;
  }

  /** The product {@code a · b}; see {@link #apply(Tape, Tensor, boolean, Tensor, boolean)}. */
  public static Tensor apply(Tape tape, Tensor a, Tensor b) {
    return apply(tape, a, false, b, false);
  }

  /**
   * The product of {@code […, m, k]} and {@code […, k, n]}, where the axes before the last two are
   * the same.
   *
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor apply(
      Tape tape, Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
    check(
        a.rank() >= 2 && a.rank() == b.rank(),
        "%s and %s are not two stacks of matrices",
        a.shape(),
        b.shape());
    var inner = a.size(transposeA ? -2 : -1);
    var matching = b.size(transposeB ? -1 : -2);
    var stacks = true;
    for (var axis = 0; axis < a.rank() - 2; axis++) {
      stacks &= a.size(axis) == b.size(axis);
    }
    check(
        stacks && inner == matching,
        "%s%s and %s%s can't be multiplied",
        a.shape(),
        transposeA ? " transposed" : "",
        b.shape(),
        transposeB ? " transposed" : "");
    return tape.apply(new MatMul(transposeA, transposeB), a, b);
  }

  /** Whether the first operand is read transposed. */
  public boolean transposeA() {
    return transposeA;
  }

  /** Whether the second operand is read transposed. */
  public boolean transposeB() {
    return transposeB;
  }

  @Override
  public MatMul again() {
    return new MatMul(transposeA, transposeB);
  }

  @Override
  public Tensor forward(Forward forward) {
    var a = forward.input(0);
    var b = forward.input(1);
    savedA = forward.saveFor(1, a);
    savedB = forward.saveFor(0, b);
    var shape = a.shape();
    shape[a.rank() - 2] = a.size(transposeA ? -1 : -2);
    shape[a.rank() - 1] = b.size(transposeB ? -2 : -1);
    var y = forward.allocate(shape);
    forward.kernels().products().matmul(a, transposeA, b, transposeB, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var g = backward.gradient();
    if (backward.wants(0)) {
      var gradient = backward.allocate(backward.input(0).shape());
      if (transposeA) {
        backward.kernels().products().matmul(savedB, transposeB, g, true, gradient);
      } else {
        backward.kernels().products().matmul(g, false, savedB, !transposeB, gradient);
      }
      backward.add(0, gradient);
    }
    if (backward.wants(1)) {
      var gradient = backward.allocate(backward.input(1).shape());
      if (transposeB) {
        backward.kernels().products().matmul(g, true, savedA, transposeA, gradient);
      } else {
        backward.kernels().products().matmul(savedA, !transposeA, g, false, gradient);
      }
      backward.add(1, gradient);
    }
  }
}
