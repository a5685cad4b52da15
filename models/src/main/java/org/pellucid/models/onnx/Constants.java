package org.pellucid.models.onnx;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * The tensors made of a graph's constants, in the forms that operations take them in: each is made
 * at its first use and kept. Safe to use from several threads.
 */
final class Constants implements AutoCloseable {
  private final ElementType type;
  private final Map<NumericArray, Map<Object, Tensor>> forms = new IdentityHashMap<>();

  Constants(ElementType type) {
    this.type = type;
  }

  ElementType type() {
    return type;
  }

  /** Says that an array is a constant, whose forms are worth keeping. */
  synchronized NumericArray register(NumericArray array) {
    forms.computeIfAbsent(array, _ -> new HashMap<>());
    return array;
  }

  synchronized boolean contains(NumericArray array) {
    return forms.containsKey(array);
  }

  /**
   * A form of a constant.
   *
   * @param key tells the forms of one constant apart
   * @param form what the tensor holds
   */
  synchronized Tensor tensor(
      NumericArray array, Object key, Function<NumericArray, NumericArray> form) {
    return forms
        .computeIfAbsent(array, _ -> new HashMap<>())
        .computeIfAbsent(key, _ -> tensorOf(form.apply(array)));
  }

  private Tensor tensorOf(NumericArray array) {
    var tensor = Tensor.uninitialised(type, array.shape());
    tensor.set(array.values());
    return tensor;
  }

  @Override
  public synchronized void close() {
    forms.values().forEach(each -> each.values().forEach(Tensor::close));
    forms.clear();
  }
}
