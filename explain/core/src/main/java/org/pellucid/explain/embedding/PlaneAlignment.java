package org.pellucid.explain.embedding;

/**
 * Turns places in the plane, mirrored if that helps, so that they lie as near as possible to others
 * (the orthogonal Procrustes problem); distances stay as they are.
 */
final class PlaneAlignment {
  private PlaneAlignment() {}

  /**
   * The places moved to their mean and turned.
   *
   * @param places {@code [count, 2]}
   * @param target of the same shape
   */
  static double[][] onto(double[][] places, double[][] target) {
    var from = centred(places);
    var to = centred(target);
    var xx = product(from, 0, to, 0);
    var xy = product(from, 0, to, 1);
    var yx = product(from, 1, to, 0);
    var yy = product(from, 1, to, 1);
    // A turn by the angle t brings the product (xx + yy) cos t + (xy − yx) sin t; the mirrored
    // places, whose y has the other sign, bring (xx − yy) cos t + (xy + yx) sin t.
    var mirrored = Math.hypot(xx - yy, xy + yx) > Math.hypot(xx + yy, xy - yx);
    var sign = mirrored ? -1 : 1;
    var angle = Math.atan2(xy - sign * yx, xx + sign * yy);
    var cosine = Math.cos(angle);
    var sine = Math.sin(angle);
    for (var row : from) {
      var x = row[0];
      var y = sign * row[1];
      row[0] = x * cosine - y * sine;
      row[1] = x * sine + y * cosine;
    }
    return from;
  }

  private static double[][] centred(double[][] places) {
    var means = new double[2];
    for (var row : places) {
      means[0] += row[0] / places.length;
      means[1] += row[1] / places.length;
    }
    var result = new double[places.length][];
    for (var i = 0; i < places.length; i++) {
      result[i] = new double[] {places[i][0] - means[0], places[i][1] - means[1]};
    }
    return result;
  }

  private static double product(double[][] a, int column, double[][] b, int other) {
    var sum = 0.0;
    for (var i = 0; i < a.length; i++) {
      sum += a[i][column] * b[i][other];
    }
    return sum;
  }
}
