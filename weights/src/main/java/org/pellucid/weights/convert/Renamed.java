package org.pellucid.weights.convert;

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

  String name() {
    return tensor.info().name();
  }
}
