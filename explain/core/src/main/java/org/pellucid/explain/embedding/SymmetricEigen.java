package org.pellucid.explain.embedding;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The eigenvalues of a symmetric matrix in falling order, with an orthonormal eigenvector each.
 *
 * <p>The matrix is made tridiagonal by Householder reflections, then diagonal by the QL iteration
 * with implicit shifts. Eigenvectors are kept as rows, so that each rotation of the iteration works
 * on two contiguous rows.
 *
 * @see "G. H. Golub and C. F. Van Loan: Matrix Computations, 4th edition, sections 8.3 and 8.4"
 */
public final class SymmetricEigen {
  private static final int LARGEST_ROUNDS = 60;

  private final int n;
  private final double[] diagonal;
  private final double[] off;
  private final double[][] rows;
  private final int[] order;

  /**
   * Solves the eigenvalue problem.
   *
   * @param matrix symmetric {@code [n, n]} of finite numbers; it is left as it is
   * @throws ArithmeticException if the iteration does not converge
   */
  public SymmetricEigen(double[][] matrix) {
    n = matrix.length;
    diagonal = new double[n];
    off = new double[n];
    rows = new double[n][n];
    tridiagonalise(matrix);
    for (var i = 0; i < n; i++) {
      iterate(i);
    }
    order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -diagonal[i]))
            .mapToInt(i -> i)
            .toArray();
  }

  /** The eigenvalue of a rank, 0 for the largest. */
  public double value(int rank) {
    return diagonal[order[rank]];
  }

  /** The unit eigenvector of a rank. */
  public double[] vector(int rank) {
    return rows[order[rank]].clone();
  }

  /**
   * Reflects column after column. With A = Q T Q', the rows of Q' are what the iteration turns into
   * eigenvectors. Reflection k has a unit vector v that is zero up to k; it maps A to A - v w' - w
   * v' with w = 2 (A v - (v' A v) v), and Q' to Q' - 2 v (v' Q').
   */
  private void tridiagonalise(double[][] matrix) {
    var a = new double[n][];
    for (var i = 0; i < n; i++) {
      a[i] = matrix[i].clone();
      rows[i][i] = 1;
    }
    for (var k = 0; k < n - 1; k++) {
      var v = reflection(a[k], k);
      diagonal[k] = a[k][k];
      off[k] = a[k][k + 1];
      if (v.length > 0) {
        off[k] = reflect(a, v, k);
        reflectRows(v, k);
      }
    }
    if (n > 0) {
      diagonal[n - 1] = a[n - 1][n - 1];
    }
  }

  /** The unit vector whose reflection clears the row beyond the off-diagonal; empty if clear. */
  private double[] reflection(double[] row, int k) {
    var scale = 0.0;
    for (var j = k + 2; j < n; j++) {
      scale = Math.max(scale, Math.abs(row[j]));
    }
    if (scale == 0) {
      return new double[0];
    }
    scale = Math.max(scale, Math.abs(row[k + 1]));
    var v = new double[n];
    var square = 0.0;
    for (var j = k + 1; j < n; j++) {
      v[j] = row[j] / scale;
      square += v[j] * v[j];
    }
    v[k + 1] += Math.copySign(Math.sqrt(square), v[k + 1]);
    var length = 0.0;
    for (var j = k + 1; j < n; j++) {
      length += v[j] * v[j];
    }
    length = Math.sqrt(length);
    for (var j = k + 1; j < n; j++) {
      v[j] /= length;
    }
    return v;
  }

  /** Applies a reflection to the rest of the matrix and returns the new off-diagonal entry. */
  private double reflect(double[][] a, double[] v, int k) {
    var product = 0.0;
    for (var j = k + 1; j < n; j++) {
      product += v[j] * a[k][j];
    }
    var entry = a[k][k + 1] - 2 * product * v[k + 1];
    var w = new double[n];
    var quadratic = 0.0;
    for (var i = k + 1; i < n; i++) {
      var sum = 0.0;
      for (var j = k + 1; j < n; j++) {
        sum += a[i][j] * v[j];
      }
      w[i] = sum;
      quadratic += sum * v[i];
    }
    for (var i = k + 1; i < n; i++) {
      w[i] = 2 * (w[i] - quadratic * v[i]);
    }
    for (var i = k + 1; i < n; i++) {
      for (var j = k + 1; j < n; j++) {
        a[i][j] -= v[i] * w[j] + w[i] * v[j];
      }
    }
    return entry;
  }

  private void reflectRows(double[] v, int k) {
    var products = new double[n];
    for (var i = k + 1; i < n; i++) {
      for (var j = 0; j < n; j++) {
        products[j] += v[i] * rows[i][j];
      }
    }
    for (var i = k + 1; i < n; i++) {
      for (var j = 0; j < n; j++) {
        rows[i][j] -= 2 * v[i] * products[j];
      }
    }
  }

  /** Repeats QL steps until the entry beside diagonal element {@code start} is negligible. */
  private void iterate(int start) {
    for (var round = 0; ; round++) {
      var end = start;
      while (end < n - 1 && !negligible(end)) {
        end++;
      }
      if (end == start) {
        return;
      }
      if (round == LARGEST_ROUNDS) {
        throw new ArithmeticException(
            "The eigenvalues of a matrix of " + n + " rows were not found.");
      }
      step(start, end);
    }
  }

  private boolean negligible(int i) {
    var neighbours = Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1]);
    return neighbours + Math.abs(off[i]) == neighbours;
  }

  /**
   * One implicit QL step with Wilkinson's shift on the block from start to end: a rotation at the
   * lower end creates an entry beside the tridiagonal, which further rotations chase upwards.
   */
  private void step(int start, int end) {
    var half = (diagonal[start + 1] - diagonal[start]) / (2 * off[start]);
    var root = Math.hypot(half, 1);
    var shifted = diagonal[end] - diagonal[start] + off[start] / (half + Math.copySign(root, half));
    var sine = 1.0;
    var cosine = 1.0;
    var moved = 0.0;
    for (var i = end - 1; i >= start; i--) {
      var bulge = sine * off[i];
      var beside = cosine * off[i];
      var length = Math.hypot(bulge, shifted);
      off[i + 1] = length;
      if (length == 0) {
        diagonal[i + 1] -= moved;
        off[end] = 0;
        return;
      }
      sine = bulge / length;
      cosine = shifted / length;
      var base = diagonal[i + 1] - moved;
      var turn = (diagonal[i] - base) * sine + 2 * cosine * beside;
      moved = sine * turn;
      diagonal[i + 1] = base + moved;
      shifted = cosine * turn - beside;
      rotate(rows[i], rows[i + 1], cosine, sine);
    }
    diagonal[start] -= moved;
    off[start] = shifted;
    off[end] = 0;
  }

  private static void rotate(double[] upper, double[] lower, double cosine, double sine) {
    for (var k = 0; k < upper.length; k++) {
      var value = lower[k];
      lower[k] = sine * upper[k] + cosine * value;
      upper[k] = cosine * upper[k] - sine * value;
    }
  }
}
