package org.pellucid.engine.tensor;

import static org.pellucid.engine.tensor.Shapes.check;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A dense array of numbers with a shape, stored in ND4J memory in C order.
 *
 * <p>A tensor made by one of the factories here owns its memory until {@link #close()}; one that a
 * tape made belongs to the tape and is gone with it. Using a tensor after that is an {@link
 * IllegalStateException}. Tensors are values: kernels write into a fresh one before it is passed
 * on, and only an optimiser changes one in place, saying so by {@link #changed()}.
 */
public final class Tensor implements AutoCloseable {
  private final Storage storage;
  private final long[] shape;
  private final long elements;
  private volatile INDArray array;
  private boolean closed;

  Tensor(Storage storage, long... shape) {
    this.storage = storage;
    this.shape = shape.clone();
    this.elements = Shapes.elements(shape);
    storage.hold();
  }

  /** A tensor of its own memory with undefined contents. */
  public static Tensor uninitialised(ElementType type, long... shape) {
    return new Tensor(Storage.unpooled(type, Shapes.elements(shape)), shape);
  }

  /** A tensor of its own memory filled with zeros. */
  public static Tensor zeros(ElementType type, long... shape) {
    var tensor = uninitialised(type, shape);
    tensor.array().assign(0);
    return tensor;
  }

  /**
   * A single-precision tensor with the given values in C order.
   *
   * @throws IllegalArgumentException if their number is not the shape's
   */
  public static Tensor of(float[] values, long... shape) {
    var tensor = uninitialised(ElementType.FLOAT32, checked(values.length, shape));
    tensor.set(values);
    return tensor;
  }

  /**
   * A double-precision tensor with the given values in C order.
   *
   * @throws IllegalArgumentException if their number is not the shape's
   */
  public static Tensor of(double[] values, long... shape) {
    var tensor = uninitialised(ElementType.FLOAT64, checked(values.length, shape));
    tensor.set(values);
    return tensor;
  }

  /**
   * An integer tensor with the given values in C order.
   *
   * @throws IllegalArgumentException if their number is not the shape's
   */
  public static Tensor of(int[] values, long... shape) {
    var tensor = uninitialised(ElementType.INT32, checked(values.length, shape));
    tensor.set(values);
    return tensor;
  }

  private static long[] checked(int values, long[] shape) {
    check(values == Shapes.elements(shape), "%d values don't fill the shape %s", values, shape);
    return shape;
  }

  /** The type of the elements. */
  public ElementType type() {
    return storage.type();
  }

  /** A copy of the sizes along the axes; empty for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** The number of axes. */
  public int rank() {
    return shape.length;
  }

  /** The size along one axis; negative axes count from the end. */
  public long size(int axis) {
    return shape[axis < 0 ? axis + shape.length : axis];
  }

  /** The number of elements. */
  public long elements() {
    return elements;
  }

  /** Whether {@code other} has the same sizes along the same axes. */
  public boolean sameShape(Tensor other) {
    return Arrays.equals(shape, other.shape);
  }

  /** The ND4J array over this tensor's memory; writing to it writes to the tensor. */
  public INDArray array() {
    checkOpen();
    var present = array;
    if (present == null) {
      present = storage.array(shape);
      array = present;
    }
    return present;
  }

  /**
   * This tensor's memory, without a copy.
   *
   * @throws IllegalStateException if it lies on a device other than the CPU
   */
  public MemorySegment memory() {
    checkOpen();
    if (!Nd4jRuntime.onHost()) {
      throw new IllegalStateException("This tensor's memory lies on the device, not on the host.");
    }
    return storage.memory(elements);
  }

  /**
   * The same memory under another shape; both tensors must be given back before it is.
   *
   * @throws IllegalArgumentException if the number of elements differs
   */
  public Tensor view(long... newShape) {
    checkOpen();
    check(
        Shapes.elements(newShape) == elements,
        "%s has not as many elements as %s",
        newShape,
        shape);
    return new Tensor(storage, newShape);
  }

  /** A copy with its own memory, which outlives the tape that this tensor belongs to. */
  public Tensor detached() {
    var copy = uninitialised(type(), shape);
    if (Nd4jRuntime.onHost()) {
      copy.memory().copyFrom(memory());
    } else {
      copy.array().assign(array());
    }
    return copy;
  }

  /** Writes the given values in C order, converted to this tensor's type. */
  public void set(float[] values) {
    set(values, values.length);
  }

  /** Writes the first {@code count} of the given values in C order, as many as it has elements. */
  public void set(float[] values, int count) {
    check(count == elements, "%d values for %d elements", count, elements);
    if (type() == ElementType.FLOAT32 && Nd4jRuntime.onHost()) {
      MemorySegment.copy(values, 0, memory(), ValueLayout.JAVA_FLOAT, 0, count);
    } else {
      var wide = new double[count];
      Arrays.setAll(wide, i -> values[i]);
      set(wide);
    }
  }

  /** Writes the given values in C order, converted to this tensor's type. */
  public void set(double[] values) {
    check(values.length == elements, "%d values for %d elements", values.length, elements);
    if (type() == ElementType.FLOAT64 && Nd4jRuntime.onHost()) {
      MemorySegment.copy(values, 0, memory(), ValueLayout.JAVA_DOUBLE, 0, values.length);
    } else if (type() == ElementType.FLOAT32 && Nd4jRuntime.onHost()) {
      var memory = memory();
      for (var i = 0; i < values.length; i++) {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
      }
    } else if (elements > 0) {
      try (var flat = view(elements);
          var source = Nd4j.createFromArray(values)) {
        flat.array().assign(source);
      }
    }
  }

  /** Writes the given values in C order, converted to this tensor's type. */
  public void set(int[] values) {
    check(values.length == elements, "%d values for %d elements", values.length, elements);
    if (type() == ElementType.INT32 && Nd4jRuntime.onHost()) {
      MemorySegment.copy(values, 0, memory(), ValueLayout.JAVA_INT, 0, values.length);
    } else {
      var wide = new double[values.length];
      Arrays.setAll(wide, i -> values[i]);
      set(wide);
    }
  }

  /**
   * Copies the values in C order into an array, from its beginning.
   *
   * @throws IllegalArgumentException if the array is shorter
   */
  public void copyTo(double[] values) {
    check(values.length >= elements, "%d places for %d elements", values.length, elements);
    if (type() == ElementType.INT32 || !Nd4jRuntime.onHost()) {
      System.arraycopy(toDoubles(), 0, values, 0, Math.toIntExact(elements));
    } else if (type() == ElementType.FLOAT64) {
      MemorySegment.copy(memory(), ValueLayout.JAVA_DOUBLE, 0, values, 0, (int) elements);
    } else {
      var memory = memory();
      for (var i = 0; i < elements; i++) {
        values[i] = memory.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      }
    }
  }

  /** The values in C order as single-precision numbers. */
  public float[] toFloats() {
    if (type() == ElementType.FLOAT32 && Nd4jRuntime.onHost()) {
      return memory().toArray(ValueLayout.JAVA_FLOAT);
    }
    var wide = toDoubles();
    var values = new float[wide.length];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) wide[i];
    }
    return values;
  }

  /** The values in C order as double-precision numbers. */
  public double[] toDoubles() {
    if (type() != ElementType.INT32 && Nd4jRuntime.onHost()) {
      var values = new double[Math.toIntExact(elements)];
      copyTo(values);
      return values;
    }
    if (elements == 0) {
      return new double[0];
    }
    return array().reshape('c', new long[] {elements}).toDoubleVector();
  }

  /** The values in C order as integers, rounded towards zero. */
  public int[] toInts() {
    if (type() == ElementType.INT32 && Nd4jRuntime.onHost()) {
      return memory().toArray(ValueLayout.JAVA_INT);
    }
    return Arrays.stream(toDoubles()).mapToInt(value -> (int) value).toArray();
  }

  /**
   * The only element of a tensor that has one.
   *
   * @throws IllegalArgumentException if it has more or none
   */
  public double item() {
    check(elements == 1, "The shape %s doesn't have exactly one element", shape);
    return toDoubles()[0];
  }

  /**
   * Something that a kernel works out from this tensor once and wants to find again, such as
   * convolution weights transformed for Winograd's algorithm. It belongs to the memory: views of
   * one shape share it, and it is closed when the memory is given back or the values change.
   *
   * <p>No lock is held while {@code maker} works, which may wait for other threads; where several
   * make the same at one time, the first is kept and the others are closed.
   */
  public <T extends AutoCloseable> T derived(Class<T> kind, Object key, Supplier<T> maker) {
    checkOpen();
    return kind.cast(
        storage.derived(new Storage.Form(Arrays.stream(shape).boxed().toList(), key), maker));
  }

  /** Says that the values were changed in place, so that everything derived from them is stale. */
  public void changed() {
    storage.changed();
  }

  /**
   * How often the memory was {@linkplain #changed changed}: what was computed from the values is
   * stale once this number differs.
   */
  public long version() {
    return storage.version();
  }

  /** Whether the memory was given back. */
  public boolean isClosed() {
    return closed;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "This tensor of shape "
              + Shapes.text(shape)
              + " was given back; detach it first if it must outlive its tape.");
    }
  }

  /** Gives the memory back; a second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      array = null;
      storage.release();
    }
  }

  @Override
  public String toString() {
    return "Tensor" + Shapes.text(shape) + " " + type() + (closed ? ", given back" : "");
  }
}
