package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y[row] = −log softmax(x[row])[target[row]]}; {@code dL/dx[row, j] = g[row] ·
 * (softmax(x)[row, j] − [j = target[row]])}. The mean over the batch, as PyTorch's loss takes it,
 * is left to {@link Scale} and {@link Sum}.
 */
public final class CrossEntropy implements Operation {
  private Tensor logProbabilities;
  private Tensor targets;

  private CrossEntropy() {}

  /**
   * The cross entropy of each row.
   *
   * @param logits {@code [rows, classes]}
   * @param targets {@code int32 [rows]}, each in {@code 0..classes − 1}
   * @return {@code [rows]}
   * @throws IllegalArgumentException if the shapes don't fit or a target is not a class
   */
  public static Tensor apply(Tape tape, Tensor logits, Tensor targets) {
    Shapes.checkRank("The logits", logits, 2);
    Shapes.checkShape("The targets", targets, logits.size(0));
    check(targets.type() == ElementType.INT32, "The targets are not integers");
    for (var target : targets.toInts()) {
      check(
          target >= 0 && target < logits.size(1),
          "The target %d is not one of the %d classes",
          target,
          logits.size(1));
    }
    return tape.apply(new CrossEntropy(), logits, targets);
  }

  @Override
  public CrossEntropy again() {
    return new CrossEntropy();
  }

  @Override
  public Tensor forward(Forward forward) {
    var logits = forward.input(0);
    targets = forward.save(forward.input(1));
    logProbabilities = forward.save(forward.allocate(logits.shape()));
    forward.kernels().losses().logSoftmax(logits, logProbabilities);
    var y = forward.allocate(logits.size(0));
    forward.kernels().losses().negativeLogLikelihood(logProbabilities, targets, y);
    forward.discard(logProbabilities);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.input(0).shape());
    backward
        .kernels()
        .losses()
        .crossEntropyGradient(logProbabilities, targets, backward.gradient(), gradient);
    backward.add(0, gradient);
  }
}
