package org.pellucid.weights.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
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
  private final Map<String, String> externalData = new LinkedHashMap<>();
  private Optional<WireMessage> piece = Optional.empty();
  private int raws;
  private int fixeds;
  private int varints;
  private long denseBytes;
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
              Cause.UNSUPPORTED, message.location(), "an initialiser is stored in segments");
      case 4, 10 -> {
        fixeds++;
        addDense(field.bytes());
      }
      case 5, 7, 11 -> varints++;
      case 8 -> name = field.text();
      case 9 -> {
        raws++;
        addDense(field.message());
      }
      case 13 -> OnnxModel.readPair(field.message(), externalData);
      case 14 -> isExternal = field.value() == 1;
      default -> {}
    }
  }

  /** Pieces are counted and not kept, since there may be one for each number. */
  private void addDense(WireMessage bytes) {
    piece = Optional.of(bytes);
    denseBytes += bytes.data().byteSize();
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

  /** Whether it holds numbers of a type that is read. */
  boolean isRead() {
    return DataType.of(type).isPresent();
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
      return dense(info, external.bytes(message.location().of(name), externalData, size));
    }
    if (Math.min(raws, 1) + Math.min(fixeds, 1) + Math.min(varints, 1) > 1 || raws > 1) {
      throw invalid(info, "has its values twice");
    }
    var isFixed = info.dtype() == DType.F32 || info.dtype() == DType.F64;
    if ((isFixed ? varints : fixeds) > 0) {
      throw invalid(info, "has its values in a list of another type");
    }
    if (varints > 0) {
      return listed(info);
    }
    if (denseBytes != size) {
      throw invalid(info, "has %d bytes where its shape needs %d".formatted(denseBytes, size));
    }
    return fixeds > 1
        ? WeightTensor.of(info, () -> joined(size))
        : dense(info, piece.map(WireMessage::data).orElse(MemorySegment.ofArray(new byte[0])));
  }

  private long size(TensorInfo info) {
    try {
      if (shape.stream().allMatch(axis -> axis >= 0)) {
        return info.bytes();
      }
    } catch (ArithmeticException _) {
      // Refused below like a negative size.
    }
    throw invalid(info, "has an impossible size");
  }

  private WeightTensor dense(TensorInfo info, MemorySegment data) {
    var strides = StridedTensor.denseStrides(info.shape());
    return StridedTensor.of(message.location(), info, data, 0, strides, ByteOrder.LITTLE_ENDIAN);
  }

  /** Numbers with a field each, as old writers store them. */
  private MemorySegment joined(long size) {
    var joined = WeightTensor.allocate(size);
    var at = new long[1];
    message.forEachField(
        field -> {
          if (field.number() == 4 || field.number() == 10) {
            var data = field.bytes().data();
            MemorySegment.copy(data, 0, joined, at[0], data.byteSize());
            at[0] += data.byteSize();
          }
        });
    return joined.asReadOnly();
  }

  private void forEachVarint(LongConsumer action) {
    message.forEachField(
        field -> {
          if (field.number() == 5 || field.number() == 7 || field.number() == 11) {
            field.bytes().forEachVarint(action);
          }
        });
  }

  /** Numbers as varints; those of two bytes and less are the bits of the type, zero-extended. */
  private WeightTensor listed(TensorInfo info) {
    var count = new long[1];
    forEachVarint(_ -> count[0]++);
    if (count[0] != info.elements()) {
      throw invalid(info, "lists %d values".formatted(count[0]));
    }
    return WeightTensor.of(info, () -> unpacked(info));
  }

  private MemorySegment unpacked(TensorInfo info) {
    var width = info.dtype().bytes();
    var little = ByteOrder.LITTLE_ENDIAN;
    var dense = WeightTensor.allocate(info.bytes());
    var at = new long[1];
    forEachVarint(
        value -> {
          switch (width) {
            case 1 -> dense.set(ValueLayout.JAVA_BYTE, at[0], (byte) value);
            case 2 ->
                dense.set(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(little), at[0], (short) value);
            case 4 ->
                dense.set(ValueLayout.JAVA_INT_UNALIGNED.withOrder(little), at[0], (int) value);
            default -> dense.set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(little), at[0], value);
          }
          at[0] += width;
        });
    return dense.asReadOnly();
  }

  private DType dtype() {
    return DataType.of(type)
        .orElseThrow(
            () ->
                new WeightsException(
                    Cause.UNSUPPORTED,
                    message.location().of(name),
                    "the initialiser %s has ONNX's type %d, which isn't supported",
                    name,
                    type));
  }

  private WeightsException invalid(TensorInfo info, String why) {
    return new WeightsException(
        Cause.INVALID_TENSOR,
        message.location().of(name),
        "the initialiser %s %s; download the model again",
        info,
        why);
  }
}
