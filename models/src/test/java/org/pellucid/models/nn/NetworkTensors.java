package org.pellucid.models.nn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.engine.tensor.Tensor;

/** A network's tensors by PyTorch's names; the values are laid out as the engine likes them. */
final class NetworkTensors {
  private static final List<String> PARTS =
      List.of("weight", "bias", "running_mean", "running_var");

  private NetworkTensors() {}

  static Map<String, Tensor> of(ConvolutionalNetwork network) {
    var result = new LinkedHashMap<String, Tensor>();
    for (var named : network.layers()) {
      var tensors = named.layer().tensors().toList();
      for (var i = 0; i < tensors.size(); i++) {
        result.put(named.name() + "." + PARTS.get(i), tensors.get(i));
      }
    }
    return result;
  }
}
