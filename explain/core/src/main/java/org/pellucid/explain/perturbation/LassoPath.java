package org.pellucid.explain.perturbation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The path of the lasso's solutions as its penalty falls from where all coefficients are zero, by
 * least angle regression: places where a column enters or leaves, and the columns in use there.
 *
 * @see "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani: Least angle regression, Annals of
 *     Statistics 32 (2004)"
 */
final class LassoPath {
  private static final int MOST_STEPS = 500;
  private static final double SMALLEST_ALPHA = Math.ulp(1f);
  private static final double SMALLEST_PIVOT = 1e-7;

  private final double[][] gram;
  private final double[] moments;
  private final int samples;
  private final double[] covariances;
  private final List<Integer> active = new ArrayList<>();
  private final boolean[] closed;
  private final double[] signs;
  private double[] coefficients;

  /** Columns in use, place by place; the first place has none. */
  private final List<int[]> places = new ArrayList<>(List.of(new int[0]));

  /**
   * Follows the path.
   *
   * @param gram of the centred columns under the samples' weights
   * @param moments of the centred columns with the centred target
   * @param samples the number of samples, which the penalty is measured by
   */
  LassoPath(double[][] gram, double[] moments, int samples) {
    this.gram = gram;
    this.moments = moments;
    this.samples = samples;
    this.covariances = moments.clone();
    this.closed = new boolean[moments.length];
    this.signs = new double[moments.length];
    this.coefficients = new double[moments.length];
    follow();
  }

  /** The columns of the last place with no more than are wanted; all if there are no places. */
  int[] columns(int most) {
    for (var place = places.size() - 1; place > 0; place--) {
      if (places.get(place).length <= most) {
        return places.get(place);
      }
    }
    return places.size() > 1 ? places.get(1) : IntStream.range(0, moments.length).toArray();
  }

  private void follow() {
    var dropped = false;
    var before = Double.POSITIVE_INFINITY;
    while (places.size() <= MOST_STEPS) {
      var next = mostCorrelated();
      var covariance = next < 0 ? 0 : Math.abs(covariances[next]);
      var alpha = covariance / samples;
      if (alpha <= SMALLEST_ALPHA || active.size() == moments.length) {
        return;
      }
      if (!dropped && !open(next)) {
        continue;
      }
      if (alpha > before) {
        return;
      }
      before = alpha;
      dropped = step(covariance);
    }
  }

  private int mostCorrelated() {
    var best = -1;
    for (var column = 0; column < moments.length; column++) {
      if (!closed[column]
          && (best < 0 || Math.abs(covariances[column]) > Math.abs(covariances[best]))) {
        best = column;
      }
    }
    return best;
  }

  /** Takes a column into use, unless those in use make it up already. */
  private boolean open(int column) {
    closed[column] = true;
    active.add(column);
    signs[column] = Math.signum(covariances[column]);
    if (lastPivot() < SMALLEST_PIVOT) {
      active.removeLast();
      return false;
    }
    return true;
  }

  private double lastPivot() {
    var kept = kept();
    var last = kept[kept.length - 1];
    if (kept.length == 1) {
      return Math.sqrt(gram[last][last]);
    }
    var others = Arrays.copyOf(kept, kept.length - 1);
    var products = IntStream.of(others).mapToDouble(i -> gram[last][i]).toArray();
    var solution = Cholesky.penalised(gram, others, 0).solve(products);
    var left = gram[last][last];
    for (var i = 0; i < others.length; i++) {
      left -= products[i] * solution[i];
    }
    return Math.sqrt(Math.abs(left));
  }

  private int[] kept() {
    return active.stream().mapToInt(column -> column).toArray();
  }

  /**
   * Goes in the direction that all columns in use correlate with alike, until another column
   * correlates as much or a coefficient becomes zero.
   *
   * @return whether a column left
   */
  private boolean step(double covariance) {
    var kept = kept();
    var direction =
        Cholesky.penalised(gram, kept, 0)
            .solve(IntStream.of(kept).mapToDouble(column -> signs[column]).toArray());
    var sum = 0.0;
    for (var i = 0; i < kept.length; i++) {
      sum += direction[i] * signs[kept[i]];
    }
    var angle = 1 / Math.sqrt(sum);
    var slopes = new double[moments.length];
    for (var i = 0; i < kept.length; i++) {
      direction[i] *= angle;
      for (var column = 0; column < slopes.length; column++) {
        slopes[column] += gram[kept[i]][column] * direction[i];
      }
    }
    var length = covariance / angle;
    for (var column = 0; column < slopes.length; column++) {
      if (!closed[column]) {
        length = shorter(length, (covariance - covariances[column]) / (angle - slopes[column]));
        length = shorter(length, (covariance + covariances[column]) / (angle + slopes[column]));
      }
    }
    var leaving = -1;
    for (var i = 0; i < kept.length; i++) {
      var zero = -coefficients[kept[i]] / direction[i];
      if (zero > 0 && zero < length) {
        length = zero;
        leaving = i;
      }
    }
    advance(kept, direction, slopes, length, leaving);
    return leaving >= 0;
  }

  private static double shorter(double length, double other) {
    return other > 0 && other < length ? other : length;
  }

  private void advance(
      int[] kept, double[] direction, double[] slopes, double length, int leaving) {
    var moved = new double[coefficients.length];
    for (var i = 0; i < kept.length; i++) {
      moved[kept[i]] = i == leaving ? 0 : coefficients[kept[i]] + length * direction[i];
    }
    coefficients = moved;
    for (var column = 0; column < slopes.length; column++) {
      covariances[column] -= length * slopes[column];
    }
    if (leaving >= 0) {
      var column = kept[leaving];
      active.remove(leaving);
      closed[column] = false;
      covariances[column] = moments[column];
      for (var other : kept()) {
        covariances[column] -= gram[column][other] * coefficients[other];
      }
    }
    places.add(IntStream.range(0, moved.length).filter(column -> moved[column] != 0).toArray());
  }
}
