package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import org.pellucid.explain.method.ParameterType;

/** A quadrature rule on 0..1: positions on the path and their weights, which sum to 1. */
public enum QuadratureRule {
  /** k / n for k = 0..n−1. */
  LEFT,
  /** k / n for k = 1..n. */
  RIGHT,
  /** (k + ½) / n for k = 0..n−1. */
  MIDDLE,
  /** k / (n − 1) for k = 0..n−1, the ends at half weight. */
  TRAPEZOID,
  /** The n-point Gauss–Legendre rule, exact for polynomials up to degree 2n − 1. */
  GAUSS_LEGENDRE;

  /**
   * A rule's positions and weights.
   *
   * @param positions in 0..1, rising
   * @param weights of the same number, with sum 1
   */
  public record Nodes(double[] positions, double[] weights) {}

  /**
   * The rule with {@code n} positions.
   *
   * @throws IllegalArgumentException if there are too few for the rule
   */
  public Nodes nodes(int n) {
    check(
        n >= (this == TRAPEZOID ? 2 : 1),
        "The rule %s needs more steps than %d",
        ParameterType.text(this),
        n);
    var positions = new double[n];
    var weights = new double[n];
    for (var k = 0; k < n; k++) {
      weights[k] = 1.0 / n;
      positions[k] =
          switch (this) {
            case LEFT -> (double) k / n;
            case RIGHT -> (k + 1.0) / n;
            case MIDDLE, GAUSS_LEGENDRE -> (k + 0.5) / n;
            case TRAPEZOID -> k / (n - 1.0);
          };
    }
    if (this == TRAPEZOID) {
      Arrays.fill(weights, 1.0 / (n - 1));
      weights[0] /= 2;
      weights[n - 1] /= 2;
    } else if (this == GAUSS_LEGENDRE) {
      gaussLegendre(positions, weights);
    }
    return new Nodes(positions, weights);
  }

  /**
   * Newton's method on the Legendre polynomial from Tricomi's approximation of its roots; weights
   * {@code 2 / ((1 − x²) P′(x)²)}, both mapped from −1..1 to 0..1.
   */
  private static void gaussLegendre(double[] positions, double[] weights) {
    var n = positions.length;
    for (var k = 0; k < n; k++) {
      var x = -Math.cos(Math.PI * (k + 0.75) / (n + 0.5));
      var slope = 0.0;
      for (var iteration = 0; iteration < 100; iteration++) {
        var before = 0.0;
        var value = 1.0;
        for (var degree = 1; degree <= n; degree++) {
          var next = ((2 * degree - 1) * x * value - (degree - 1) * before) / degree;
          before = value;
          value = next;
        }
        slope = n * (x * value - before) / (x * x - 1);
        var step = value / slope;
        x -= step;
        if (Math.abs(step) < 1e-15) {
          break;
        }
      }
      positions[k] = (1 + x) / 2;
      weights[k] = 1 / ((1 - x * x) * slope * slope);
    }
  }
}
