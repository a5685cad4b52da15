package org.pellucid.explain.attribution;

import java.util.Arrays;

/**
 * A path from a baseline to an input that moves values with small gradients first, and what it has
 * attributed so far. Belongs to one thread.
 */
final class GuidedPath {
  private static final double EPSILON = 1e-9;

  private final double[] origin;
  private final double[] input;
  private final double fraction;
  private final double maxDistance;
  private final double[] position;
  private final double[] attributions;
  private final double length;

  GuidedPath(double[] origin, double[] input, double fraction, double maxDistance) {
    this.origin = origin;
    this.input = input;
    this.fraction = fraction;
    this.maxDistance = maxDistance;
    this.position = origin.clone();
    this.attributions = new double[input.length];
    this.length = distanceToInput();
  }

  /** Whether the baseline is the input, so that there is no path. */
  boolean isPoint() {
    return length <= EPSILON;
  }

  /** Where the path is; a copy. */
  double[] position() {
    return position.clone();
  }

  /** The attributions so far. */
  double[] attributions() {
    return attributions;
  }

  private double distanceToInput() {
    var distance = 0.0;
    for (var i = 0; i < input.length; i++) {
      distance += Math.abs(input[i] - position[i]);
    }
    return distance;
  }

  private double onLine(int i, double part) {
    return origin[i] + (input[i] - origin[i]) * part;
  }

  /**
   * Moves on until as little is left as on the straight line at a part of it.
   *
   * @param gradient at the position
   * @param part from 0 to 1
   */
  void advance(double[] gradient, double part) {
    var lowest = Math.max(part - maxDistance, 0);
    var highest = Math.min(part + maxDistance, 1);
    catchUp(gradient, lowest);
    var target = length * (1 - part);
    var magnitudes = new double[gradient.length];
    for (var left = distanceToInput();
        left - target > EPSILON * Math.max(1, target);
        left = distanceToInput()) {
      for (var i = 0; i < gradient.length; i++) {
        magnitudes[i] = isAtLimit(i, highest) ? Double.POSITIVE_INFINITY : Math.abs(gradient[i]);
      }
      if (!moveSmallest(gradient, magnitudes, highest, left - target)) {
        return;
      }
    }
  }

  /** Values that are behind what is allowed move there first. */
  private void catchUp(double[] gradient, double lowest) {
    for (var i = 0; i < position.length; i++) {
      var range = input[i] - origin[i];
      if (range != 0 && (position[i] - origin[i]) / range < lowest) {
        move(i, onLine(i, lowest), gradient);
      }
    }
  }

  private boolean isAtLimit(int i, double highest) {
    return input[i] == origin[i] || position[i] == onLine(i, highest);
  }

  /**
   * Moves the values of the smallest gradients as far as allowed, or together by the same part of
   * that where it is too far.
   *
   * @return whether something could move
   */
  private boolean moveSmallest(
      double[] gradient, double[] magnitudes, double highest, double wanted) {
    var threshold = lowerQuantile(magnitudes);
    var possible = 0.0;
    for (var i = 0; i < magnitudes.length; i++) {
      if (isChosen(magnitudes[i], threshold)) {
        possible += Math.abs(position[i] - onLine(i, highest));
      }
    }
    if (possible == 0) {
      return false;
    }
    var share = Math.min(1, wanted / possible);
    for (var i = 0; i < magnitudes.length; i++) {
      if (isChosen(magnitudes[i], threshold)) {
        var end = onLine(i, highest);
        move(i, share == 1 ? end : position[i] + (end - position[i]) * share, gradient);
      }
    }
    return true;
  }

  private static boolean isChosen(double magnitude, double threshold) {
    return magnitude <= threshold && magnitude != Double.POSITIVE_INFINITY;
  }

  private void move(int i, double to, double[] gradient) {
    attributions[i] += (to - position[i]) * gradient[i];
    position[i] = to;
  }

  /**
   * The value below which the fraction lies, the lower of two where it falls between; of the values
   * that can move at least one.
   */
  private double lowerQuantile(double[] magnitudes) {
    var sorted = magnitudes.clone();
    Arrays.sort(sorted);
    return sorted[(int) ((sorted.length - 1) * fraction)];
  }
}
