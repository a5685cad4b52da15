package org.pellucid.explain.attribution;

import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.attribution.SmoothGrad.Statistic;

/** Sums of maps and of their squares, place by place. */
final class Moments {
  private final double[] sums;
  private final double[] squares;

  Moments(long[] shape) {
    this.sums = new double[Math.toIntExact(Shapes.elements(shape))];
    this.squares = new double[sums.length];
  }

  void add(double[] map, int offset, boolean withSquares) {
    for (var i = 0; i < sums.length; i++) {
      sums[i] += map[offset + i];
    }
    for (var i = 0; withSquares && i < sums.length; i++) {
      squares[i] += map[offset + i] * map[offset + i];
    }
  }

  double[] statistic(Statistic statistic, int samples) {
    var result = new double[sums.length];
    for (var i = 0; i < result.length; i++) {
      var mean = sums[i] / samples;
      result[i] =
          switch (statistic) {
            case MEAN -> mean;
            case MEAN_SQUARE -> squares[i] / samples;
            case VARIANCE -> Math.max(0, squares[i] / samples - mean * mean);
          };
    }
    return result;
  }
}
