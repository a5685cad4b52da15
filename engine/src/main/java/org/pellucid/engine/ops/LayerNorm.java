package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Layer normalisation along the last axis, {@code y = γ · n + β} with {@code n = (x − μ) · d} and
 * {@code d = 1 / √(σ² + ε)} (Ba, Kiros and Hinton, 2016); {@code dL/dx = d · (h − mean(h) − n ·
 * mean(h · n))} with {@code h = g · γ}, {@code dL/dγ = Σ g · n}, {@code dL/dβ = Σ g}.
 */
public final class LayerNorm implements Operation {
  private final double epsilon;
  private Tensor normalised;
  private Tensor inverseDeviation;
  private Tensor savedGamma;

  private LayerNorm(double epsilon) {
    this.epsilon = epsilon;
  }

  /**
   * A layer normalisation.
   *
   * @param x {@code [batch…, features]}
   * @param gamma {@code [features]}
   * @param beta {@code [features]}
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor apply(Tape tape, Tensor x, Tensor gamma, Tensor beta, double epsilon) {
    check(x.rank() >= 1, "Layer normalisation needs an axis of features");
    Shapes.checkShape("The scale γ of a layer normalisation", gamma, x.size(-1));
    Shapes.checkShape("The shift β of a layer normalisation", beta, x.size(-1));
    return tape.apply(new LayerNorm(epsilon), x, gamma, beta);
  }

  /** What is added to the variance. */
  public double epsilon() {
    return epsilon;
  }

  @Override
  public LayerNorm again() {
    return new LayerNorm(epsilon);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var gamma = forward.input(1);
    var statistics = x.shape();
    statistics[x.rank() - 1] = 1;
    normalised = forward.save(forward.allocate(x.shape()));
    inverseDeviation = forward.save(forward.allocate(statistics));
    savedGamma = forward.save(gamma);
    var y = forward.allocate(x.shape());
    forward
        .kernels()
        .layerNorm()
        .forward(x, gamma, forward.input(2), epsilon, normalised, inverseDeviation, y);
    forward.discard(normalised);
    forward.discard(inverseDeviation);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var g = backward.gradient();
    if (backward.wants(0)) {
      var gradient = backward.allocate(g.shape());
      backward
          .kernels()
          .layerNorm()
          .gradient(normalised, inverseDeviation, savedGamma, g, gradient);
      backward.add(0, gradient);
    }
    if (backward.wants(1)) {
      var gradient = backward.allocate(g.shape());
      backward.kernels().arithmetic().multiply(g, normalised, gradient);
      backward.add(1, gradient);
    }
    backward.passOn(2);
  }
}
