package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.weights.DType;
import org.pellucid.weights.WeightTensor;

/**
 * Numbers on the heap, in C order: what a graph takes and gives, and what it computes with shapes
 * and positions. Whole numbers beyond 2⁵³ are rounded; truth values are 0 and 1.
 */
public final class NumericArray {
  private final DType type;
  private final long[] shape;
  private final Supplier<double[]> values;

  private NumericArray(DType type, long[] shape, Supplier<double[]> values) {
    this.type = type;
    this.shape = shape.clone();
    this.values = values;
  }

  /**
   * Numbers with a shape.
   *
   * @param type which numbers there can be
   * @param shape the sizes along the axes; empty for a scalar
   * @param values not to be changed afterwards
   * @throws IllegalArgumentException if they don't fill the shape
   */
  public NumericArray(DType type, long[] shape, double[] values) {
    this(type, shape, () -> values);
    check(
        Shapes.elements(shape) == values.length,
        "%d values don't fill the shape %s",
        values.length,
        shape);
  }

  /** The numbers of a weight file's tensor, read anew each time that they are asked for. */
  static NumericArray of(WeightTensor tensor) {
    return new NumericArray(tensor.info().dtype(), tensor.info().shape(), tensor::toDoubles);
  }

  /** Which numbers there can be. */
  public DType type() {
    return type;
  }

  /** A copy of the sizes along the axes; empty for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** The numbers in C order, not to be changed. */
  public double[] values() {
    return values.get();
  }

  /** Single-precision numbers. */
  public static NumericArray of(float[] values, long... shape) {
    var wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return new NumericArray(DType.F32, shape, wide);
  }

  /** Whole numbers of 64 bits. */
  public static NumericArray of(long[] values, long... shape) {
    return new NumericArray(DType.I64, shape, Arrays.stream(values).asDoubleStream().toArray());
  }

  /** The same number everywhere, made anew each time that it is asked for: weights are large. */
  static NumericArray filled(DType type, long[] shape, double value) {
    return new NumericArray(
        type,
        shape,
        () -> {
          var values = new double[Math.toIntExact(Shapes.elements(shape))];
          Arrays.fill(values, value);
          return values;
        });
  }

  /** Numbers that are made anew each time that they are asked for. */
  static NumericArray computed(DType type, long[] shape, Supplier<double[]> values) {
    return new NumericArray(type, shape, values);
  }

  static NumericArray scalar(DType type, double value) {
    return new NumericArray(type, new long[0], new double[] {value});
  }

  int elements() {
    return Math.toIntExact(Shapes.elements(shape));
  }

  /** The only number. */
  double item() {
    check(elements() == 1, "One number is needed where %s is given", shape);
    return values()[0];
  }

  /**
   * One example of a batch, which the first axis counts; the only one where there is one.
   *
   * @throws IllegalArgumentException if there is no such example
   */
  public NumericArray example(int number) {
    check(shape.length > 0 && shape[0] > 0, "%s has no axis of examples", this);
    var at = shape[0] == 1 ? 0 : number;
    check(at < shape[0], "%s has no example %d", this, number);
    var one = shape.clone();
    one[0] = 1;
    var length = (int) Shapes.elements(one);
    return new NumericArray(
        type, one, Arrays.copyOfRange(values(), at * length, (at + 1) * length));
  }

  boolean rankAtMost(int rank) {
    return shape.length <= rank;
  }

  long[] wholes() {
    return Arrays.stream(values()).mapToLong(value -> (long) value).toArray();
  }

  NumericArray reshaped(long... other) {
    check(
        Shapes.elements(other) == Shapes.elements(shape),
        "%s has not as many elements as %s",
        other,
        shape);
    return new NumericArray(type, other, values);
  }

  NumericArray map(DoubleUnaryOperator function) {
    return new NumericArray(type, shape, Arrays.stream(values()).map(function).toArray());
  }

  /** The same numbers converted as C does: fractions are cut off, whole numbers wrap around. */
  NumericArray cast(DType other) {
    DoubleUnaryOperator conversion =
        switch (other) {
          case F64 -> x -> x;
          case F32 -> x -> (float) x;
          case F16 -> x -> Float.float16ToFloat(Float.floatToFloat16((float) x));
          case BF16 -> NumericArray::rounded;
          case BOOL -> x -> x == 0 ? 0 : 1;
          case I64, U64 -> x -> (long) x;
          case I32 -> x -> (int) (long) x;
          case U32 -> x -> (long) x & 0xffff_ffffL;
          case I16 -> x -> (short) (long) x;
          case U16 -> x -> (long) x & 0xffff;
          case I8 -> x -> (byte) (long) x;
          case U8 -> x -> (long) x & 0xff;
          case OTHER -> throw new IllegalArgumentException("There is no such type to convert to.");
        };
    return new NumericArray(other, shape, Arrays.stream(values()).map(conversion).toArray());
  }

  /** To the nearest number of eight bits' precision, with ties to even. */
  private static double rounded(double value) {
    if (!Double.isFinite(value)) {
      return value;
    }
    var bits = Float.floatToRawIntBits((float) value);
    return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
  }

  @Override
  public String toString() {
    return type + Shapes.text(shape);
  }
}
