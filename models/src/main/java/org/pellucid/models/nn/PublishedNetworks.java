package org.pellucid.models.nn;

import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Function;

/** Recognises networks by the names that torchvision gives their parameters. */
final class PublishedNetworks {
  /**
   * A family of networks.
   *
   * @param sign a parameter that each has, by which what stands before all names is found
   */
  private record Family(
      String sign, Function<ParameterSource, Optional<PublishedNetwork>> recognition) {}

  private static final List<Family> FAMILIES =
      List.of(
          new Family("layer1.0.conv1.weight", ResidualNetworks::recognise),
          new Family("features.denseblock1.denselayer1.conv1.weight", DenseNetworks::recognise),
          new Family("features.1.conv.0.0.weight", MobileNetworks::recognise),
          new Family("features.0.weight", PlainNetworks::recognise));

  private PublishedNetworks() {}

  /** The network whose parameters these are, under torchvision's names. */
  static Optional<PublishedNetwork> recognise(ParameterSource parameters) {
    return FAMILIES.stream()
        .filter(family -> parameters.names().contains(family.sign()))
        .findFirst()
        .flatMap(family -> family.recognition().apply(parameters))
        .map(network -> withChannels(network, parameters));
  }

  /** A network's images have the channels that its first convolution takes. */
  private static PublishedNetwork withChannels(
      PublishedNetwork network, ParameterSource parameters) {
    var found = network.description();
    var first = found.layers().getFirst().name() + ".weight";
    return new PublishedNetwork(
        network.name(),
        new NetworkDescription(
            Math.toIntExact(axis(parameters, first, 1)),
            found.inputHeight(),
            found.inputWidth(),
            found.layers()));
  }

  /** What may stand before all names, by the parameters that tell families. */
  static List<String> prefixes(SequencedSet<String> names) {
    return FAMILIES.stream()
        .flatMap(
            family ->
                names.stream()
                    .filter(name -> name.endsWith(family.sign()))
                    .map(name -> name.substring(0, name.length() - family.sign().length())))
        .filter(prefix -> prefix.isEmpty() || prefix.endsWith("."))
        .distinct()
        .toList();
  }

  /** Whether a parameter is a weight of a square convolution of this size. */
  static boolean isConvolution(ParameterSource parameters, String layer, int size) {
    var name = layer + ".weight";
    return axis(parameters, name, 2) == size && axis(parameters, name, 3) == size;
  }

  /** The size of a parameter along an axis; 0 where there is none. */
  static long axis(ParameterSource parameters, String name, int axis) {
    var shape = parameters.names().contains(name) ? parameters.shape(name) : new long[0];
    return axis < shape.length ? shape[axis] : 0;
  }

  /** How many numbers from a first on name modules under a prefix. */
  static int count(ParameterSource parameters, String prefix, int first) {
    var number = first;
    while (hasModule(parameters, prefix + number + ".")) {
      number++;
    }
    return number - first;
  }

  static boolean hasModule(ParameterSource parameters, String prefix) {
    return parameters.names().stream().anyMatch(name -> name.startsWith(prefix));
  }
}
