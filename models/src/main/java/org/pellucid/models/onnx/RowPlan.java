package org.pellucid.models.onnx;

import java.util.function.ToLongFunction;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Take;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Where each element of an output comes from in one input: the plan of everything that moves,
 * repeats, mirrors or leaves out elements.
 *
 * @param rows the source of each row, in rows
 * @param width the numbers in a row, as many as lie together in input and output
 * @param shape of the output
 */
record RowPlan(int[] rows, long width, long[] shape) {

  /**
   * The plan for a function from a position in the output to the element of the input.
   *
   * @param source takes the index along each axis, which it must not keep
   */
  static RowPlan of(long[] shape, ToLongFunction<long[]> source) {
    var elements = new int[Math.toIntExact(Shapes.elements(shape))];
    var index = new long[shape.length];
    for (var i = 0; i < elements.length; i++) {
      elements[i] = Math.toIntExact(source.applyAsLong(index));
      for (var axis = shape.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
        index[axis] = 0;
      }
    }
    return compressed(elements, shape);
  }

  /** Joins elements that lie together into rows, as long as every row does. */
  private static RowPlan compressed(int[] elements, long[] shape) {
    var width = 1L;
    for (var axis = shape.length - 1; axis >= 0; axis--) {
      if (elements.length == 0 || !areRows(elements, width * shape[axis])) {
        break;
      }
      width *= shape[axis];
    }
    var rows = new int[Math.toIntExact(elements.length / width)];
    for (var i = 0; i < rows.length; i++) {
      rows[i] = (int) (elements[(int) (i * width)] / width);
    }
    return new RowPlan(rows, width, shape.clone());
  }

  private static boolean areRows(int[] elements, long width) {
    for (var begin = 0; begin < elements.length; begin += (int) width) {
      if (elements[begin] % width != 0) {
        return false;
      }
      for (var i = 1; i < width; i++) {
        if (elements[begin + i] != elements[begin] + i) {
          return false;
        }
      }
    }
    return true;
  }

  Tensor apply(Tape tape, Tensor x) {
    return x.elements() % width == 0
        ? Take.apply(tape, x, rows, width, shape)
        : Take.apply(tape, x, elements(), 1, shape);
  }

  NumericArray apply(NumericArray x) {
    var source = elements();
    var from = x.values();
    var values = new double[source.length];
    for (var i = 0; i < values.length; i++) {
      values[i] = from[source[i]];
    }
    return new NumericArray(x.type(), shape, values);
  }

  private int[] elements() {
    var elements = new int[(int) (rows.length * width)];
    for (var i = 0; i < elements.length; i++) {
      elements[i] = (int) (rows[(int) (i / width)] * width + i % width);
    }
    return elements;
  }
}
