package org.pellucid.models.onnx;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.weights.DType;

/** Arithmetic with numbers on the heap, where a graph computes with shapes and constants. */
final class HostMath {
  private HostMath() {}

  /** A function of two arrays, broadcast by NumPy's rules. */
  static NumericArray combine(
      DType type, NumericArray first, NumericArray second, DoubleBinaryOperator function) {
    var shape = Shapes.broadcast(first.shape(), second.shape());
    ShapeOperators.checkElements(shape);
    var a = broadcast(first, shape).values();
    var b = broadcast(second, shape).values();
    var values = new double[a.length];
    Arrays.setAll(values, i -> function.applyAsDouble(a[i], b[i]));
    return new NumericArray(type, shape, values);
  }

  /** The array stretched to a shape. */
  static NumericArray broadcast(NumericArray array, long... shape) {
    if (Arrays.equals(array.shape(), shape)) {
      return array;
    }
    Shapes.check(
        Shapes.broadcastsTo(array.shape(), shape),
        "%s doesn't stretch to %s",
        array.shape(),
        shape);
    var sizes = Shapes.padded(array.shape(), shape.length);
    var strides = Shapes.strides(sizes);
    for (var axis = 0; axis < sizes.length; axis++) {
      strides[axis] = sizes[axis] == 1 ? 0 : strides[axis];
    }
    return new NumericArray(array.type(), shape, strided(array.values(), 0, strides, shape));
  }

  /** The array with its axes in another order. */
  static NumericArray transpose(NumericArray array, int... axes) {
    var from = Shapes.strides(array.shape());
    var shape = new long[axes.length];
    var strides = new long[axes.length];
    for (var axis = 0; axis < axes.length; axis++) {
      shape[axis] = array.shape()[axes[axis]];
      strides[axis] = from[axes[axis]];
    }
    return new NumericArray(array.type(), shape, strided(array.values(), 0, strides, shape));
  }

  private static double[] strided(double[] values, long start, long[] strides, long[] shape) {
    ShapeOperators.checkElements(shape);
    var result = new double[(int) Shapes.elements(shape)];
    var index = new long[shape.length];
    var source = start;
    for (var i = 0; i < result.length; i++) {
      result[i] = values[(int) source];
      for (var axis = shape.length - 1; axis >= 0; axis--) {
        source += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        source -= strides[axis] * shape[axis];
        index[axis] = 0;
      }
    }
    return result;
  }
}
