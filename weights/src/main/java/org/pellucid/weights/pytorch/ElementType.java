package org.pellucid.weights.pytorch;

import java.util.Map;
import java.util.Optional;
import org.pellucid.weights.DType;
import org.pellucid.weights.pytorch.PickleValue.Global;

/**
 * The type of a storage's elements.
 *
 * @param kind what messages call it, such as {@code quantised (qint8)}
 * @param bytes of one element
 * @param dtype the same among the types whose numbers are read, if it is one
 */
record ElementType(String kind, int bytes, Optional<DType> dtype) {
  private static final Map<String, ElementType> STORAGES =
      Map.ofEntries(
          entry("DoubleStorage", DType.F64),
          entry("FloatStorage", DType.F32),
          entry("HalfStorage", DType.F16),
          entry("BFloat16Storage", DType.BF16),
          entry("LongStorage", DType.I64),
          entry("IntStorage", DType.I32),
          entry("ShortStorage", DType.I16),
          entry("CharStorage", DType.I8),
          entry("ByteStorage", DType.U8),
          entry("BoolStorage", DType.BOOL),
          entry("UntypedStorage", DType.U8),
          entry("ComplexFloatStorage", "complex (complex64)", 8),
          entry("ComplexDoubleStorage", "complex (complex128)", 16),
          entry("QInt8Storage", "quantised (qint8)", 1),
          entry("QUInt8Storage", "quantised (quint8)", 1),
          entry("QInt32Storage", "quantised (qint32)", 4),
          entry("QUInt4x2Storage", "quantised (quint4x2)", 1),
          entry("QUInt2x4Storage", "quantised (quint2x4)", 1));

  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("float64", DType.F64),
          Map.entry("float32", DType.F32),
          Map.entry("float16", DType.F16),
          Map.entry("bfloat16", DType.BF16),
          Map.entry("int64", DType.I64),
          Map.entry("int32", DType.I32),
          Map.entry("int16", DType.I16),
          Map.entry("int8", DType.I8),
          Map.entry("uint64", DType.U64),
          Map.entry("uint32", DType.U32),
          Map.entry("uint16", DType.U16),
          Map.entry("uint8", DType.U8),
          Map.entry("bool", DType.BOOL));

  private static Map.Entry<String, ElementType> entry(String storage, DType dtype) {
    var type = new ElementType(dtype.name(), dtype.bytes(), Optional.of(dtype));
    return Map.entry(storage, type);
  }

  private static Map.Entry<String, ElementType> entry(String storage, String kind, int bytes) {
    return Map.entry(storage, new ElementType(kind, bytes, Optional.empty()));
  }

  /** The type of the elements of a storage of that class, if PyTorch has such a class. */
  static Optional<ElementType> ofStorage(Object value) {
    return value instanceof Global global && global.module().startsWith("torch")
        ? Optional.ofNullable(STORAGES.get(global.name()))
        : Optional.empty();
  }

  /** Whether that is a class of storages, or of tensors over them as PyTorch's oldest form has. */
  static boolean isStorageOrTensorClass(Global global) {
    return (global.module().equals("torch") || global.module().equals("torch.cuda"))
        && STORAGES.containsKey(global.name().replaceFirst("Tensor$", "Storage"));
  }

  /** The type of that name in the module {@code torch}, if its numbers are read. */
  static Optional<DType> named(String name) {
    return Optional.ofNullable(TYPES.get(name));
  }

  /** What messages call the type of that name in the module {@code torch}. */
  static String kindOf(String name) {
    if (name.startsWith("float8") || name.startsWith("float4") || name.startsWith("float6")) {
      return "%s (%s)".formatted(name.substring(0, 6), name);
    }
    if (name.startsWith("complex")) {
      return "complex (%s)".formatted(name);
    }
    return name.startsWith("q") ? "quantised (%s)".formatted(name) : name;
  }
}
