package org.pellucid.models.nn;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Networks of one convolution after another: VGG (Simonyan and Zisserman, 2015) and AlexNet
 * (Krizhevsky, 2014) as torchvision has them.
 */
final class PlainNetworks {
  private static final int POOLED = 7;

  /** How many convolutions there are before each pooling. */
  private static final Map<List<Integer>, String> STAGES =
      Map.of(
          List.of(1, 1, 2, 2, 2), "VGG-11",
          List.of(2, 2, 2, 2, 2), "VGG-13",
          List.of(2, 2, 3, 3, 3), "VGG-16",
          List.of(2, 2, 4, 4, 4), "VGG-19");

  private PlainNetworks() {}

  static Optional<PublishedNetwork> recognise(ParameterSource parameters) {
    return isAlexNet(parameters)
        ? Optional.of(alexNet())
        : STAGES.keySet().stream().flatMap(stages -> vgg(parameters, stages).stream()).findFirst();
  }

  private static boolean hasLinear(ParameterSource parameters, int... numbers) {
    var names = parameters.names();
    for (var number : numbers) {
      if (!names.contains("classifier." + number + ".weight")) {
        return false;
      }
    }
    return names.stream().filter(n -> n.startsWith("classifier.") && n.endsWith(".weight")).count()
        == numbers.length;
  }

  private static boolean isAlexNet(ParameterSource parameters) {
    return PublishedNetworks.isConvolution(parameters, "features.0", 11)
        && PublishedNetworks.isConvolution(parameters, "features.3", 5)
        && PublishedNetworks.isConvolution(parameters, "features.10", 3)
        && hasLinear(parameters, 1, 4, 6);
  }

  private static PublishedNetwork alexNet() {
    var layers = new LayerSequence();
    layers.convolution("features.0", 4, 2).relu("features.1").maxPool("features.2", 3, 2, 0);
    layers.convolution("features.3", 1, 2).relu("features.4").maxPool("features.5", 3, 2, 0);
    layers.convolution("features.6", 1, 1).relu("features.7");
    layers.convolution("features.8", 1, 1).relu("features.9");
    layers.convolution("features.10", 1, 1).relu("features.11").maxPool("features.12", 3, 2, 0);
    layers.pooled(6).dropout("classifier.0", LayerKind.Dropout.PYTORCH_PROBABILITY);
    layers.linear("classifier.1").relu("classifier.2");
    layers.dropout("classifier.3", LayerKind.Dropout.PYTORCH_PROBABILITY);
    layers.linear("classifier.4").relu("classifier.5").linear("classifier.6");
    return layers.as("AlexNet");
  }

  /** The network of these stages, if the parameters are its own. */
  private static Optional<PublishedNetwork> vgg(ParameterSource parameters, List<Integer> stages) {
    var normalised = parameters.names().contains("features.1.running_mean");
    var layers = new LayerSequence();
    var number = 0;
    for (var count : stages) {
      for (var i = 0; i < count; i++) {
        if (!PublishedNetworks.isConvolution(parameters, "features." + number, 3)) {
          return Optional.empty();
        }
        layers.convolution("features." + number++, 1, 1);
        if (normalised) {
          layers.batchNorm("features." + number++);
        }
        layers.relu("features." + number++);
      }
      layers.maxPool("features." + number++, 2, 2, 0);
    }
    if (PublishedNetworks.hasModule(parameters, "features." + number + ".")
        || !hasLinear(parameters, 0, 3, 6)
        || !takesPooled(parameters, number - (normalised ? 4 : 3))) {
      return Optional.empty();
    }
    layers.pooled(POOLED).linear("classifier.0").relu("classifier.1");
    layers.dropout("classifier.2", LayerKind.Dropout.PYTORCH_PROBABILITY);
    layers.linear("classifier.3").relu("classifier.4");
    layers.dropout("classifier.5", LayerKind.Dropout.PYTORCH_PROBABILITY).linear("classifier.6");
    return Optional.of(
        layers.as(STAGES.get(stages) + (normalised ? " with batch normalisation" : "")));
  }

  /** Whether the classifier takes 7 by 7 pixels of the last convolution's channels. */
  private static boolean takesPooled(ParameterSource parameters, int last) {
    var taken = PublishedNetworks.axis(parameters, "classifier.0.weight", 1);
    var given = PublishedNetworks.axis(parameters, "features." + last + ".weight", 0);
    return taken == given * POOLED * POOLED;
  }
}
