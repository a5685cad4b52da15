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
 * {@code y = softmax(f · x + m)} along the last axis, with a constant factor and a constant mask as
 * attention needs them; {@code dL/dx = f · y · (g − Σ g · y)}.
 */
public final class Softmax implements Operation {
  private final double factor;
  private final Optional<Tensor> mask;
  private Tensor savedOutput;

  private Softmax(double factor, Optional<Tensor> mask) {
    this.factor = factor;
    this.mask = mask;
  }

  /** The softmax of {@code x} along its last axis. */
  public static Tensor apply(Tape tape, Tensor x) {
    return apply(tape, x, 1, Optional.empty());
  }

  /**
   * The softmax of {@code factor · x + mask} along the last axis.
   *
   * @param mask broadcast to {@code x}; no gradient flows to it, and it must stay open as long as
   *     the tape
   * @throws IllegalArgumentException if the mask doesn't broadcast to {@code x}
   */
  public static Tensor apply(Tape tape, Tensor x, double factor, Optional<Tensor> mask) {
    check(x.rank() >= 1, "A softmax needs an axis to run along");
    mask.ifPresent(
        m ->
            check(
                Shapes.broadcastsTo(m.shape(), x.shape()),
                "A mask of shape %s doesn't stretch to %s",
                m.shape(),
                x.shape()));
    return tape.apply(new Softmax(factor, mask), x);
  }

  /** What the input is multiplied by. */
  public double factor() {
    return factor;
  }

  /** What is added after the factor, broadcast to the input; empty if nothing is. */
  public Optional<Tensor> mask() {
    return mask;
  }

  @Override
  public Softmax again() {
    return new Softmax(factor, mask);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var y = forward.allocate(x.shape());
    mask.ifPresent(forward::save);
    forward.kernels().softmax().forward(x, factor, mask, y);
    savedOutput = forward.save(y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.gradient().shape());
    backward.kernels().softmax().gradient(savedOutput, backward.gradient(), factor, gradient);
    backward.add(0, gradient);
  }
}
