package org.pellucid.explain.segmentation;

/**
 * Cells of a regular grid, as square as the image allows, which look at no colour.
 *
 * @param segments the number of cells to aim for, at least 1; no more than the image has pixels
 */
public record Grid(int segments) implements Segmentation {
  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public Grid {
    if (segments < 1) {
      throw new IllegalArgumentException("A grid needs at least 1 cell, not " + segments + ".");
    }
  }

  @Override
  public Superpixels segment(float[] image, int height, int width, int seed) {
    ImageChecks.check(image, height, width);
    var rows = clamp(Math.sqrt((double) segments * height / width), height);
    var columns = clamp((double) segments / rows, width);
    var labels = new int[height * width];
    for (var pixel = 0; pixel < labels.length; pixel++) {
      var row = (int) ((long) (pixel / width) * rows / height);
      var column = (int) ((long) (pixel % width) * columns / width);
      labels[pixel] = row * columns + column;
    }
    return new Superpixels(labels, height, width, rows * columns);
  }

  private static int clamp(double cells, int pixels) {
    return (int) Math.clamp(Math.round(cells), 1, pixels);
  }
}
