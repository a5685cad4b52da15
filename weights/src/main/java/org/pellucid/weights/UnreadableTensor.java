package org.pellucid.weights;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.pellucid.weights.WeightsException.Cause;

/**
 * A tensor of a kind whose numbers aren't read, such as a quantised or a sparse one: it is listed
 * with its kind and shape, and refused by name when its numbers are asked for.
 */
public final class UnreadableTensor implements WeightTensor {
  private final FileLocation location;
  private final TensorInfo info;
  private final String kind;

  private UnreadableTensor(FileLocation location, TensorInfo info, String kind) {
    this.location = location;
    this.info = info;
    this.kind = kind;
  }

  /**
   * A tensor that is only listed.
   *
   * @param location where the file tells of it
   * @param kind what it is, such as {@code float8 (F8_E4M3)} or {@code sparse (COO)}
   * @param shape as the file gives it; empty where the kind has none
   * @throws WeightsException if no tensor can have that shape
   */
  public static UnreadableTensor of(FileLocation location, String name, String kind, long[] shape) {
    var info = new TensorInfo(name, DType.OTHER, shape);
    try {
      var isSize = true;
      for (var size : shape) {
        isSize &= size >= 0;
      }
      if (isSize && info.elements() >= 0) {
        return new UnreadableTensor(location.of(name), info, kind);
      }
    } catch (ArithmeticException _) {
      // Refused below like a negative size.
    }
    throw new WeightsException(
        Cause.INVALID_TENSOR,
        location.of(name),
        "the tensor %s has an impossible size; the file is damaged",
        info);
  }

  /** What the tensor is, such as {@code float8 (F8_E4M3)}. */
  public String kind() {
    return kind;
  }

  /** The name and shape; the type is {@link DType#OTHER}. */
  @Override
  public TensorInfo info() {
    return info;
  }

  /**
   * Refuses to give the numbers.
   *
   * @throws WeightsException always, naming the tensor and its kind
   */
  @Override
  public MemorySegment bytes() {
    throw new WeightsException(
        Cause.UNSUPPORTED,
        location,
        "%s is %s, whose values aren't read; convert it to float32 and save the file again",
        info.name(),
        kind);
  }

  /**
   * Refuses to give the numbers, as {@link #bytes()} does.
   *
   * @throws WeightsException always
   */
  @Override
  public void forEachChunk(Consumer<MemorySegment> action) {
    action.accept(bytes());
  }

  @Override
  public WeightTensor named(String name) {
    return new UnreadableTensor(location.of(name), info.named(name), kind);
  }
}
