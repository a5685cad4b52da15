package org.pellucid.explain.perturbation;

import java.util.Arrays;
import org.pellucid.explain.segmentation.MersenneTwister;

/**
 * The random choices of LIME: row by row, which superpixels are shown. The first row shows all.
 *
 * @param shown {@code [samples, columns]}
 */
record LimeSamples(boolean[][] shown) {
  /**
   * Draws the rows as the lime library does: one number below 1000 that it keeps for other uses,
   * then a bit for each entry. The first row's bits are drawn too, then all set.
   */
  static LimeSamples draw(MersenneTwister generator, int samples, int columns) {
    generator.below(1000);
    var shown = new boolean[samples][columns];
    for (var row : shown) {
      for (var column = 0; column < columns; column++) {
        row[column] = generator.below(2) == 1;
      }
    }
    Arrays.fill(shown[0], true);
    return new LimeSamples(shown);
  }

  /**
   * The cosine distance of each row to the first: {@code 1 - sqrt(k / n)} for k of n pieces shown.
   */
  double[] distances() {
    var distances = new double[shown.length];
    for (var row = 0; row < shown.length; row++) {
      var count = 0;
      for (var piece : shown[row]) {
        count += piece ? 1 : 0;
      }
      distances[row] = 1 - Math.sqrt((double) count / shown[row].length);
    }
    return distances;
  }

  /** The weight of each row: {@code sqrt(exp(-distance^2 / kernelWidth^2))}. */
  static double[] weights(double[] distances, double kernelWidth) {
    var weights = new double[distances.length];
    for (var row = 0; row < weights.length; row++) {
      var distance = distances[row];
      weights[row] =
          Math.sqrt(StrictMath.exp(-(distance * distance) / (kernelWidth * kernelWidth)));
    }
    return weights;
  }
}
