package org.pellucid.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A tensor of a weight file, whose numbers are read or computed only when asked for. */
public interface WeightTensor {
  /** The most bytes that {@link #forEachChunk} hands out at once; every element's width fits in. */
  int CHUNK = 1 << 22;

  /** Name, type and shape. */
  TensorInfo info();

  /**
   * The numbers in C order, dense and little-endian.
   *
   * @return a segment that is valid as long as the checkpoint is open; not to be written to
   */
  MemorySegment bytes();

  /**
   * Hands out {@link #bytes()} from the first to the last in pieces of at most {@link #CHUNK}
   * bytes, each made of whole elements and valid during the call only. Needs memory for one piece,
   * however large the tensor is.
   */
  default void forEachChunk(Consumer<MemorySegment> action) {
    var data = bytes();
    for (var at = 0L; at < data.byteSize(); at += CHUNK) {
      var chunk = data.asSlice(at, Math.min(CHUNK, data.byteSize() - at));
      action.accept(chunk);
      if (chunk.isMapped()) {
        chunk.unload();
      }
    }
  }

  /** The numbers in C order as single precision. */
  default float[] toFloats() {
    if (info().dtype() == DType.F32) {
      var floats = new float[Math.toIntExact(info().elements())];
      var layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
      MemorySegment.copy(bytes(), layout, 0, floats, 0, floats.length);
      return floats;
    }
    var dtype = info().dtype();
    var data = bytes();
    var floats = new float[Math.toIntExact(data.byteSize() / dtype.bytes())];
    for (var i = 0; i < floats.length; i++) {
      floats[i] = (float) dtype.read(data, (long) i * dtype.bytes());
    }
    return floats;
  }

  /** The numbers in C order as double precision. */
  default double[] toDoubles() {
    return decode(bytes(), info().dtype());
  }

  /** The SHA-256 of the dense little-endian bytes, in hexadecimal. */
  default String sha256() {
    var sum = new Sha256();
    forEachChunk(sum::add);
    return sum.hex();
  }

  /** This tensor under another name. */
  default WeightTensor named(String name) {
    return new RenamedTensor(info().named(name), this);
  }

  /** A tensor with the given numbers, little-endian in C order. */
  static WeightTensor of(TensorInfo info, Supplier<MemorySegment> bytes) {
    return new WeightTensor() {
      @Override
      public TensorInfo info() {
        return info;
      }

      @Override
      public MemorySegment bytes() {
        return bytes.get();
      }
    };
  }

  /** Memory for dense numbers, freed when it is no longer reachable. */
  static MemorySegment allocate(long bytes) {
    return bytes <= Integer.MAX_VALUE - 8
        ? MemorySegment.ofArray(new byte[(int) bytes])
        : Arena.ofAuto().allocate(bytes);
  }

  /** The numbers that a dense little-endian piece of a tensor holds. */
  static double[] decode(MemorySegment data, DType dtype) {
    var values = new double[Math.toIntExact(data.byteSize() / dtype.bytes())];
    for (var i = 0; i < values.length; i++) {
      values[i] = dtype.read(data, (long) i * dtype.bytes());
    }
    return values;
  }

  /** Numbers written densely in a type, rounded to the nearest with ties to even. */
  static MemorySegment encode(double[] values, DType dtype) {
    var segment = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, dtype.bytes())]);
    for (var i = 0; i < values.length; i++) {
      dtype.write(segment, (long) i * dtype.bytes(), values[i]);
    }
    return segment;
  }
}
