package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.pellucid.engine.kernels.ArithmeticKernels;
import org.pellucid.engine.kernels.BatchNormKernels;
import org.pellucid.engine.tensor.Tensor;

/** Batch normalisation over the columns of a matrix. */
final class PortableBatchNorm implements BatchNormKernels {
  private final ArithmeticKernels arithmetic;

  PortableBatchNorm(ArithmeticKernels arithmetic) {
    this.arithmetic = arithmetic;
  }

  @Override
  public void inverseDeviation(Tensor variance, double epsilon, Tensor out) {
    variance.array().addi(epsilon, out.array());
    Transforms.sqrt(out.array(), false);
    out.array().rdivi(1.0);
  }

  @Override
  public void statistics(Tensor x, Tensor mean, Tensor variance) {
    statistics(
        Nd4jOperations.rows(x.array()),
        Nd4jOperations.rows(mean.array()),
        Nd4jOperations.rows(variance.array()));
  }

  @Override
  public void forward(
      Tensor x, Tensor mean, Tensor inverseDeviation, Tensor gamma, Tensor beta, Tensor out) {
    Nd4jOperations.subtract(x.array(), mean.array(), out.array());
    try (var scale = inverseDeviation.array().mul(gamma.array())) {
      Nd4jOperations.multiply(out.array(), scale, out.array());
    }
    Nd4jOperations.add(out.array(), beta.array(), out.array());
  }

  @Override
  public void sums(
      Tensor x,
      Tensor mean,
      Tensor inverseDeviation,
      Tensor gradient,
      Tensor gammaGradient,
      Tensor betaGradient) {
    arithmetic.sum(gradient, betaGradient);
    try (var products = normalised(x.array(), mean.array(), inverseDeviation.array())) {
      products.muli(gradient.array());
      try (var sums = Nd4jOperations.rows(products).sum(0)) {
        gammaGradient.array().assign(sums);
      }
    }
  }

  @Override
  public void gradient(
      Tensor x,
      Tensor mean,
      Tensor inverseDeviation,
      Tensor gamma,
      Tensor gradient,
      Tensor gammaGradient,
      Tensor betaGradient,
      Tensor out) {
    var count = (double) x.elements() / mean.elements();
    try (var products = normalised(x.array(), mean.array(), inverseDeviation.array());
        var alongNormalised = gammaGradient.array().div(count);
        var meanGradient = betaGradient.array().div(count);
        var scale = inverseDeviation.array().mul(gamma.array())) {
      Nd4jOperations.multiply(products, alongNormalised, products);
      Nd4jOperations.subtract(gradient.array(), meanGradient, out.array());
      out.array().subi(products);
      Nd4jOperations.multiply(out.array(), scale, out.array());
    }
  }

  /** In two passes, so that a mean far from zero costs the variance no digits. */
  private static void statistics(INDArray rows, INDArray mean, INDArray variance) {
    try (var means = rows.mean(true, 0);
        var centred = Nd4jOperations.likeOf(rows)) {
      mean.assign(means);
      Nd4jOperations.subtract(rows, means, centred);
      centred.muli(centred);
      try (var squares = centred.mean(true, 0)) {
        variance.assign(squares);
      }
    }
  }

  /** {@code (x − mean) · inverseDeviation} in an array of its own, to be closed. */
  private static INDArray normalised(INDArray x, INDArray mean, INDArray inverseDeviation) {
    var result = Nd4jOperations.likeOf(x);
    Nd4jOperations.subtract(x, mean, result);
    Nd4jOperations.multiply(result, inverseDeviation, result);
    return result;
  }
}
