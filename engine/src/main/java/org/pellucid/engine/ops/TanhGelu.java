package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = x/2 · (1 + t)} with {@code t = tanh(√(2/π) · (x + 0.044715 x³))} (Hendrycks and
 * Gimpel, 2016, approximate form, also called gelu_new); {@code dL/dx = g · ((1 + t)/2 + x/2 · (1 −
 * t²) · √(2/π) · (1 + 3 · 0.044715 x²))}.
 */
public final class TanhGelu implements Operation {
  private static final double SLOPE = Math.sqrt(2 / Math.PI);
  private static final double CUBE = 0.044715;

  private Tensor savedX;
  private Tensor savedTanh;

  private TanhGelu() {}

  /** The approximate Gaussian error linear unit of each element. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new TanhGelu(), x);
  }

  @Override
  public TanhGelu again() {
    return new TanhGelu();
  }

  @Override
  public Tensor forward(Forward forward) {
    var arithmetic = forward.kernels().arithmetic();
    var x = forward.input(0);
    var inner = forward.allocate(x.shape());
    var y = forward.allocate(x.shape());
    arithmetic.multiply(x, x, inner);
    arithmetic.multiply(inner, x, inner);
    arithmetic.scale(inner, SLOPE * CUBE, inner);
    arithmetic.addScaled(x, SLOPE, inner);
    var tanh = forward.allocate(x.shape());
    forward.kernels().activations().tanh(inner, tanh);
    forward.discard(inner);
    arithmetic.multiply(x, tanh, y);
    arithmetic.addScaled(x, 1, y);
    arithmetic.scale(y, 0.5, y);
    savedX = forward.saveFor(0, x);
    if (forward.wants(0)) {
      savedTanh = forward.save(tanh);
    } else {
      forward.discard(tanh);
    }
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var arithmetic = backward.kernels().arithmetic();
    var g = backward.gradient();
    var ofTanh = backward.allocate(g.shape());
    arithmetic.multiply(g, savedX, ofTanh);
    var ofInner = backward.allocate(g.shape());
    backward.kernels().activations().tanhGradient(savedTanh, ofTanh, ofInner);
    arithmetic.multiply(savedX, savedX, ofTanh);
    arithmetic.multiply(ofTanh, ofInner, ofTanh);
    var gradient = backward.allocate(g.shape());
    arithmetic.multiply(g, savedTanh, gradient);
    arithmetic.addScaled(g, 1, gradient);
    arithmetic.addScaled(ofInner, SLOPE, gradient);
    arithmetic.addScaled(ofTanh, 3 * SLOPE * CUBE, gradient);
    arithmetic.scale(gradient, 0.5, gradient);
    backward.discard(ofTanh);
    backward.discard(ofInner);
    backward.add(0, gradient);
  }
}
