package org.pellucid.weights.numpy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.pellucid.weights.AtomicFile;
import org.pellucid.weights.DType;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;

/** Reads and writes NumPy's NPY files (numpy.lib.format, versions 1 to 3). */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64;

  private Npy() {}

  /**
   * Reads a file.
   *
   * @throws WeightsException if it isn't one or holds Python objects
   */
  public static NpyArray read(Path file) {
    var content = MappedFile.map(file, Arena.ofAuto());
    return new NpyArray(parse(FileLocation.in(file).at(0), file.getFileName().toString(), content));
  }

  static WeightTensor parse(FileLocation location, String name, MemorySegment content) {
    var header = NpyHeader.parse(location, name, content);
    return header.array(content.asSlice(header.length()));
  }

  /**
   * Writes a single-precision array in C order, version 1; the file appears under its name only
   * when it is whole.
   *
   * @throws IllegalArgumentException if the shape has another number of elements than there are
   *     values
   * @throws WeightsException if it can't be written
   */
  public static void write(Path file, float[] values, long... shape) {
    if (Arrays.stream(shape).reduce(1, Math::multiplyExact) != values.length) {
      throw new IllegalArgumentException(
          "The shape %s doesn't hold %d values; give as many as it says."
              .formatted(Arrays.toString(shape), values.length));
    }
    var header = header(new TensorInfo("", DType.F32, shape));
    var buffer =
        ByteBuffer.allocate(header.length + values.length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(header).asFloatBuffer().put(values);
    AtomicFile.writeWeights(file, temporary -> Files.write(temporary, buffer.array()));
  }

  /**
   * Writes numbers of any type that NumPy has, converted as C does, in C order; the file appears
   * under its name only when it is whole.
   *
   * @throws IllegalArgumentException if the shape has another number of elements than there are
   *     values, or NumPy has no such type
   * @throws WeightsException if it can't be written
   */
  public static void write(Path file, DType type, double[] values, long... shape) {
    var info = new TensorInfo("", type, shape);
    if (info.elements() != values.length) {
      throw new IllegalArgumentException(
          "The shape %s doesn't hold %d values; give as many as it says."
              .formatted(Arrays.toString(shape), values.length));
    }
    var header = header(info);
    var content = new byte[Math.toIntExact(header.length + info.bytes())];
    System.arraycopy(header, 0, content, 0, header.length);
    type.write(MemorySegment.ofArray(content), header.length, values);
    AtomicFile.writeWeights(file, temporary -> Files.write(temporary, content));
  }

  /** The header of an array in C order; {@code BF16} has no NumPy type. */
  static byte[] header(TensorInfo info) {
    var sizes =
        Arrays.stream(info.shape()).mapToObj(Long::toString).collect(Collectors.joining(", "));
    var tuple = "(" + sizes + (info.shape().length == 1 ? ",)" : ")");
    var text =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }"
            .formatted(description(info.dtype()), tuple);
    var begin = MAGIC.length + Short.BYTES;
    var padded = (begin + text.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT - begin;
    var header = text + " ".repeat(padded - text.length() - 1) + "\n";
    return ByteBuffer.allocate(begin + padded)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) padded)
        .put(header.getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  private static String description(DType dtype) {
    return switch (dtype) {
      case F64 -> "<f8";
      case F32 -> "<f4";
      case F16 -> "<f2";
      case I64 -> "<i8";
      case I32 -> "<i4";
      case I16 -> "<i2";
      case I8 -> "|i1";
      case U64 -> "<u8";
      case U32 -> "<u4";
      case U16 -> "<u2";
      case U8 -> "|u1";
      case BOOL -> "|b1";
      case BF16, OTHER ->
          throw new IllegalArgumentException("NumPy has no type for %s.".formatted(dtype));
    };
  }
}
