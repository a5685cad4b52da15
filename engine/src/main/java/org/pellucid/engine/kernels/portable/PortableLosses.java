package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.kernels.LossKernels;
import org.pellucid.engine.tensor.Tensor;

/** The logarithm of softmax along rows, and the loss that picks one entry of each row. */
final class PortableLosses implements LossKernels {

  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    logSoftmax(Nd4jOperations.rows(x.array()), Nd4jOperations.rows(out.array()));
  }

  @Override
  public void logSoftmaxGradient(Tensor output, Tensor gradient, Tensor out) {
    logSoftmaxGradient(
        Nd4jOperations.rows(output.array()),
        Nd4jOperations.rows(gradient.array()),
        Nd4jOperations.rows(out.array()));
  }

  @Override
  public void negativeLogLikelihood(Tensor logProbabilities, Tensor targets, Tensor out) {
    negativeLogLikelihood(logProbabilities.array(), targets.array(), out.array());
  }

  @Override
  public void crossEntropyGradient(
      Tensor logProbabilities, Tensor targets, Tensor gradient, Tensor out) {
    crossEntropyGradient(logProbabilities.array(), targets.array(), gradient.array(), out.array());
  }

  /**
   * The largest term of Σ exp(x − max) is exactly 1 and is left to log1p, so that the result keeps
   * its digits when all other terms are tiny.
   */
  private static void logSoftmax(INDArray x, INDArray out) {
    try (var wide = x.castTo(DataType.DOUBLE).dup('c');
        var largest = wide.max(true, 1)) {
      Nd4jOperations.subtract(wide, largest, wide);
      try (var others = wide.dup('c');
          var ties = Nd4jOperations.indicator(wide.eq(0), wide)) {
        Nd4j.exec(new Exp(others, others));
        try (var tieCount = ties.sum(true, 1)) {
          ties.rsubi(1.0);
          others.muli(ties);
          try (var sum = others.sum(true, 1)) {
            sum.addi(tieCount.subi(1.0));
            Nd4jOperations.log1p(sum);
            Nd4jOperations.subtract(wide, sum, wide);
          }
        }
      }
      out.assign(wide);
    }
  }

  private static void logSoftmaxGradient(INDArray output, INDArray gradient, INDArray out) {
    try (var probabilities = output.dup('c');
        var sum = gradient.sum(true, 1)) {
      Nd4j.exec(new Exp(probabilities, probabilities));
      Nd4jOperations.multiply(probabilities, sum, probabilities);
      gradient.subi(probabilities, out);
    }
  }

  private static void negativeLogLikelihood(
      INDArray logProbabilities, INDArray targets, INDArray out) {
    try (var chosen = oneHot(logProbabilities, targets)) {
      try (var picked = chosen.muli(logProbabilities).sum(1)) {
        out.assign(picked.negi());
      }
    }
  }

  private static void crossEntropyGradient(
      INDArray logProbabilities, INDArray targets, INDArray gradient, INDArray out) {
    try (var wide = logProbabilities.castTo(DataType.DOUBLE).dup('c');
        var chosen = oneHot(wide, targets);
        var atTarget = wide.dup('c')) {
      Nd4jOperations.expm1(atTarget);
      atTarget.muli(chosen);
      Nd4j.exec(new Exp(wide, wide));
      out.assign(wide.muli(chosen.rsubi(1.0)).addi(atTarget));
    }
    Nd4jOperations.multiply(out, gradient.reshape('c', new long[] {gradient.length(), 1}), out);
  }

  private static INDArray oneHot(INDArray like, INDArray targets) {
    var chosen = Nd4jOperations.likeOf(like).assign(0);
    var columns = targets.toIntVector();
    for (var row = 0; row < columns.length; row++) {
      chosen.putScalar(row, columns[row], 1);
    }
    return chosen;
  }
}
