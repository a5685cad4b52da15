package org.pellucid.engine.tensor;

import org.nd4j.linalg.api.buffer.DataType;

/** The types a tensor's elements can have. */
public enum ElementType {
  /** IEEE 754 single precision: the type for speed. */
  FLOAT32(DataType.FLOAT, Float.BYTES),
  /** IEEE 754 double precision: the type for truth; gradients are checked in it. */
  FLOAT64(DataType.DOUBLE, Double.BYTES),
  /** 32-bit signed integer: token ids, class numbers and the winners of a max pool. */
  INT32(DataType.INT, Integer.BYTES);

  private final DataType nd4j;
  private final int bytes;

  ElementType(DataType nd4j, int bytes) {
    this.nd4j = nd4j;
    this.bytes = bytes;
  }

  /** The same type in ND4J's words. */
  public DataType nd4j() {
    return nd4j;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Whether gradients can flow through tensors of this type. */
  public boolean isFloatingPoint() {
    return this != INT32;
  }
}
