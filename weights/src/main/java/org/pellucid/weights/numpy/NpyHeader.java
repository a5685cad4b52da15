package org.pellucid.weights.numpy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.pellucid.weights.DType;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.StridedTensor;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The header of an NPY file (numpy.lib.format, versions 1 to 3): a Python dictionary of type, order
 * and shape, each exactly once.
 *
 * @param location of the array, where it begins
 * @param length of the header and everything before it, in bytes
 */
record NpyHeader(
    FileLocation location, TensorInfo info, boolean isColumnMajor, ByteOrder order, int length) {
  /** No header that can be read is longer. */
  static final int LONGEST = 10_012;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int VERSION_AT = 6;
  private static final int LENGTH_AT = 8;
  private static final int LONGEST_TEXT = 10_000;
  private static final int MAXIMAL_AXES = 64;
  private static final Pattern DICTIONARY = Pattern.compile("\\s*\\{(.*)\\}\\s*", Pattern.DOTALL);
  private static final Pattern ENTRY =
      Pattern.compile(
          "\\G\\s*'(\\w+)'\\s*:\\s*('[^']*'|True|False|\\([\\dL,\\s]*\\)|\\[[^\\]]*\\])\\s*(?:,\\s*|$)");
  private static final Pattern TYPE = Pattern.compile("'([<>|=]?)(\\w+)'");

  static boolean recognises(MemorySegment content) {
    return content.byteSize() >= MAGIC.length
        && Arrays.equals(content.asSlice(0, MAGIC.length).toArray(ValueLayout.JAVA_BYTE), MAGIC);
  }

  /**
   * Reads a header.
   *
   * @param begin where the array begins, without a byte if it is compressed
   * @param beginning of the file, at least {@link #LONGEST} bytes of it or all
   * @throws WeightsException if it breaks the format's rules or names a type that isn't read
   */
  static NpyHeader parse(FileLocation begin, String name, MemorySegment beginning) {
    var location = begin.of(name);
    var little = ByteOrder.LITTLE_ENDIAN;
    if (beginning.byteSize() < 12 || !recognises(beginning)) {
      throw invalid(location, "%s is not an NPY file", name);
    }
    var version = beginning.get(ValueLayout.JAVA_BYTE, VERSION_AT);
    if (version < 1 || version > 3) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          location.plus(VERSION_AT),
          "%s has version %d of NPY, which isn't supported",
          name,
          version);
    }
    var textAt = version == 1 ? 10 : 12;
    var length =
        version == 1
            ? beginning.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(little), LENGTH_AT) & 0xffff
            : beginning.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(little), LENGTH_AT);
    if (length < 0 || length > LONGEST_TEXT || textAt + length > beginning.byteSize()) {
      throw invalid(location.plus(LENGTH_AT), "the header of %s has %d bytes", name, length);
    }
    var bytes = beginning.asSlice(textAt, length).toArray(ValueLayout.JAVA_BYTE);
    var entries = entries(location.plus(textAt), name, new String(bytes, StandardCharsets.UTF_8));
    return of(location, textAt, name, entries, length);
  }

  private static Map<String, String> entries(FileLocation location, String name, String text) {
    var entries = new HashMap<String, String>();
    var dictionary = DICTIONARY.matcher(text);
    if (!dictionary.matches()) {
      throw invalid(location, "the header of %s is not a dictionary", name);
    }
    var inner = dictionary.group(1);
    var entry = ENTRY.matcher(inner);
    var end = 0;
    while (end < inner.length() && entry.find()) {
      end = entry.end();
      if (entries.put(entry.group(1), entry.group(2)) != null) {
        throw invalid(location, "the header of %s gives %s twice", name, entry.group(1));
      }
    }
    if (!inner.substring(end).isBlank() || entries.size() != 3) {
      throw invalid(
          location, "the header of %s must give its type, order and shape and nothing else", name);
    }
    return entries;
  }

  private static NpyHeader of(
      FileLocation begin, int textAt, String name, Map<String, String> entries, int length) {
    var location = begin.plus(textAt);
    var description = entries.getOrDefault("descr", "");
    var order = entries.getOrDefault("fortran_order", "");
    var shape = entries.getOrDefault("shape", "");
    if (description.startsWith("[")) {
      throw new WeightsException(
          Cause.UNSUPPORTED, location, "%s holds records, which aren't supported", name);
    }
    var type = TYPE.matcher(description);
    if (!type.matches()
        || !order.equals("True") && !order.equals("False")
        || !shape.startsWith("(")) {
      throw invalid(location, "the header of %s lacks its type, order or shape", name);
    }
    return new NpyHeader(
        begin,
        new TensorInfo(name, dtype(location, name, type.group(2)), shape(location, name, shape)),
        order.equals("True"),
        type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
        textAt + length);
  }

  private static long[] shape(FileLocation location, String name, String tuple) {
    try {
      var sizes =
          Arrays.stream(tuple.substring(1, tuple.length() - 1).split(","))
              .map(String::strip)
              .filter(size -> !size.isEmpty())
              .mapToLong(size -> Long.parseLong(size.replaceFirst("L$", "")))
              .toArray();
      if (sizes.length > MAXIMAL_AXES) {
        throw invalid(location, "the header of %s gives more than %d axes", name, MAXIMAL_AXES);
      }
      return sizes;
    } catch (NumberFormatException _) {
      throw invalid(location, "the header of %s gives the shape %s", name, tuple);
    }
  }

  private static DType dtype(FileLocation location, String name, String code) {
    return switch (code) {
      case "f8" -> DType.F64;
      case "f4" -> DType.F32;
      case "f2" -> DType.F16;
      case "i8" -> DType.I64;
      case "i4" -> DType.I32;
      case "i2" -> DType.I16;
      case "i1" -> DType.I8;
      case "u8" -> DType.U64;
      case "u4" -> DType.U32;
      case "u2" -> DType.U16;
      case "u1" -> DType.U8;
      case "b1" -> DType.BOOL;
      case "O" ->
          throw new WeightsException(
              Cause.UNSUPPORTED,
              location,
              "%s holds Python objects, which may carry code and are never read; nothing was "
                  + "executed",
              name);
      default ->
          throw new WeightsException(
              Cause.UNSUPPORTED,
              location,
              "%s holds the type %s, which isn't supported",
              name,
              code);
    };
  }

  /**
   * The array.
   *
   * @param data what follows the header
   * @throws WeightsException if the array doesn't fill its data
   */
  WeightTensor array(MemorySegment data) {
    var strides = StridedTensor.denseStrides(info.shape());
    if (isColumnMajor) {
      var stride = 1L;
      for (var axis = 0; axis < strides.length; axis++) {
        strides[axis] = stride;
        stride *= Math.max(1, info.shape()[axis]);
      }
    }
    var tensor = StridedTensor.of(location.plus(length), info, data, 0, strides, order);
    if (info.bytes() != data.byteSize()) {
      throw unfilled(data.byteSize());
    }
    return tensor;
  }

  /** The size of the array's numbers. */
  long checkedBytes() {
    try {
      return info.bytes();
    } catch (ArithmeticException _) {
      throw unfilled(0);
    }
  }

  WeightsException unfilled(long bytes) {
    return new WeightsException(
        Cause.INVALID_TENSOR,
        location.plus(length),
        "the array %s has %d bytes, which its shape doesn't fill; the file is damaged",
        info,
        bytes);
  }

  private static WeightsException invalid(
      FileLocation location, String message, Object... arguments) {
    return new WeightsException(
        Cause.INVALID_HEADER,
        location,
        message + "; the file is damaged or not an NPY file",
        arguments);
  }
}
