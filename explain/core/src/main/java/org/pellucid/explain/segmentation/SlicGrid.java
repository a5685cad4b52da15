package org.pellucid.explain.segmentation;

/**
 * The regular grid on which SLIC's centres start: rows and columns {@code step} pixels apart, the
 * first half a step from the edge.
 */
record SlicGrid(int height, int width, int rowStep, int rowStart, int columnStep, int columnStart) {
  /**
   * The grid with about the given number of points.
   *
   * <p>Both steps are the square root of the pixels per point; a side that is shorter than that
   * gets a single point, and the points then share out the longer side alone.
   */
  static SlicGrid of(int height, int width, int points) {
    var pixels = (double) height * width;
    if (pixels <= points) {
      return new SlicGrid(height, width, 1, 0, 1, 0);
    }
    var rowStep = Math.sqrt(pixels / points);
    var columnStep = rowStep;
    if (height < rowStep && height <= width) {
      rowStep = height;
      columnStep = (double) width / points;
    } else if (width < columnStep) {
      columnStep = width;
      rowStep = (double) height / points;
    }
    return new SlicGrid(
        height,
        width,
        (int) Math.rint(rowStep),
        (int) Math.floor(rowStep / 2),
        (int) Math.rint(columnStep),
        (int) Math.floor(columnStep / 2));
  }

  /** The larger of both steps: the unit of distance in place. */
  int step() {
    return Math.max(rowStep, columnStep);
  }

  /** The row of each centre, line by line. */
  double[] centreRows() {
    var rows = new double[rows() * columns()];
    for (var i = 0; i < rows.length; i++) {
      rows[i] = rowStart + i / columns() * rowStep;
    }
    return rows;
  }

  /** The column of each centre, line by line. */
  double[] centreColumns() {
    var columns = new double[rows() * columns()];
    for (var i = 0; i < columns.length; i++) {
      columns[i] = columnStart + i % columns() * columnStep;
    }
    return columns;
  }

  private int rows() {
    return (height - rowStart + rowStep - 1) / rowStep;
  }

  private int columns() {
    return (width - columnStart + columnStep - 1) / columnStep;
  }
}
