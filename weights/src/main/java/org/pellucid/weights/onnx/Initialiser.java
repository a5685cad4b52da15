package org.pellucid.weights.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.weights.DType;
import org.pellucid.weights.StridedTensor;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * A {@code TensorProto}: type, shape, and the numbers as raw bytes, as a list of one of five types,
 * or in another file.
 */
final class Initialiser {
  private static final int TEXT = 8;
  private static final int MAXIMAL_AXES = 64;

  private final WireMessage message;
  private final List<Long> shape = new ArrayList<>();
  private final List<WireMessage> fixed = new ArrayList<>();
  private final List<WireMessage> varints = new ArrayList<>();
  private final List<WireMessage> raw = new ArrayList<>();
  private final Map<String, String> externalData = new LinkedHashMap<>();
  private String name = "";
  private int type;
  private boolean isExternal;

  private Initialiser(WireMessage message) {
    this.message = message;
  }

  static Initialiser parse(WireMessage message) {
    var initialiser = new Initialiser(message);
    message.forEachField(initialiser::readField);
    return initialiser;
  }

  private void readField(WireMessage.Field field) {
    switch (field.number()) {
      case 1 -> readSizes(field);
      case 2 -> type = (int) field.value();
      case 3 ->
          throw new WeightsException(
              Cause.UNSUPPORTED, message.place(), "an initialiser is stored in segments");
      case 4, 10 -> fixed.add(field.bytes());
      case 5, 7, 11 -> varints.add(field.bytes());
      case 8 -> name = field.text();
      case 9 -> raw.add(field.message());
      case 13 -> OnnxModel.readPair(field.message(), externalData);
      case 14 -> isExternal = field.value() == 1;
      default -> {}
    }
  }

  private void readSizes(WireMessage.Field field) {
    if (field.isBytes()) {
      field.bytes().forEachVarint(this::addSize);
    } else {
      addSize(field.value());
    }
  }

  private void addSize(long size) {
    if (shape.size() == MAXIMAL_AXES) {
      throw message.damaged("an initialiser has more than %d axes".formatted(MAXIMAL_AXES));
    }
    shape.add(size);
  }

  String name() {
    return name;
  }

  boolean isText() {
    return type == TEXT;
  }

  /**
   * The tensor.
   *
   * @throws WeightsException if its bytes don't fit its shape or its type isn't read
   */
  WeightTensor tensor(ExternalFiles external) {
    var info = new TensorInfo(name, dtype(), shape.stream().mapToLong(Long::longValue).toArray());
    var size = size(info);
    if (isExternal) {
      return dense(info, external.bytes(message.place().of(name), externalData, size));
    }
    var forms = List.of(raw, fixed, varints).stream().filter(form -> !form.isEmpty()).count();
    if (forms > 1 || raw.size() > 1) {
      throw invalid(info, "has its numbers twice");
    }
    var isFixed = info.dtype() == DType.F32 || info.dtype() == DType.F64;
    if (isFixed ? !varints.isEmpty() : !fixed.isEmpty()) {
      throw invalid(info, "has its numbers in a list of another type");
    }
    if (!varints.isEmpty()) {
      return listed(info);
    }
    var pieces = raw.isEmpty() ? fixed : raw;
    var found = pieces.stream().mapToLong(piece -> piece.data().byteSize()).sum();
    if (found != size) {
      throw invalid(info, "has %d bytes where its shape needs %d".formatted(found, size));
    }
    return dense(info, pieces.size() == 1 ? pieces.getFirst().data() : joined(pieces, size));
  }

  private long size(TensorInfo info) {
    try {
      if (shape.stream().allMatch(axis -> axis >= 0)) {
        return info.bytes();
      }
    } catch (ArithmeticException _) {
      // Refused below like a negative size.
    }
    throw invalid(info, "has no size that could be");
  }

  private WeightTensor dense(TensorInfo info, MemorySegment data) {
    var strides = StridedTensor.denseStrides(info.shape());
    return StridedTensor.of(
        message.place().file(), info, data, 0, strides, ByteOrder.LITTLE_ENDIAN);
  }

  /** Numbers that stand one a field, as old writers put them. */
  private static MemorySegment joined(List<WireMessage> pieces, long size) {
    var joined = WeightTensor.allocate(size);
    var at = 0L;
    for (var piece : pieces) {
      MemorySegment.copy(piece.data(), 0, joined, at, piece.data().byteSize());
      at += piece.data().byteSize();
    }
    return joined.asReadOnly();
  }

  /** Numbers as varints; those of two bytes and less are the bits of the type, zero-extended. */
  private WeightTensor listed(TensorInfo info) {
    var count = new long[1];
    varints.forEach(list -> list.forEachVarint(_ -> count[0]++));
    if (count[0] != info.elements()) {
      throw invalid(info, "lists %d numbers".formatted(count[0]));
    }
    return WeightTensor.of(info, () -> unpacked(info));
  }

  private MemorySegment unpacked(TensorInfo info) {
    var width = info.dtype().bytes();
    var little = ByteOrder.LITTLE_ENDIAN;
    var dense = WeightTensor.allocate(info.bytes());
    var at = new long[1];
    varints.forEach(
        list ->
            list.forEachVarint(
                value -> {
                  switch (width) {
                    case 1 -> dense.set(ValueLayout.JAVA_BYTE, at[0], (byte) value);
                    case 2 ->
                        dense.set(
                            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(little),
                            at[0],
                            (short) value);
                    case 4 ->
                        dense.set(
                            ValueLayout.JAVA_INT_UNALIGNED.withOrder(little), at[0], (int) value);
                    default ->
                        dense.set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(little), at[0], value);
                  }
                  at[0] += width;
                }));
    return dense.asReadOnly();
  }

  private DType dtype() {
    return switch (type) {
      case 1 -> DType.F32;
      case 2 -> DType.U8;
      case 3 -> DType.I8;
      case 4 -> DType.U16;
      case 5 -> DType.I16;
      case 6 -> DType.I32;
      case 7 -> DType.I64;
      case 9 -> DType.BOOL;
      case 10 -> DType.F16;
      case 11 -> DType.F64;
      case 12 -> DType.U32;
      case 13 -> DType.U64;
      case 16 -> DType.BF16;
      default ->
          throw new WeightsException(
              Cause.UNSUPPORTED,
              message.place().of(name),
              "the initialiser %s has ONNX's type %d, which isn't read",
              name,
              type);
    };
  }

  private WeightsException invalid(TensorInfo info, String why) {
    return new WeightsException(
        Cause.INVALID_TENSOR,
        message.place().of(name),
        "the initialiser %s %s; fetch the model again",
        info,
        why);
  }
}
