package example;

import java.util.SplittableRandom;

/**
 * Points of the plane in two classes: those near the origin, and those of a ring around them.
 *
 * @param points {@code [count, 2]}
 * @param classes {@code [count]}, 0 for the middle and 1 for the ring
 */
record Rings(float[] points, int[] classes) {
  /** Draws points, of each class every second one. */
  static Rings draw(int count, long seed) {
    var random = new SplittableRandom(seed);
    var points = new float[2 * count];
    var classes = new int[count];
    for (var i = 0; i < count; i++) {
      classes[i] = i % 2;
      var angle = random.nextDouble(2 * Math.PI);
      var radius = classes[i] == 0 ? random.nextDouble(0.8) : random.nextDouble(1.2, 2);
      points[2 * i] = (float) (radius * Math.cos(angle));
      points[2 * i + 1] = (float) (radius * Math.sin(angle));
    }
    return new Rings(points, classes);
  }

  int count() {
    return classes.length;
  }
}
