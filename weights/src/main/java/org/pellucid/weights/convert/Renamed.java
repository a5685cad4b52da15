package org.pellucid.weights.convert;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;

/**
 * A tensor under its new name.
 *
 * @param from what it was in the file
 * @param isTransposed whether rows and columns were exchanged
 */
record Renamed(TensorInfo from, WeightTensor tensor, boolean isTransposed) {
  static Renamed kept(WeightTensor tensor, String name) {
    return new Renamed(tensor.info(), tensor.named(name), false);
  }

  static Renamed transposed(WeightTensor tensor, String name) {
    return new Renamed(tensor.info(), new TransposedTensor(name, tensor), true);
  }

  /** The tensors under their new names. */
  static SequencedMap<String, WeightTensor> tensors(SequencedMap<String, Renamed> renamed) {
    var tensors = new LinkedHashMap<String, WeightTensor>();
    renamed.forEach((name, tensor) -> tensors.put(name, tensor.tensor()));
    return tensors;
  }

  /** The same under another new name. */
  Renamed as(String name) {
    return name.equals(name()) ? this : new Renamed(from, tensor.named(name), isTransposed);
  }

  String name() {
    return tensor.info().name();
  }
}
