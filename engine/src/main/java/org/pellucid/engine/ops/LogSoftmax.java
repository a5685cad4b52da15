package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/** {@code y = x − log Σ exp(x)} along the last axis; {@code dL/dx = g − exp(y) · Σ g}. */
public final class LogSoftmax implements Operation {
  private Tensor savedOutput;

  private LogSoftmax() {}

  /** The logarithm of the softmax of {@code x} along its last axis. */
  public static Tensor apply(Tape tape, Tensor x) {
    check(x.rank() >= 1, "A softmax needs an axis to run along");
    return tape.apply(new LogSoftmax(), x);
  }

  @Override
  public LogSoftmax again() {
    return new LogSoftmax();
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var y = forward.allocate(x.shape());
    forward.kernels().losses().logSoftmax(x, y);
    savedOutput = forward.save(y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.gradient().shape());
    backward.kernels().losses().logSoftmaxGradient(savedOutput, backward.gradient(), gradient);
    backward.add(0, gradient);
  }
}
