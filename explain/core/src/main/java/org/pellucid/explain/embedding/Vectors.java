package org.pellucid.explain.embedding;

/**
 * The checks of several vectors that lie one after the other in an array {@code [count, width]}.
 */
final class Vectors {
  private Vectors() {}

  /** The width. */
  static int checkedWidth(float[] vectors, int count) {
    if (count < 1 || vectors.length == 0 || vectors.length % count != 0) {
      throw new IllegalArgumentException(
          "%d numbers can't be divided into %d vectors of one width."
              .formatted(vectors.length, count));
    }
    var width = vectors.length / count;
    for (var i = 0; i < vectors.length; i++) {
      if (!Float.isFinite(vectors[i])) {
        throw new IllegalArgumentException(
            "Component %d of vector %d is %s; vectors must hold finite numbers."
                .formatted(i % width, i / width, vectors[i]));
      }
    }
    return width;
  }
}
