package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * Dropout (Srivastava et al., 2014). In training {@code y = m · x / (1 − p)} and {@code dL/dx = m ·
 * g / (1 − p)}, where the mask {@code m} is 0 with probability {@code p} and else 1; in evaluation
 * {@code y = x} and {@code dL/dx = g}. The mask is drawn again for the backward step instead of
 * being stored.
 */
public final class Dropout implements Operation {
  private final double probability;
  private final long seed;

  private Dropout(double probability, long seed) {
    this.probability = probability;
    this.seed = seed;
  }

  /** Dropout in evaluation: the input itself, recorded as a step of its own. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new Dropout(0, 0), x);
  }

  /**
   * Dropout in training.
   *
   * @param probability of dropping an element
   * @param seed of the mask; the same seed gives the same bits
   * @throws IllegalArgumentException unless {@code 0 ≤ probability < 1}
   */
  public static Tensor train(Tape tape, Tensor x, double probability, long seed) {
    check(
        probability >= 0 && probability < 1,
        "The probability of dropping an element is %s, which is not in 0..1",
        probability);
    return tape.apply(new Dropout(probability, seed), x);
  }

  /** The probability of dropping an element; 0 in evaluation. */
  public double probability() {
    return probability;
  }

  /** The seed of the mask. */
  public long seed() {
    return seed;
  }

  @Override
  public Dropout again() {
    return new Dropout(probability, seed);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    if (probability == 0) {
      return forward.view(x, x.shape());
    }
    var y = forward.allocate(x.shape());
    forward.kernels().training().dropout(x, probability, seed, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    if (probability == 0) {
      backward.passOn(0);
      return;
    }
    var gradient = backward.allocate(backward.gradient().shape());
    backward.kernels().training().dropout(backward.gradient(), probability, seed, gradient);
    backward.add(0, gradient);
  }
}
