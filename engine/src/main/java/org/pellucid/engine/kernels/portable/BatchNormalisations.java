package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;

/** What batch normalisation in training needs: each column's mean, variance and normal form. */
final class BatchNormalisations {
  private BatchNormalisations() {}

  /** In two passes, so that a mean far from zero costs the variance no digits. */
  static void statistics(INDArray rows, INDArray mean, INDArray variance) {
    try (var means = rows.mean(true, 0);
        var centred = Arithmetic.likeOf(rows)) {
      mean.assign(means);
      Arithmetic.subtract(rows, means, centred);
      centred.muli(centred);
      try (var squares = centred.mean(true, 0)) {
        variance.assign(squares);
      }
    }
  }

  /** {@code (x − mean) · inverseDeviation} in an array of its own, to be closed. */
  static INDArray normalised(INDArray x, INDArray mean, INDArray inverseDeviation) {
    var result = Arithmetic.likeOf(x);
    Arithmetic.subtract(x, mean, result);
    Arithmetic.multiply(result, inverseDeviation, result);
    return result;
  }
}
