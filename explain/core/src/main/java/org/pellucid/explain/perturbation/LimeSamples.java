package org.pellucid.explain.perturbation;

import java.util.stream.IntStream;
import org.pellucid.explain.segmentation.MersenneTwister;

/**
 * The random choices of LIME: row by row, which superpixels are shown. The first row shows all.
 *
 * @param shown {@code [samples, columns]}
 */
record LimeSamples(BitMatrix shown) {
  private static final int SEEDS = 1000;

  /**
   * Draws the seed of the superpixels as the lime library does, which many kinds of superpixels
   * have no use for.
   */
  static int drawSeed(MersenneTwister generator) {
    return generator.below(SEEDS);
  }

  /**
   * Draws the rows as the lime library does: a bit for each entry. The first row's bits are drawn
   * too, then all set.
   */
  static LimeSamples draw(MersenneTwister generator, int samples, int columns) {
    var shown = new BitMatrix(samples, columns);
    for (var row = 0; row < samples; row++) {
      for (var column = 0; column < columns; column++) {
        if (generator.below(2) == 1) {
          shown.set(row, column);
        }
      }
    }
    shown.fill(0);
    return new LimeSamples(shown);
  }

  /**
   * Draws the rows as LIME does for texts: first how many words are hidden, each number from one to
   * all as likely as any other, then which ones.
   */
  static LimeSamples drawForTexts(MersenneTwister generator, int samples, int columns) {
    var shown = new BitMatrix(samples, columns);
    shown.fill(0);
    for (var row = 1; row < samples; row++) {
      var order = IntStream.range(0, columns).toArray();
      var hidden = 1 + generator.below(columns);
      for (var i = 0; i < columns; i++) {
        var other = i + generator.below(columns - i);
        var drawn = order[other];
        order[other] = order[i];
        if (i >= hidden) {
          shown.set(row, drawn);
        }
      }
    }
    return new LimeSamples(shown);
  }

  /** The distance of each row to the first, for {@code k} of {@code n} pieces shown. */
  double[] distances(LimeDistance distance) {
    var distances = new double[shown.rows()];
    for (var row = 0; row < distances.length; row++) {
      distances[row] = distance.of(shown.count(row), shown.columns());
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
