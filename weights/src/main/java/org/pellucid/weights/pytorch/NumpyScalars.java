package org.pellucid.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.weights.DType;
import org.pellucid.weights.pytorch.PickleValue.Bytes;
import org.pellucid.weights.pytorch.PickleValue.Tuple;

/**
 * NumPy's single numbers, {@code scalar(dtype, bytes)}: the type's name, its byte order and the
 * bytes say all, so that nothing of NumPy's is needed.
 */
final class NumpyScalars {
  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("f8", DType.F64),
          Map.entry("f4", DType.F32),
          Map.entry("f2", DType.F16),
          Map.entry("i8", DType.I64),
          Map.entry("i4", DType.I32),
          Map.entry("i2", DType.I16),
          Map.entry("i1", DType.I8),
          Map.entry("u4", DType.U32),
          Map.entry("u2", DType.U16),
          Map.entry("u1", DType.U8),
          Map.entry("b1", DType.BOOL));

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private NumpyScalars() {}

  /** Whether an object is an array or a type, whose parts say nothing to a reader. */
  static boolean isOfNumpy(PickleObject object) {
    return object.type().startsWith("numpy.");
  }

  /** The number or truth value, if it is of a common type and its bytes fit. */
  static Optional<Object> number(List<Object> arguments) {
    if (arguments.size() != 2
        || !(arguments.get(0) instanceof PickleObject type)
        || !(arguments.get(1) instanceof Bytes(var latin))) {
      return Optional.empty();
    }
    return dtype(type)
        .filter(dtype -> dtype.bytes() == latin.length())
        .map(dtype -> value(dtype, latin, isBigEndian(type)));
  }

  /** The type that {@code numpy.dtype('f8', False, True)} names, if it is a common one. */
  static Optional<DType> dtype(PickleObject type) {
    return type.type().equals("numpy.dtype")
            && !type.arguments().isEmpty()
            && type.arguments().getFirst() instanceof String name
        ? Optional.ofNullable(TYPES.get(name))
        : Optional.empty();
  }

  /** The state is {@code (version, byte order, ...)}. */
  private static boolean isBigEndian(PickleObject type) {
    return type.state().orElse("") instanceof Tuple(var state)
        && state.size() > 1
        && ">".equals(state.get(1));
  }

  private static Object value(DType dtype, String latin, boolean isBigEndian) {
    var ordered = isBigEndian ? new StringBuilder(latin).reverse().toString() : latin;
    var bytes = ordered.getBytes(StandardCharsets.ISO_8859_1);
    var segment = MemorySegment.ofArray(bytes);
    var value = dtype.read(segment, 0);
    return switch (dtype) {
      case BOOL -> value != 0;
      case I64 -> segment.get(LONG, 0);
      case I32, I16, I8, U32, U16, U8 -> (long) value;
      default -> value;
    };
  }
}
