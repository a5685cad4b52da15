package org.pellucid.models.nn;

import static org.pellucid.models.ModelFileException.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;

/**
 * Infers a network's architecture from the names and shapes of its parameters.
 *
 * <p>PyTorch numbers the modules of a {@code Sequential}, and modules without parameters leave
 * gaps: after a convolution and its batch normalisation the first missing number is a ReLU and a
 * second one a 2×2 max pooling; between two linear layers the first is a ReLU and a second one a
 * dropout. What follows the last convolution leaves no gap that could be counted, so the number of
 * features that the first linear layer takes decides. This covers the food classifiers of the
 * homework (2021, 2022 and the one that is explained); anything else needs a description.
 */
final class ArchitectureInference {
  static final Pattern PARAMETER = Pattern.compile("(.*?)\\.?(\\d+)\\.(\\w+)");

  /** The image size of the homework's networks, preferred where the parameters allow several. */
  private static final int USUAL_SIZE = 128;

  private final ParameterSource parameters;
  private final List<LayerDescription> layers = new ArrayList<>();
  private int shrinkage = 1;
  private long channels;

  private ArchitectureInference(ParameterSource parameters) {
    this.parameters = parameters;
  }

  /**
   * The architecture that the parameters belong to.
   *
   * @throws ModelFileException if the names don't tell
   */
  static NetworkDescription infer(ParameterSource parameters) {
    return new ArchitectureInference(parameters).describe();
  }

  private NetworkDescription describe() {
    var containers = containers();
    check(
        containers.size() == 2,
        "The architecture can't be inferred from the names in %s, which form %s; "
            + UnknownArchitecture.REMEDY,
        parameters.origin(),
        containers.keySet());
    var names = List.copyOf(containers.keySet());
    describeConvolutions(names.get(0), containers.get(names.get(0)));
    var linear = containers.get(names.get(1));
    var side = describeLastPooling(names.get(0), names.get(1) + "." + linear.first());
    layers.add(new LayerDescription("flatten", new LayerKind.Flatten()));
    describeLinear(names.get(1), linear);
    return new NetworkDescription(0, side, side, layers);
  }

  private Map<String, TreeSet<Integer>> containers() {
    var containers = new LinkedHashMap<String, TreeSet<Integer>>();
    for (var name : parameters.names()) {
      var matcher = PARAMETER.matcher(name);
      check(
          matcher.matches(),
          "The parameter %s in %s has no layer number; " + UnknownArchitecture.REMEDY,
          name,
          parameters.origin());
      containers
          .computeIfAbsent(matcher.group(1), _ -> new TreeSet<>())
          .add(Integer.parseInt(matcher.group(2)));
    }
    return containers;
  }

  private void describeConvolutions(String container, TreeSet<Integer> numbers) {
    var next = 0;
    for (var number : numbers) {
      describeGap(container, next, number);
      var name = container + "." + number;
      if (parameters.names().contains(name + ".running_mean")) {
        layers.add(
            new LayerDescription(
                name, new LayerKind.BatchNorm(LayerKind.BatchNorm.PYTORCH_EPSILON)));
      } else {
        var weight = parameters.shape(name + ".weight");
        check(
            weight.length == 4,
            "%s.weight in %s is not a convolution; " + UnknownArchitecture.REMEDY,
            name,
            parameters.origin());
        channels = weight[0];
        var padding = (int) weight[2] / 2;
        layers.add(new LayerDescription(name, LayerKind.Convolution.padded(padding)));
      }
      next = number + 1;
    }
    layers.add(new LayerDescription(container + "." + next, new LayerKind.Relu()));
  }

  private void describeGap(String container, int from, int to) {
    for (var number = from; number < to; number++) {
      var name = container + "." + number;
      switch (number - from) {
        case 0 -> layers.add(new LayerDescription(name, new LayerKind.Relu()));
        case 1 -> addPooling(name, 2);
        default ->
            check(
                false,
                "%s in %s has no parameters and no known place; " + UnknownArchitecture.REMEDY,
                name,
                parameters.origin());
      }
    }
  }

  private void addPooling(String name, int size) {
    layers.add(
        new LayerDescription(name, new LayerKind.MaxPool(SlidingWindow.square(size, size, 0))));
    shrinkage *= size;
  }

  private int describeLastPooling(String container, String firstLinear) {
    var shape = parameters.shape(firstLinear + ".weight");
    check(
        shape.length == 2,
        "%s.weight in %s is not a linear layer; " + UnknownArchitecture.REMEDY,
        firstLinear,
        parameters.origin());
    var features = shape[1];
    var side = Math.round(Math.sqrt((double) features / channels));
    check(
        side * side * channels == features,
        "%s in %s takes %d features, which don't make a square image of %d channels; "
            + UnknownArchitecture.REMEDY,
        firstLinear,
        parameters.origin(),
        features,
        channels);
    var last = layers.getLast().name();
    var name = container + "." + (Integer.parseInt(last.substring(last.lastIndexOf('.') + 1)) + 1);
    var size = side * shrinkage * 4 == USUAL_SIZE ? 4 : side * shrinkage == USUAL_SIZE ? 1 : 2;
    if (size > 1) {
      addPooling(name, size);
    }
    return Math.toIntExact(side * shrinkage);
  }

  private void describeLinear(String container, TreeSet<Integer> numbers) {
    var next = numbers.first();
    for (var number : numbers) {
      for (var gap = next; gap < number; gap++) {
        var kind =
            gap.equals(next)
                ? new LayerKind.Relu()
                : new LayerKind.Dropout(LayerKind.Dropout.PYTORCH_PROBABILITY);
        layers.add(new LayerDescription(container + "." + gap, kind));
      }
      layers.add(
          new LayerDescription(
              container + "." + number, new LayerKind.Linear(0, Optional.empty())));
      next = number + 1;
    }
  }
}
