package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/**
 * A weight as the right matrix {@code [depth, columns]} of a product, and how it is cut into the
 * panels that {@link PanelProduct} reads.
 */
record RightMatrix(Tensor weight, Reading reading) {
  private static final int WIDTH = PanelProduct.WIDTH;

  /** Columns up to which the last panel may be filled up with zeros; vocabularies have more. */
  private static final long FILLED = 8192;

  /** Rows that are turned at a time, few enough that they and their panel stay near. */
  private static final int TURNED = 128;

  /** Which way a weight is read. */
  enum Reading {
    /** {@code weight[depth, columns]} as it lies. */
    PLAIN,
    /** {@code weightᵀ} of {@code weight[columns, depth]}. */
    TRANSPOSED
  }

  /** One panel of the matrix in an array, from index {@code at} on. */
  record Panel(float[] values, int at, int index, int columns) {
    /** The first of its columns. */
    int column() {
      return index * WIDTH;
    }

    /** Its columns that stand for something; the last panel may have fewer than others. */
    int width() {
      return Math.min(WIDTH, columns - column());
    }
  }

  int depth() {
    return Math.toIntExact(weight.size(reading == Reading.PLAIN ? 0 : 1));
  }

  int columns() {
    return Math.toIntExact(weight.size(reading == Reading.PLAIN ? 1 : 0));
  }

  int panels() {
    return PanelProduct.panels(columns());
  }

  /**
   * Whether all panels of a matrix with so many columns are kept with its weight: where they are
   * full, as those of a network's wide layers, and where they are few. A vocabulary's, which seldom
   * fills its panels, would take as much memory as the table of words once more.
   */
  static boolean isKept(long columns) {
    return columns % WIDTH == 0 || columns <= FILLED;
  }

  boolean isKept() {
    return isKept(columns());
  }

  /** All panels, which are cut once and stay with the weight. */
  Panels kept(Workers workers) {
    return weight.derived(
        Panels.class,
        reading,
        () -> {
          var panels = Panels.zeros(1, depth(), columns());
          workers.run(panels(), index -> cut(index, panels.values(), panels.at(0, index)));
          return panels;
        });
  }

  /** A panel that is cut for its one use. */
  Panel panel(int index, Scratch own) {
    var values = own.panel(depth() * WIDTH);
    cut(index, values, 0);
    return new Panel(values, 0, index, columns());
  }

  private void cut(int index, float[] panel, int at) {
    var width = Math.min(WIDTH, columns() - index * WIDTH);
    if (width < WIDTH) {
      Arrays.fill(panel, at, at + depth() * WIDTH, 0);
    }
    if (reading == Reading.PLAIN) {
      cutPlain(index, width, panel, at);
    } else {
      cutTransposed(index, width, panel, at);
    }
  }

  private void cutPlain(int index, int width, float[] panel, int at) {
    var from = VectorKernels.address(weight) + (long) index * WIDTH * Float.BYTES;
    for (var k = 0; k < depth(); k++) {
      Lanes.copy(from + (long) k * columns() * Float.BYTES, panel, at + k * WIDTH, width);
    }
  }

  private void cutTransposed(int index, int width, float[] panel, int at) {
    var depth = depth();
    var from = VectorKernels.address(weight) + (long) index * WIDTH * depth * Float.BYTES;
    var near = new float[WIDTH * TURNED];
    for (var first = 0; first < depth; first += TURNED) {
      var count = Math.min(TURNED, depth - first);
      for (var column = 0; column < width; column++) {
        Lanes.copy(
            from + ((long) column * depth + first) * Float.BYTES, near, column * TURNED, count);
      }
      var to = at + first * WIDTH;
      for (var k = 0; k < count; k++, to += WIDTH) {
        for (var column = 0; column < width; column++) {
          panel[to + column] = near[column * TURNED + k];
        }
      }
    }
  }
}
