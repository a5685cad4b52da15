package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Softmax and layer normalisation over the rows of a matrix. */
final class Normalisations {
  private Normalisations() {}

  static void softmax(INDArray x) {
    try (var largest = x.max(true, 1)) {
      Arithmetic.subtract(x, largest, x);
    }
    Nd4j.exec(new Exp(x, x));
    try (var sum = x.sum(true, 1)) {
      sum.rdivi(1.0);
      Arithmetic.multiply(x, sum, x);
    }
  }

  static void softmaxGradient(INDArray output, INDArray gradient, double factor, INDArray out) {
    try (var weighted = gradient.mul(output);
        var sum = weighted.sum(true, 1);
        var centred = Arithmetic.likeOf(out)) {
      Arithmetic.subtract(gradient, sum, centred);
      centred.muli(output).muli(factor);
      out.assign(centred);
    }
  }

  /**
   * The largest term of Σ exp(x − max) is exactly 1 and is left to log1p, so that the result keeps
   * its digits when all other terms are tiny.
   */
  static void logSoftmax(INDArray x, INDArray out) {
    try (var wide = x.castTo(DataType.DOUBLE).dup('c');
        var largest = wide.max(true, 1)) {
      Arithmetic.subtract(wide, largest, wide);
      try (var others = wide.dup('c');
          var ties = Arithmetic.indicator(wide.eq(0), wide)) {
        Nd4j.exec(new Exp(others, others));
        try (var tieCount = ties.sum(true, 1)) {
          ties.rsubi(1.0);
          others.muli(ties);
          try (var sum = others.sum(true, 1)) {
            sum.addi(tieCount.subi(1.0));
            Arithmetic.log1p(sum);
            Arithmetic.subtract(wide, sum, wide);
          }
        }
      }
      out.assign(wide);
    }
  }

  static void logSoftmaxGradient(INDArray output, INDArray gradient, INDArray out) {
    try (var probabilities = output.dup('c');
        var sum = gradient.sum(true, 1)) {
      Nd4j.exec(new Exp(probabilities, probabilities));
      Arithmetic.multiply(probabilities, sum, probabilities);
      gradient.subi(probabilities, out);
    }
  }

  static void layerNorm(
      INDArray x, double epsilon, INDArray normalised, INDArray inverseDeviation) {
    try (var mean = x.mean(true, 1)) {
      Arithmetic.subtract(x, mean, normalised);
    }
    try (var squares = normalised.mul(normalised);
        var variance = squares.mean(true, 1)) {
      Transforms.sqrt(variance.addi(epsilon), false).rdivi(1.0);
      inverseDeviation.assign(variance);
    }
    Arithmetic.multiply(normalised, inverseDeviation, normalised);
  }

  /** Turns {@code out}, which holds gradient · gamma, into the gradient of the input. */
  static void layerNormGradient(INDArray normalised, INDArray inverseDeviation, INDArray out) {
    try (var products = out.mul(normalised);
        var alongNormalised = products.mean(true, 1);
        var mean = out.mean(true, 1)) {
      Arithmetic.subtract(out, mean, out);
      Arithmetic.multiply(normalised, alongNormalised, products);
      out.subi(products);
      Arithmetic.multiply(out, inverseDeviation, out);
    }
  }
}
