package org.pellucid.weights.pytorch;

import java.util.List;

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
   * @param type the Python class, such as {@code FloatStorage}
   * @param key its name in the file
   * @param elements its size
   */
  record Storage(String type, String key, long elements) implements PickleValue {}

  /** A tensor over a storage; offset, shape and strides in elements. */
  record Tensor(Storage storage, long offset, long[] shape, long[] strides)
      implements PickleValue {}

  /** Something harmless that carries no weights, such as {@code torch.device}. */
  record Opaque(String text) implements PickleValue {}

  /** The mark that opcodes push before a variable number of items. */
  record Mark() implements PickleValue {}
}
