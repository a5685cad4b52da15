package org.pellucid.models.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.models.onnx.NodePattern.Match;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphNode;

/**
 * Finds depthwise convolutions of images with a 1×1 convolution before them, after them or both,
 * which the engine computes band by band where nobody wants the images between.
 *
 * <p>The node that takes their place has the depthwise convolution's attributes, and as inputs the
 * image and then a weight and a bias for each of three convolutions, empty names for those that
 * aren't there.
 */
final class ConvolutionChainPattern {
  /**
   * The operation of the node that takes the place of the others; no file has a name with spaces.
   */
  static final String OPERATION = "Conv chain";

  /** The ordinals of the rectifiers after the three convolutions. */
  static final String RECTIFIERS = "then rectifiers";

  private static final List<String> ABSENT = List.of("", "");

  private ConvolutionChainPattern() {}

  /** A chain that ends in a 1×1 convolution. */
  static Optional<Match> separable(NodePattern pattern, GraphNode last) {
    if (!isPointwise(pattern, last)) {
      return Optional.empty();
    }
    return pattern
        .producer(last.inputs().getFirst(), "Conv")
        .filter(node -> isDepthwise(pattern, node))
        .map(depthwise -> match(before(pattern, depthwise), depthwise, Optional.of(last)));
  }

  /** A chain that ends in a depthwise convolution. */
  static Optional<Match> expanded(NodePattern pattern, GraphNode last) {
    return isDepthwise(pattern, last)
        ? before(pattern, last).map(first -> match(Optional.of(first), last, Optional.empty()))
        : Optional.empty();
  }

  private static Optional<GraphNode> before(NodePattern pattern, GraphNode depthwise) {
    return pattern
        .producer(depthwise.inputs().getFirst(), "Conv")
        .filter(node -> isPointwise(pattern, node))
        .filter(node -> pattern.isClosed(depthwise, List.of(node)));
  }

  private static boolean isPointwise(NodePattern pattern, GraphNode node) {
    return weightShape(pattern, node)
        .filter(
            shape ->
                shape[2] == 1
                    && shape[3] == 1
                    && whole(node, "group") == 1
                    && areAll(node, "strides", 1)
                    && areAll(node, "pads", 0))
        .isPresent();
  }

  private static boolean isDepthwise(NodePattern pattern, GraphNode node) {
    return weightShape(pattern, node)
        .filter(
            shape ->
                shape[0] > 1 && shape[1] == 1 && whole(node, "group") == shape[0] && isEven(node))
        .isPresent();
  }

  /** The weight of a convolution of images whose weight and bias are constants. */
  private static Optional<long[]> weightShape(NodePattern pattern, GraphNode node) {
    if (!NodePattern.is(node, "Conv")
        || node.inputs().size() < 2
        || node.inputs().size() > 2 && pattern.constant(node.inputs().get(2)).isEmpty()) {
      return Optional.empty();
    }
    return pattern
        .constant(node.inputs().get(1))
        .map(NumericArray::shape)
        .filter(shape -> shape.length == 4);
  }

  /** Whether the padding is given, and the same on both sides. */
  private static boolean isEven(GraphNode node) {
    var padding =
        node.attributes().getOrDefault("pads", new Attribute.Wholes(List.of(0L, 0L, 0L, 0L)));
    var mode = node.attributes().getOrDefault("auto_pad", new Attribute.Text("NOTSET"));
    return mode.equals(new Attribute.Text("NOTSET"))
        && padding instanceof Attribute.Wholes(var pads)
        && pads.size() == 4
        && pads.stream().allMatch(pad -> pad >= 0)
        && pads.subList(0, 2).equals(pads.subList(2, 4));
  }

  private static long whole(GraphNode node, String name) {
    return node.attributes().getOrDefault(name, new Attribute.Whole(1))
            instanceof Attribute.Whole(var value)
        ? value
        : -1;
  }

  private static boolean areAll(GraphNode node, String name, long value) {
    return !(node.attributes().get(name) instanceof Attribute.Wholes(var values))
        || values.stream().allMatch(each -> each == value);
  }

  private static Match match(
      Optional<GraphNode> first, GraphNode depthwise, Optional<GraphNode> third) {
    var inputs = new ArrayList<String>();
    inputs.add(first.orElse(depthwise).inputs().getFirst());
    inputs.addAll(first.map(ConvolutionChainPattern::parameters).orElse(ABSENT));
    inputs.addAll(parameters(depthwise));
    inputs.addAll(third.map(ConvolutionChainPattern::parameters).orElse(ABSENT));
    var rectifiers =
        Stream.of(first, Optional.of(depthwise), third)
            .map(node -> node.map(ConvolutionChainPattern::rectifier).orElse(0L))
            .toList();
    var attributes = new HashMap<>(depthwise.attributes());
    attributes.remove(Fusions.RECTIFIER);
    attributes.put(RECTIFIERS, new Attribute.Wholes(rectifiers));
    var last = third.orElse(depthwise);
    var inner = new ArrayList<GraphNode>();
    first.ifPresent(inner::add);
    third.ifPresent(_ -> inner.add(depthwise));
    var name = List.of(last.outputs().getFirst());
    return new Match(
        last, inner, new GraphNode(last.name(), OPERATION, "", inputs, name, attributes));
  }

  private static List<String> parameters(GraphNode node) {
    return List.of(node.inputs().get(1), node.inputs().size() > 2 ? node.inputs().get(2) : "");
  }

  private static long rectifier(GraphNode node) {
    return node.attributes().get(Fusions.RECTIFIER) instanceof Attribute.Whole(var ordinal)
        ? ordinal
        : Rectifier.NONE.ordinal();
  }
}
