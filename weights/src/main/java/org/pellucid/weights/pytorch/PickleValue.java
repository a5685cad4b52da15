package org.pellucid.weights.pytorch;

import java.util.List;
import org.pellucid.weights.DType;

/** The values a checkpoint's pickle is made of that Java has no type for; all of them are inert. */
sealed interface PickleValue {
  /** Python's {@code None}. */
  record None() implements PickleValue {}

  /** A tuple. */
  record Tuple(List<Object> items) implements PickleValue {}

  /** The name of a Python object that the pickle refers to. */
  record Global(String module, String name) implements PickleValue {
    String qualified() {
      return module + "." + name;
    }
  }

  /**
   * A storage's persistent id.
   *
   * @param key its name in the file
   * @param dtype of its elements; {@link DType#U8} where the storage counts plain bytes
   * @param elements its size
   * @param view the part of it that is meant, as only PyTorch before 0.4 wrote it
   */
  record Storage(String key, DType dtype, long elements, View view) implements PickleValue {
    static Storage whole(String key, DType dtype, long elements) {
      return new Storage(key, dtype, elements, new View(0, elements));
    }
  }

  /** A part of a storage, in elements. */
  record View(long offset, long elements) {}

  /** A tensor over a storage; offset, shape and strides in elements. */
  record Tensor(Storage storage, DType dtype, long offset, long[] shape, long[] strides)
      implements PickleValue {}

  /** Something harmless that carries no weights, such as {@code torch.device}. */
  record Opaque(String text) implements PickleValue {}

  /** The mark that opcodes push before a variable number of items. */
  record Mark() implements PickleValue {}
}
