package org.pellucid.weights.pytorch;

import java.util.List;
import org.pellucid.weights.pytorch.PickleValue.AnyTensor;

/**
 * A value of a pickle with the values in it, where it lies in the file.
 *
 * @param key the last part of its path
 * @param path the keys, attributes and indices that lead to it, joined by full stops
 * @param children the values in it; of a module, the entries of its state dict
 */
record ValueNode(String key, String path, Object value, List<ValueNode> children) {

  boolean isTensor() {
    return value instanceof AnyTensor;
  }

  boolean isModule() {
    return value instanceof PickleObject object && ModuleState.isModule(object);
  }

  /** The tensors that lie in it directly. */
  List<ValueNode> tensors() {
    return children.stream().filter(ValueNode::isTensor).toList();
  }

  /** A path's parts in one text. */
  static String joined(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
