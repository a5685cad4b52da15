package org.pellucid.models.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Residual networks (He et al., 2016), wide ones (Zagoruyko and Komodakis, 2016) and those with
 * groups (Xie et al., 2017), as torchvision has them: the stride of a bottleneck is in its 3×3
 * convolution.
 */
final class ResidualNetworks {
  private static final Map<List<Integer>, String> BASIC =
      Map.of(List.of(2, 2, 2, 2), "ResNet-18", List.of(3, 4, 6, 3), "ResNet-34");
  private static final Map<List<Integer>, String> BOTTLENECKS =
      Map.of(
          List.of(3, 4, 6, 3), "ResNet-50",
          List.of(3, 4, 23, 3), "ResNet-101",
          List.of(3, 8, 36, 3), "ResNet-152");

  private ResidualNetworks() {}

  static Optional<PublishedNetwork> recognise(ParameterSource parameters) {
    var isTorchvisions =
        PublishedNetworks.isConvolution(parameters, "conv1", 7)
            && PublishedNetworks.hasModule(parameters, "bn1.")
            && PublishedNetworks.hasModule(parameters, "layer1.0.conv2.")
            && parameters.names().contains("fc.weight");
    return isTorchvisions ? Optional.of(network(parameters)) : Optional.empty();
  }

  private static PublishedNetwork network(ParameterSource parameters) {
    var layers = new LayerSequence();
    layers.convolution("conv1", 2, 3).batchNorm("bn1").relu("relu").maxPool("maxpool", 3, 2, 1);
    var counts = new ArrayList<Integer>();
    var stages = PublishedNetworks.count(parameters, "layer", 1);
    for (var stage = 1; stage <= stages; stage++) {
      var module = "layer" + stage + ".";
      counts.add(PublishedNetworks.count(parameters, module, 0));
      for (var block = 0; block < counts.getLast(); block++) {
        addBlock(layers, parameters, module + block, stage > 1 && block == 0 ? 2 : 1);
      }
    }
    layers.pooled(1).linear("fc");
    return layers.as(name(parameters, counts));
  }

  private static void addBlock(
      LayerSequence layers, ParameterSource parameters, String block, int stride) {
    var before = layers.last();
    if (isBottleneck(parameters, block)) {
      layers.convolution(block + ".conv1", 1, 0).batchNorm(block + ".bn1").relu(block + ".relu1");
      layers.convolution(block + ".conv2", stride, 1);
      layers.batchNorm(block + ".bn2").relu(block + ".relu2");
      layers.convolution(block + ".conv3", 1, 0).batchNorm(block + ".bn3");
    } else {
      layers.convolution(block + ".conv1", stride, 1);
      layers.batchNorm(block + ".bn1").relu(block + ".relu1");
      layers.convolution(block + ".conv2", 1, 1).batchNorm(block + ".bn2");
    }
    var branch = layers.last();
    var shortcut = before;
    if (PublishedNetworks.hasModule(parameters, block + ".downsample.")) {
      layers.convolution(block + ".downsample.0", stride, 0, before);
      layers.batchNorm(block + ".downsample.1");
      shortcut = layers.last();
    }
    layers.sum(block + ".sum", branch, shortcut).relu(block);
  }

  private static boolean isBottleneck(ParameterSource parameters, String block) {
    return PublishedNetworks.hasModule(parameters, block + ".conv3.");
  }

  private static String name(ParameterSource parameters, List<Integer> counts) {
    if (!isBottleneck(parameters, "layer1.0")) {
      return BASIC.getOrDefault(counts, "a ResNet");
    }
    var name = BOTTLENECKS.getOrDefault(counts, "a ResNet");
    var outer = PublishedNetworks.axis(parameters, "layer1.0.conv3.weight", 0);
    var inner = PublishedNetworks.axis(parameters, "layer1.0.conv2.weight", 0);
    if (PublishedNetworks.axis(parameters, "layer1.0.conv2.weight", 1) < inner) {
      return name.replace("ResNet", "ResNeXt");
    }
    // A bottleneck is a quarter as wide as what it gives, a wide one half.
    return 4 * inner > outer ? name.replace("ResNet", "Wide ResNet") : name;
  }
}
