package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.pellucid.engine.kernels.LayerNormKernels;
import org.pellucid.engine.tensor.Tensor;

/** Layer normalisation over the rows of a matrix. */
final class PortableLayerNorm implements LayerNormKernels {

  @Override
  public void forward(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      Tensor normalised,
      Tensor inverseDeviation,
      Tensor out) {
    normalise(
        Nd4jOperations.rows(x.array()),
        epsilon,
        Nd4jOperations.rows(normalised.array()),
        Nd4jOperations.rows(inverseDeviation.array()));
    Nd4jOperations.multiply(normalised.array(), gamma.array(), out.array());
    Nd4jOperations.add(out.array(), beta.array(), out.array());
  }

  @Override
  public void gradient(
      Tensor normalised, Tensor inverseDeviation, Tensor gamma, Tensor gradient, Tensor out) {
    Nd4jOperations.multiply(gradient.array(), gamma.array(), out.array());
    toInput(
        Nd4jOperations.rows(normalised.array()),
        Nd4jOperations.rows(inverseDeviation.array()),
        Nd4jOperations.rows(out.array()));
  }

  private static void normalise(
      INDArray x, double epsilon, INDArray normalised, INDArray inverseDeviation) {
    try (var mean = x.mean(true, 1)) {
      Nd4jOperations.subtract(x, mean, normalised);
    }
    try (var squares = normalised.mul(normalised);
        var variance = squares.mean(true, 1)) {
      Transforms.sqrt(variance.addi(epsilon), false).rdivi(1.0);
      inverseDeviation.assign(variance);
    }
    Nd4jOperations.multiply(normalised, inverseDeviation, normalised);
  }

  /** Turns {@code out}, which holds gradient · gamma, into the gradient of the input. */
  private static void toInput(INDArray normalised, INDArray inverseDeviation, INDArray out) {
    try (var products = out.mul(normalised);
        var alongNormalised = products.mean(true, 1);
        var mean = out.mean(true, 1)) {
      Nd4jOperations.subtract(out, mean, out);
      Nd4jOperations.multiply(normalised, alongNormalised, products);
      out.subi(products);
      Nd4jOperations.multiply(out, inverseDeviation, out);
    }
  }
}
