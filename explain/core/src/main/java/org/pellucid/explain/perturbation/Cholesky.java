package org.pellucid.explain.perturbation;

/**
 * The Cholesky factorisation of a symmetric positive definite matrix: the lower triangular L with L
 * times its transpose equal to the matrix.
 */
final class Cholesky {
  private final double[][] lower;

  /**
   * Factorises.
   *
   * @param matrix symmetric {@code [n, n]}; its lower triangle is read
   * @throws ArithmeticException if the matrix is not positive definite to working accuracy
   */
  Cholesky(double[][] matrix) {
    var n = matrix.length;
    lower = new double[n][];
    for (var i = 0; i < n; i++) {
      lower[i] = new double[i + 1];
      for (var j = 0; j <= i; j++) {
        var rest = matrix[i][j];
        for (var k = 0; k < j; k++) {
          rest -= lower[i][k] * lower[j][k];
        }
        if (i > j) {
          lower[i][j] = rest / lower[j][j];
        } else if (rest > 0) {
          lower[i][i] = Math.sqrt(rest);
        } else {
          throw new ArithmeticException("The matrix of " + n + " rows is not positive definite.");
        }
      }
    }
  }

  /**
   * Factorises the rows and columns of a matrix that are kept, with a penalty on the diagonal.
   *
   * @throws ArithmeticException if that is not positive definite to working accuracy
   */
  static Cholesky penalised(double[][] matrix, int[] kept, double penalty) {
    var part = new double[kept.length][kept.length];
    for (var i = 0; i < kept.length; i++) {
      for (var j = 0; j < kept.length; j++) {
        part[i][j] = matrix[kept[i]][kept[j]];
      }
      part[i][i] += penalty;
    }
    return new Cholesky(part);
  }

  /** Solves the matrix times x = right side. */
  double[] solve(double[] rightSide) {
    var x = rightSide.clone();
    var n = x.length;
    for (var i = 0; i < n; i++) {
      for (var k = 0; k < i; k++) {
        x[i] -= lower[i][k] * x[k];
      }
      x[i] /= lower[i][i];
    }
    for (var i = n - 1; i >= 0; i--) {
      x[i] /= lower[i][i];
      for (var k = 0; k < i; k++) {
        x[k] -= lower[i][k] * x[i];
      }
    }
    return x;
  }
}
