package org.pellucid.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;

/** A tensor of a weight file, whose numbers are read or worked out only when somebody asks. */
public interface WeightTensor {

  /** Name, type and shape. */
  TensorInfo info();

  /**
   * The numbers in C order, dense and little-endian.
   *
   * @return a segment that is valid as long as the checkpoint is open; not to be written to
   */
  MemorySegment bytes();

  /** The numbers in C order as single precision. */
  default float[] toFloats() {
    var data = bytes();
    if (info().dtype() == DType.F32) {
      var floats = new float[Math.toIntExact(info().elements())];
      MemorySegment.copy(
          data,
          ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
          0,
          floats,
          0,
          floats.length);
      return floats;
    }
    var doubles = toDoubles();
    var floats = new float[doubles.length];
    for (var i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  /** The numbers in C order as double precision. */
  default double[] toDoubles() {
    var data = bytes();
    var dtype = info().dtype();
    var doubles = new double[Math.toIntExact(info().elements())];
    for (var i = 0; i < doubles.length; i++) {
      doubles[i] = dtype.read(data, (long) i * dtype.bytes(), ByteOrder.LITTLE_ENDIAN);
    }
    return doubles;
  }

  /** The SHA-256 of the dense little-endian bytes, in hexadecimal. */
  default String sha256() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      var data = bytes();
      var chunk = new byte[1 << 16];
      for (var at = 0L; at < data.byteSize(); at += chunk.length) {
        var count = (int) Math.min(chunk.length, data.byteSize() - at);
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, chunk, 0, count);
        digest.update(chunk, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  /** This tensor under another name. */
  default WeightTensor named(String name) {
    return of(info().named(name), this::bytes);
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

  /** Numbers written densely in a type, rounded to the nearest with ties to even. */
  static MemorySegment encode(double[] values, DType dtype) {
    var segment = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, dtype.bytes())]);
    for (var i = 0; i < values.length; i++) {
      dtype.write(segment, (long) i * dtype.bytes(), values[i]);
    }
    return segment;
  }
}
