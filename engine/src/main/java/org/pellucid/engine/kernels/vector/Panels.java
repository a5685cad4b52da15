package org.pellucid.engine.kernels.vector;

/**
 * Matrices cut into the panels that {@link PanelProduct} reads: {@code [matrix][panel][depth][panel
 * width]}, filled up with zeros.
 */
record Panels(float[] values, int depth, int columns) implements AutoCloseable {

  static Panels zeros(int matrices, int depth, int columns) {
    var size = (long) matrices * PanelProduct.panels(columns) * depth * PanelProduct.WIDTH;
    return new Panels(new float[Math.toIntExact(size)], depth, columns);
  }

  void set(int matrix, int row, int column, float value) {
    values[
            at(matrix, column / PanelProduct.WIDTH)
                + row * PanelProduct.WIDTH
                + column % PanelProduct.WIDTH] =
        value;
  }

  /** The index at which a panel begins. */
  int at(int matrix, int panel) {
    return (matrix * PanelProduct.panels(columns) + panel) * depth * PanelProduct.WIDTH;
  }

  @Override
  public void close() {}
}
