package org.pellucid.explain.embedding;

import java.util.Objects;

/**
 * The checks of several vectors that lie one after the other in an array {@code [count, width]}.
 */
final class Vectors {
  private Vectors() {}

  /** Returns the width. */
  static int checkedWidth(float[] vectors, int count) {
    Objects.requireNonNull(vectors, "vectors");
    if (count < 1 || vectors.length == 0 || vectors.length % count != 0) {
      throw new IllegalArgumentException(
          "%d numbers cannot be divided into %d vectors of one width."
              .formatted(vectors.length, count));
    }
    int width = vectors.length / count;
    for (int i = 0; i < vectors.length; i++) {
      if (!Float.isFinite(vectors[i])) {
        throw new IllegalArgumentException(
            "Component %d of vector %d is %s; vectors must hold finite numbers."
                .formatted(i % width, i / width, vectors[i]));
      }
    }
    return width;
  }
}
