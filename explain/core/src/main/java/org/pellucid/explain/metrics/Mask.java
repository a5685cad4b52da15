package org.pellucid.explain.metrics;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.BitSet;
import org.pellucid.explain.evaluation.Values;

/** Which pixels of an input belong to the object that is to be found; immutable. */
public final class Mask {
  private final int height;
  private final int width;
  private final BitSet inside;

  private Mask(int height, int width, BitSet inside) {
    this.height = height;
    this.width = width;
    this.inside = inside;
  }

  /**
   * A mask of the pixels whose number is not zero.
   *
   * @param values {@code [height, width]}
   * @throws IllegalArgumentException if they have another number of axes
   */
  public static Mask of(Values values) {
    check(values.rank() == 2, "A mask has a height and a width, but not the shape of %s", values);
    var inside = new BitSet(values.length());
    for (var i = 0; i < values.length(); i++) {
      inside.set(i, values.get(i) != 0);
    }
    return new Mask(values.size(0), values.size(1), inside);
  }

  /** The number of rows. */
  public int height() {
    return height;
  }

  /** The number of pixels in a row. */
  public int width() {
    return width;
  }

  /** The number of pixels that belong to the object. */
  public int count() {
    return inside.cardinality();
  }

  /** Whether a pixel, in C order, belongs to the object. */
  public boolean contains(int pixel) {
    return inside.get(pixel);
  }

  /** Whether the object is within a distance of a pixel. */
  boolean isNear(int pixel, int distance) {
    var y = pixel / width;
    var x = pixel % width;
    for (var v = Math.max(0, y - distance); v <= Math.min(height - 1, y + distance); v++) {
      for (var u = Math.max(0, x - distance); u <= Math.min(width - 1, x + distance); u++) {
        var far = (v - y) * (v - y) + (u - x) * (u - x) > distance * distance;
        if (!far && contains(v * width + u)) {
          return true;
        }
      }
    }
    return false;
  }
}
