package org.pellucid.weights.numpy;

import org.pellucid.weights.WeightTensor;

/**
 * An array read from an NPY file.
 *
 * @param tensor its numbers in C order
 */
public record NpyArray(WeightTensor tensor) {

  /** The sizes along the axes. */
  public long[] shape() {
    return tensor.info().shape();
  }

  /** The numbers in C order as single precision. */
  public float[] floats() {
    return tensor.toFloats();
  }

  /** The numbers in C order as double precision. */
  public double[] doubles() {
    return tensor.toDoubles();
  }

  /** The numbers in C order as integers, rounded towards zero. */
  public int[] ints() {
    var wide = doubles();
    var ints = new int[wide.length];
    for (var i = 0; i < ints.length; i++) {
      ints[i] = (int) wide[i];
    }
    return ints;
  }
}
