package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = f(x)} of each element, for a function of the closed family {@link ElementFunction};
 * {@code dL/dx = g · f′(x)}. Functions that explanation methods treat by rules of their own, such
 * as {@link Relu}, are operations of their own.
 */
public final class Elementwise implements Operation {
  private final ElementFunction function;
  private Tensor saved;

  private Elementwise(ElementFunction function) {
    this.function = function;
  }

  /** The function of each element. */
  public static Tensor apply(Tape tape, ElementFunction function, Tensor x) {
    return tape.apply(new Elementwise(function), x);
  }

  /** The function. */
  public ElementFunction function() {
    return function;
  }

  @Override
  public String name() {
    return function.getClass().getSimpleName();
  }

  @Override
  public Elementwise again() {
    return new Elementwise(function);
  }

  @Override
  public Tensor forward(Forward forward) {
    saved = forward.save(forward.input(0));
    return values(forward, function, saved);
  }

  @Override
  public void backward(Backward backward) {
    passBack(backward, function, saved);
  }

  /** The function of each element of what an operation saved. */
  static Tensor values(Forward forward, ElementFunction function, Tensor saved) {
    var y = forward.allocate(saved.shape());
    forward.kernels().activations().function(function, saved, y);
    return y;
  }

  /** Adds the gradient by what an operation saved. */
  static void passBack(Backward backward, ElementFunction function, Tensor saved) {
    var g = backward.gradient();
    var gradient = backward.allocate(g.shape());
    backward.kernels().activations().functionGradient(function, saved, g, gradient);
    backward.add(0, gradient);
  }
}
