package org.pellucid.models.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** DenseNets (Huang et al., 2017) as torchvision has them. */
final class DenseNetworks {
  private static final Map<List<Integer>, String> NAMES =
      Map.of(
          List.of(6, 12, 24, 16), "DenseNet-121",
          List.of(6, 12, 36, 24), "DenseNet-161",
          List.of(6, 12, 32, 32), "DenseNet-169",
          List.of(6, 12, 48, 32), "DenseNet-201");

  /** Files of torchvision before version 0.3 write {@code norm.1} for {@code norm1}. */
  private static final Pattern OLD_NAME =
      Pattern.compile("(.*denselayer\\d+\\.(?:norm|relu|conv))\\.([12]\\..*)");

  private DenseNetworks() {}

  /** The name that a parameter has today. */
  static String presentName(String name) {
    var old = OLD_NAME.matcher(name);
    return old.matches() ? old.group(1) + old.group(2) : name;
  }

  static Optional<PublishedNetwork> recognise(ParameterSource parameters) {
    var isTorchvisions =
        PublishedNetworks.isConvolution(parameters, "features.conv0", 7)
            && PublishedNetworks.hasModule(parameters, "features.norm5.")
            && parameters.names().contains("classifier.weight");
    return isTorchvisions ? Optional.of(network(parameters)) : Optional.empty();
  }

  private static PublishedNetwork network(ParameterSource parameters) {
    var layers = new LayerSequence();
    layers.convolution("features.conv0", 2, 3).batchNorm("features.norm0");
    layers.relu("features.relu0").maxPool("features.pool0", 3, 2, 1);
    var counts = new ArrayList<Integer>();
    var blocks = PublishedNetworks.count(parameters, "features.denseblock", 1);
    for (var number = 1; number <= blocks; number++) {
      var block = "features.denseblock" + number;
      counts.add(PublishedNetworks.count(parameters, block + ".denselayer", 1));
      for (var layer = 1; layer <= counts.getLast(); layer++) {
        var joined = layer == counts.getLast() ? block : block + ".joined" + layer;
        addLayer(layers, block + ".denselayer" + layer, joined);
      }
      if (number < blocks) {
        var transition = "features.transition" + number;
        layers.batchNorm(transition + ".norm").relu(transition + ".relu");
        layers.convolution(transition + ".conv", 1, 0).averagePool(transition + ".pool", 2);
      }
    }
    layers.batchNorm("features.norm5").relu("relu").pooled(1).linear("classifier");
    return layers.as(NAMES.getOrDefault(counts, "a DenseNet"));
  }

  /** Joins what the layer makes of everything before to everything before. */
  private static void addLayer(LayerSequence layers, String layer, String joined) {
    var before = layers.last();
    layers.batchNorm(layer + ".norm1").relu(layer + ".relu1").convolution(layer + ".conv1", 1, 0);
    layers.batchNorm(layer + ".norm2").relu(layer + ".relu2").convolution(layer + ".conv2", 1, 1);
    layers.both(joined, before, layer + ".conv2");
  }
}
