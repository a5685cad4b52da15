package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import org.pellucid.engine.kernels.Rectifier;

/** The way of a panel's results from the heap to their places in an image. */
final class PanelOutput {
  private static final int LANES = Lanes.COUNT;
  private static final int WIDTH = PanelProduct.WIDTH;

  private PanelOutput() {}

  /**
   * Adds a bias to some rows of results, rectifies them and stores them.
   *
   * @param products holds the rows, {@code [rows][panel width]}, from row {@code first} on
   * @param columns how many columns of the panel stand for something, all if there are more
   * @param bias the address of one number a column, or 0 for none
   * @param out the address of the first row, the next one {@code apart} bytes further
   */
  static void store(
      float[] products,
      int first,
      int rows,
      int columns,
      long bias,
      Rectifier rectifier,
      long out,
      long apart) {
    if (columns >= WIDTH) {
      whole(products, first, rows, bias, rectifier, out, apart);
    } else {
      part(products, first, rows, columns, bias, rectifier, out, apart);
    }
  }

  /**
   * Stores some rows of results as they are.
   *
   * <p>A loop of its own: in the other one, where neither a bias nor a rectifier came by, the
   * compiler left every vector on the heap in some runs and not in others.
   */
  static void copy(float[] products, int first, int rows, int columns, long out, long apart) {
    if (columns < WIDTH) {
      for (int i = 0; i < rows; i++) {
        Lanes.copy(products, (first + i) * WIDTH, out + i * apart, columns);
      }
      return;
    }
    for (int i = 0; i < rows; i++) {
      int at = (first + i) * WIDTH;
      Lanes.store(FloatVector.fromArray(SPECIES, products, at), out + i * apart);
      var high = FloatVector.fromArray(SPECIES, products, at + LANES);
      Lanes.store(high, out + i * apart + Lanes.BYTES);
    }
  }

  /** Stores zeros in place of rows of results. */
  static void clear(int rows, int columns, long out, long apart) {
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < columns; k += LANES) {
        Lanes.store(Lanes.zero(), out + i * apart + k * 4L, columns - k);
      }
    }
  }

  private static void whole(
      float[] products, int first, int rows, long bias, Rectifier rectifier, long out, long apart) {
    var least = Lanes.broadcast(rectifier.least());
    var most = Lanes.broadcast(rectifier.most());
    var bias0 = Lanes.loadOrZeros(bias, 0);
    var bias1 = Lanes.loadOrZeros(bias, Lanes.BYTES);
    for (int i = 0; i < rows; i++) {
      int at = (first + i) * WIDTH;
      var low = FloatVector.fromArray(SPECIES, products, at).add(bias0);
      var high = FloatVector.fromArray(SPECIES, products, at + LANES).add(bias1);
      Lanes.store(Lanes.clamp(low, least, most), out + i * apart);
      Lanes.store(Lanes.clamp(high, least, most), out + i * apart + Lanes.BYTES);
    }
  }

  private static void part(
      float[] products,
      int first,
      int rows,
      int columns,
      long bias,
      Rectifier rectifier,
      long out,
      long apart) {
    var least = Lanes.broadcast(rectifier.least());
    var most = Lanes.broadcast(rectifier.most());
    for (int k = 0; k < columns; k += LANES) {
      var mask = Lanes.first(columns - k);
      var add = Lanes.loadOrZeros(bias, k * 4L, mask);
      for (int i = 0; i < rows; i++) {
        var sum = FloatVector.fromArray(SPECIES, products, (first + i) * WIDTH + k).add(add);
        Lanes.store(Lanes.clamp(sum, least, most), out + i * apart + k * 4L, mask);
      }
    }
  }
}
