package org.pellucid.explain.embedding;

import java.util.Random;

/** Vectors of a few far clouds, for tests of drawings that keep neighbourhoods. */
final class PointClouds {
  static final int WIDTH = 8;

  private PointClouds() {}

  /** Clouds of so many vectors each, one after the other, {@code [clouds · each, WIDTH]}. */
  static float[] of(int clouds, int each, long seed) {
    var random = new Random(seed);
    var vectors = new float[clouds * each * WIDTH];
    for (var i = 0; i < vectors.length; i++) {
      var cloud = i / WIDTH / each;
      vectors[i] = (float) (random.nextGaussian() + (i % WIDTH == cloud ? 20 : 0));
    }
    return vectors;
  }

  /** The share of points whose nearest neighbour is of their own cloud. */
  static double purity(double[][] places, int each) {
    var pure = 0;
    for (var i = 0; i < places.length; i++) {
      var nearest = -1;
      var least = Double.POSITIVE_INFINITY;
      for (var j = 0; j < places.length; j++) {
        var distance = Math.hypot(places[i][0] - places[j][0], places[i][1] - places[j][1]);
        if (i != j && distance < least) {
          least = distance;
          nearest = j;
        }
      }
      pure += nearest / each == i / each ? 1 : 0;
    }
    return (double) pure / places.length;
  }
}
