package org.pellucid.models.nn;

import java.util.Optional;

/** MobileNet-v2 (Sandler et al., 2018) as torchvision has it, of any width. */
final class MobileNetworks {
  /** The strides of the inverted residual blocks, of which the first is number 1. */
  private static final int[] STRIDES = {1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1};

  private static final double DROPOUT = 0.2;

  private MobileNetworks() {}

  static Optional<PublishedNetwork> recognise(ParameterSource parameters) {
    // The first and the last module are convolutions, with the blocks between them.
    var modules = PublishedNetworks.count(parameters, "features.", 0);
    var isTorchvisions =
        modules == STRIDES.length + 2
            && PublishedNetworks.isConvolution(parameters, "features.0.0", 3)
            && PublishedNetworks.isConvolution(parameters, "features.2.conv.2", 1)
            && parameters.names().contains("classifier.1.weight");
    return isTorchvisions ? Optional.of(network(parameters)) : Optional.empty();
  }

  private static PublishedNetwork network(ParameterSource parameters) {
    var layers = new LayerSequence();
    layers.convolution("features.0.0", 2, 1).batchNorm("features.0.1").relu6("features.0.2");
    for (var block = 1; block <= STRIDES.length; block++) {
      addBlock(layers, parameters, "features." + block, STRIDES[block - 1]);
    }
    var last = "features." + (STRIDES.length + 1);
    layers.convolution(last + ".0", 1, 0).batchNorm(last + ".1").relu6(last + ".2");
    layers.pooled(1).dropout("classifier.0", DROPOUT).linear("classifier.1");
    return layers.as("MobileNet-v2");
  }

  private static void addBlock(
      LayerSequence layers, ParameterSource parameters, String block, int stride) {
    var before = layers.last();
    var module = block + ".conv.";
    var number = 0;
    var inputs = PublishedNetworks.axis(parameters, module + "0.0.weight", 0);
    if (PublishedNetworks.hasModule(parameters, module + "1.0.")) {
      inputs = PublishedNetworks.axis(parameters, module + "0.0.weight", 1);
      layers.convolution(module + "0.0", 1, 0).batchNorm(module + "0.1").relu6(module + "0.2");
      number = 1;
    }
    var depthwise = module + number;
    layers.convolution(depthwise + ".0", stride, 1);
    layers.batchNorm(depthwise + ".1").relu6(depthwise + ".2");
    var projection = module + (number + 1);
    layers.convolution(projection, 1, 0).batchNorm(module + (number + 2));
    var outputs = PublishedNetworks.axis(parameters, projection + ".weight", 0);
    if (stride == 1 && inputs == outputs) {
      layers.sum(block, before, layers.last());
    }
  }
}
