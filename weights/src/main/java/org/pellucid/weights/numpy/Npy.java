package org.pellucid.weights.numpy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.StridedTensor;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.WholeFile;

/** Reads and writes NumPy's NPY files (numpy.lib.format, versions 1 to 3). */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST_HEADER = 10_000;
  private static final int ALIGNMENT = 64;
  private static final Pattern DESCRIPTION = Pattern.compile("'descr':\\s*'([<>|=])(\\w+)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order':\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([\\d,\\s]*)\\)");

  private Npy() {}

  /**
   * Reads a file.
   *
   * @throws WeightsException if it isn't one or holds Python objects
   */
  public static NpyArray read(Path file) {
    return parse(file, file.getFileName().toString(), Checkpoint.map(file, Arena.ofAuto()));
  }

  static NpyArray parse(Path file, String name, MemorySegment content) {
    if (content.byteSize() < 12
        || !Arrays.equals(content.asSlice(0, 6).toArray(ValueLayout.JAVA_BYTE), MAGIC)) {
      throw invalid(file, "%s is no NPY file", name);
    }
    var version = content.get(ValueLayout.JAVA_BYTE, 6);
    if (version < 1 || version > 3) {
      throw new WeightsException(
          Cause.UNSUPPORTED, file, "%s has version %d of NPY, which isn't read", name, version);
    }
    var begin = version == 1 ? 10 : 12;
    var length =
        version == 1
            ? content.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 8)
                & 0xffff
            : content.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 8);
    if (length < 0 || length > LONGEST_HEADER || begin + length > content.byteSize()) {
      throw invalid(file, "the header of %s has %d bytes", name, length);
    }
    var header =
        new String(
            content.asSlice(begin, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    return array(file, name, header, content.asSlice(begin + length));
  }

  private static NpyArray array(Path file, String name, String header, MemorySegment data) {
    var description = DESCRIPTION.matcher(header);
    var fortran = FORTRAN.matcher(header);
    var shapeText = SHAPE.matcher(header);
    if (!description.find() || !fortran.find() || !shapeText.find()) {
      throw invalid(file, "the header of %s lacks its type, order or shape", name);
    }
    var dtype = dtype(file, name, description.group(2));
    var shape = shape(file, name, shapeText.group(1));
    var strides = StridedTensor.denseStrides(shape);
    if (fortran.group(1).equals("True")) {
      var stride = 1L;
      for (var axis = 0; axis < shape.length; axis++) {
        strides[axis] = stride;
        stride *= shape[axis];
      }
    }
    var order = description.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    var info = new TensorInfo(name, dtype, shape);
    return new NpyArray(StridedTensor.of(file, info, data, 0, strides, order));
  }

  private static long[] shape(Path file, String name, String text) {
    try {
      return Arrays.stream(text.split(","))
          .map(String::strip)
          .filter(size -> !size.isEmpty())
          .mapToLong(Long::parseLong)
          .toArray();
    } catch (NumberFormatException _) {
      throw invalid(file, "the header of %s gives the shape (%s)", name, text);
    }
  }

  private static DType dtype(Path file, String name, String code) {
    return switch (code) {
      case "f8" -> DType.F64;
      case "f4" -> DType.F32;
      case "f2" -> DType.F16;
      case "i8" -> DType.I64;
      case "i4" -> DType.I32;
      case "i2" -> DType.I16;
      case "i1" -> DType.I8;
      case "u1" -> DType.U8;
      case "b1" -> DType.BOOL;
      default ->
          throw new WeightsException(
              Cause.UNSUPPORTED, file, "%s holds the type %s, which isn't read", name, code);
    };
  }

  private static WeightsException invalid(Path file, String message, Object... arguments) {
    return new WeightsException(
        Cause.INVALID_HEADER, file, message + "; the file is damaged or no NPY", arguments);
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
    var sizes = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
    var tuple = "(" + sizes + (shape.length == 1 ? ",)" : ")");
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': " + tuple + ", }";
    var padded = (10 + text.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT - 10;
    var header = text + " ".repeat(padded - text.length() - 1) + "\n";
    var buffer =
        ByteBuffer.allocate(10 + padded + values.length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) padded);
    buffer.put(header.getBytes(StandardCharsets.US_ASCII));
    buffer.asFloatBuffer().put(values);
    try {
      WholeFile.write(file, temporary -> Files.write(temporary, buffer.array()));
    } catch (IOException e) {
      throw new WeightsException(
          Cause.FILE, e, file, "the file can't be written (%s); choose another place", e);
    }
  }
}
