package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y[i] = x[rows[i]]}, with {@code x} seen as rows of one length; {@code dL/dx[r] = Σ g[i]}
 * over all {@code i} with {@code rows[i] = r}. What moves, repeats, mirrors or leaves out elements
 * by a plan that is known beforehand is this operation with another plan.
 */
public final class Take implements Operation {
  private final int[] rows;
  private final long width;
  private final long[] shape;
  private Tensor ids;

  private Take(int[] rows, long width, long[] shape) {
    this.rows = rows;
    this.width = width;
    this.shape = shape;
  }

  /**
   * Rows by their numbers.
   *
   * @param rows the source of each row of the output, from 0; not to be changed afterwards
   * @param width the numbers in a row
   * @param shape of the output
   * @throws IllegalArgumentException if the rows don't fill the shape or {@code x}, or one doesn't
   *     exist
   */
  public static Tensor apply(Tape tape, Tensor x, int[] rows, long width, long... shape) {
    check(
        width > 0 && x.elements() % width == 0 && Shapes.elements(shape) == rows.length * width,
        "%d rows of %d numbers out of %s don't fill %s",
        rows.length,
        width,
        x.shape(),
        shape);
    var count = x.elements() / width;
    for (var row : rows) {
      check(row >= 0 && row < count, "There is no row %d among %d", row, count);
    }
    return tape.apply(new Take(rows, width, shape.clone()), x);
  }

  /** The source of each row of the output. */
  public int[] rows() {
    return rows.clone();
  }

  /** The numbers in a row. */
  public long width() {
    return width;
  }

  @Override
  public Take again() {
    return new Take(rows, width, shape);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    ids = forward.save(forward.allocate(ElementType.INT32, rows.length));
    ids.set(rows);
    var y = forward.allocate(shape);
    if (rows.length > 0) {
      var table = forward.view(x, x.elements() / width, width);
      forward.kernels().lookups().gather(table, ids, y);
      forward.discard(table);
    }
    forward.discard(ids);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var g = backward.gradient();
    var gradient = backward.allocate(backward.input(0).shape());
    if (rows.length == 0) {
      backward.kernels().arithmetic().fill(0, gradient);
      backward.add(0, gradient);
      return;
    }
    var flat = backward.view(g, rows.length, width);
    var table = backward.view(gradient, gradient.elements() / width, width);
    backward.kernels().lookups().scatterAdd(flat, ids, table);
    backward.discard(flat);
    backward.discard(table);
    backward.add(0, gradient);
  }
}
