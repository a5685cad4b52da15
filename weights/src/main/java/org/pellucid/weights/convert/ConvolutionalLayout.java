package org.pellucid.weights.convert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.pellucid.weights.TensorInfo;

/**
 * The parameters of a network of two sequences as PyTorch numbers their layers: 3×3 convolutions,
 * each with a batch normalisation after it, then linear layers. Widths are read off the weights, so
 * narrower networks of the same layers are known too.
 *
 * @param convolutions the numbers of the convolutions
 * @param linear the numbers of the linear layers
 */
record ConvolutionalLayout(
    String convolutionName, String linearName, List<Integer> convolutions, List<Integer> linear)
    implements ParameterLayout {
  private static final int KERNEL = 3;
  private static final int COLOURS = 3;

  /** Most of the network's parameters are there and none of another network's. */
  @Override
  public boolean recognises(Map<String, TensorInfo> tensors) {
    var weights =
        tensors.values().stream()
            .filter(info -> info.shape().length == 4)
            .map(TensorInfo::name)
            .toList();
    var own = convolutions.stream().map(number -> convolution(number) + ".weight").toList();
    var found = own.stream().filter(weights::contains).count();
    return own.containsAll(weights) && 2 * found > own.size();
  }

  @Override
  public SequencedMap<String, long[]> expected(Map<String, TensorInfo> tensors) {
    var expected = new LinkedHashMap<String, long[]>();
    var inputs = (long) COLOURS;
    for (var number : convolutions) {
      var outputs = outputs(tensors, convolution(number), inputs);
      expected.put(convolution(number) + ".weight", new long[] {outputs, inputs, KERNEL, KERNEL});
      expected.put(convolution(number) + ".bias", new long[] {outputs});
      for (var part : List.of("weight", "bias", "running_mean", "running_var")) {
        expected.put(convolution(number + 1) + "." + part, new long[] {outputs});
      }
      expected.put(convolution(number + 1) + ".num_batches_tracked", new long[0]);
      inputs = outputs;
    }
    // How many pixels are left of an image isn't known here, so the first layer's inputs are.
    inputs = axis(tensors, linearName + "." + linear.getFirst() + ".weight", 1, inputs);
    for (var number : linear) {
      var name = linearName + "." + number;
      var outputs = outputs(tensors, name, inputs);
      expected.put(name + ".weight", new long[] {outputs, inputs});
      expected.put(name + ".bias", new long[] {outputs});
      inputs = outputs;
    }
    return expected;
  }

  @Override
  public boolean isOptional(String name) {
    return false;
  }

  private String convolution(int number) {
    return convolutionName + "." + number;
  }

  private static long outputs(Map<String, TensorInfo> tensors, String layer, long otherwise) {
    return axis(tensors, layer + ".weight", 0, axis(tensors, layer + ".bias", 0, otherwise));
  }

  private static long axis(Map<String, TensorInfo> tensors, String name, int axis, long otherwise) {
    var info = tensors.get(name);
    return info != null && info.shape().length > axis ? info.shape()[axis] : otherwise;
  }
}
