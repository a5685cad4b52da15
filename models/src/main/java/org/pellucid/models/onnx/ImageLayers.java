package org.pellucid.models.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphNode;

/**
 * The values of a graph that are layers of an image model: those on the way from the image to the
 * output that are images themselves or rows and tables of features. A value with four axes is an
 * image where its axes go back to the image's own or a convolution's; attention between tokens has
 * four axes, too, and is none.
 *
 * @param names in the order in which they are computed
 * @param channelsLast those images whose channels are last in the graph's own order
 */
record ImageLayers(List<String> names, Set<String> channelsLast) {
  /** The order of an image's axes in a graph. */
  private enum Order {
    CHANNELS_FIRST,
    CHANNELS_LAST
  }

  private static final List<Long> TO_FIRST = List.of(0L, 3L, 1L, 2L);
  private static final List<Long> TO_LAST = List.of(0L, 2L, 3L, 1L);

  /** Operators whose results are images with their channels first, whatever came before. */
  private static final Set<String> OF_IMAGES =
      Set.of(
          "Conv",
          "ConvTranspose",
          "MaxPool",
          "AveragePool",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "BatchNormalization",
          "InstanceNormalization",
          "LRN",
          "DepthToSpace",
          "SpaceToDepth");

  /** Operators after which axes mean something else than before. */
  private static final Set<String> REARRANGING =
      Set.of(
          "Reshape",
          "Flatten",
          "Squeeze",
          "Unsqueeze",
          "Gather",
          "GatherElements",
          "GatherND",
          "ScatterElements",
          "ScatterND",
          "Einsum",
          "Gemm",
          "Expand",
          "Tile",
          "TopK");

  /**
   * The layers between two values.
   *
   * @param nodes that lead from the image to the output, in order
   * @param shapes of the values, for one image, as a run found them
   */
  static ImageLayers of(
      List<GraphNode> nodes, String image, boolean channelsLast, Map<String, long[]> shapes) {
    Map<String, Order> orders = new LinkedHashMap<>();
    orders.put(image, channelsLast ? Order.CHANNELS_LAST : Order.CHANNELS_FIRST);
    var reached = new HashSet<>(Set.of(image));
    var names = new ArrayList<String>();
    for (var node : nodes) {
      if (node.inputs().stream().noneMatch(reached::contains)) {
        continue;
      }
      for (var name : node.outputs()) {
        if (!name.isEmpty() && shapes.containsKey(name)) {
          reached.add(name);
          var shape = shapes.get(name);
          if (shape.length == 4) {
            order(node, orders, shapes).ifPresent(order -> orders.put(name, order));
          }
          if (shape.length >= 2 && (shape.length != 4 || orders.containsKey(name))) {
            names.add(name);
          }
        }
      }
    }
    var last = new HashSet<String>();
    orders.forEach(
        (name, order) -> {
          if (order == Order.CHANNELS_LAST) {
            last.add(name);
          }
        });
    return new ImageLayers(List.copyOf(names), Set.copyOf(last));
  }

  private static Optional<Order> order(
      GraphNode node, Map<String, Order> orders, Map<String, long[]> shapes) {
    if (OF_IMAGES.contains(node.operation())) {
      return Optional.of(Order.CHANNELS_FIRST);
    }
    if (REARRANGING.contains(node.operation())) {
      return Optional.empty();
    }
    var before =
        node.inputs().stream().flatMap(name -> Optional.ofNullable(orders.get(name)).stream());
    return switch (node.operation()) {
      case "Transpose" -> before.findFirst().flatMap(order -> transposed(node, order));
      case "MatMul" ->
          // A product with a matrix mixes the last axis alone, as a linear layer of each place
          // does.
          before
              .findFirst()
              .filter(order -> order == Order.CHANNELS_LAST)
              .filter(_ -> !shapes.containsKey(node.inputs().getLast()));
      default -> before.findFirst();
    };
  }

  private static Optional<Order> transposed(GraphNode node, Order order) {
    if (!(node.attributes().get("perm") instanceof Attribute.Wholes(var axes))) {
      return Optional.empty();
    }
    if (order == Order.CHANNELS_LAST && axes.equals(TO_FIRST)) {
      return Optional.of(Order.CHANNELS_FIRST);
    }
    return order == Order.CHANNELS_FIRST && axes.equals(TO_LAST)
        ? Optional.of(Order.CHANNELS_LAST)
        : Optional.empty();
  }
}
