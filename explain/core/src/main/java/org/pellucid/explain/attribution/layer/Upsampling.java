package org.pellucid.explain.attribution.layer;

/** How a layer's map is brought to the size of the input. */
public enum Upsampling {
  /** Each place takes the value of the one that it lies in. */
  NEAREST,
  /** Each place takes a mean of the four around it, weighed by their distances. */
  BILINEAR;

  /**
   * A map at another size. Places are squares side by side, so that the outer edges of both maps
   * meet, as in PyTorch with {@code align_corners=False}.
   *
   * @param map {@code [height, width]} in C order
   * @return {@code [toHeight, toWidth]}
   */
  public double[] of(double[] map, int height, int width, int toHeight, int toWidth) {
    var result = new double[toHeight * toWidth];
    for (var y = 0; y < toHeight; y++) {
      for (var x = 0; x < toWidth; x++) {
        result[y * toWidth + x] =
            this == NEAREST
                ? map[nearest(y, height, toHeight) * width + nearest(x, width, toWidth)]
                : between(map, width, at(y, height, toHeight), at(x, width, toWidth));
      }
    }
    return result;
  }

  private static int nearest(int position, int size, int toSize) {
    return (int) ((long) position * size / toSize);
  }

  /** Two neighbours along one axis, and how much the second counts. */
  private record Neighbours(int first, int second, double share) {}

  private static Neighbours at(int position, int size, int toSize) {
    var exact = Math.max(0, (position + 0.5) * size / toSize - 0.5);
    var first = Math.min((int) exact, size - 1);
    return new Neighbours(first, Math.min(first + 1, size - 1), exact - first);
  }

  private static double between(double[] map, int width, Neighbours row, Neighbours column) {
    var upper = between(map, row.first() * width, column);
    var lower = between(map, row.second() * width, column);
    return upper + row.share() * (lower - upper);
  }

  private static double between(double[] map, int from, Neighbours column) {
    var left = map[from + column.first()];
    return left + column.share() * (map[from + column.second()] - left);
  }
}
