package org.pellucid.weights.pytorch;

import java.util.List;
import org.pellucid.weights.DType;

/** The values a checkpoint's pickle is made of that Java has no type for; all of them are inert. */
sealed interface PickleValue permits PickleValue.Plain, PickleDictionary, PickleObject {

  /** The values that never change. */
  sealed interface Plain extends PickleValue {}

  /** Python's {@code None}. */
  record None() implements Plain {}

  /** A tuple. */
  record Tuple(List<Object> items) implements Plain {}

  /** The name of a Python object that the pickle refers to, such as a class. */
  record Global(String module, String name) implements Plain {
    String qualified() {
      return module + "." + name;
    }
  }

  /**
   * A storage's persistent id.
   *
   * @param key its name in the file
   * @param type of its elements; {@link DType#U8} where the storage counts plain bytes
   * @param elements its size
   * @param view the part of it that is meant, as only PyTorch before 0.4 wrote it
   */
  record Storage(String key, ElementType type, long elements, View view) implements Plain {
    static Storage whole(String key, ElementType type, long elements) {
      return new Storage(key, type, elements, new View(0, elements));
    }
  }

  /** A part of a storage, in elements. */
  record View(long offset, long elements) {}

  /** Something that takes the place of a tensor in a state dict. */
  sealed interface AnyTensor extends Plain {
    long[] shape();
  }

  /** A tensor over a storage; offset, shape and strides in elements. */
  record Tensor(Storage storage, DType dtype, long offset, long[] shape, long[] strides)
      implements AnyTensor {}

  /**
   * A tensor of a kind whose numbers aren't read.
   *
   * @param kind such as {@code sparse (COO)}
   * @param shape empty where the kind has none
   */
  record UnreadTensor(String kind, long[] shape) implements AnyTensor {}

  /** Bytes, each as the character of that number. */
  record Bytes(String latin) implements Plain {}

  /** A text or bytes longer than anything that is looked into. */
  record Large(long bytes) implements Plain {}

  /** The mark that opcodes push before a variable number of items. */
  record Mark() implements Plain {}
}
