package org.pellucid.engine.kernels.portable;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.kernels.SoftmaxKernels;
import org.pellucid.engine.tensor.Tensor;

/** Softmax along rows. */
final class PortableSoftmax implements SoftmaxKernels {

  @Override
  public void forward(Tensor x, double factor, Optional<Tensor> mask, Tensor out) {
    x.array().muli(factor, out.array());
    mask.ifPresent(m -> Nd4jOperations.add(out.array(), m.array(), out.array()));
    softmax(Nd4jOperations.rows(out.array()));
  }

  @Override
  public void gradient(Tensor output, Tensor gradient, double factor, Tensor out) {
    softmaxGradient(
        Nd4jOperations.rows(output.array()),
        Nd4jOperations.rows(gradient.array()),
        factor,
        Nd4jOperations.rows(out.array()));
  }

  static void softmax(INDArray x) {
    try (var largest = x.max(true, 1)) {
      Nd4jOperations.subtract(x, largest, x);
    }
    Nd4j.exec(new Exp(x, x));
    try (var sum = x.sum(true, 1)) {
      sum.rdivi(1.0);
      Nd4jOperations.multiply(x, sum, x);
    }
  }

  static void softmaxGradient(INDArray output, INDArray gradient, double factor, INDArray out) {
    try (var weighted = gradient.mul(output);
        var sum = weighted.sum(true, 1);
        var centred = Nd4jOperations.likeOf(out)) {
      Nd4jOperations.subtract(gradient, sum, centred);
      centred.muli(output).muli(factor);
      out.assign(centred);
    }
  }
}
