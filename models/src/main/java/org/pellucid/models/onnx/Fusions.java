package org.pellucid.models.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.models.onnx.NodePattern.Match;
import org.pellucid.weights.DType;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphNode;

/**
 * Puts several nodes into one that the engine does in one step: the error function's form of GELU,
 * attention, layer normalisation written out, a product with the bias added to it, batch
 * normalisation in the weights of the convolution before it, and the ReLU or ReLU6 after a
 * convolution.
 *
 * <p>Values inside of a group are never computed then; names that somebody wants to hear or replace
 * stay out of all groups.
 */
final class Fusions {
  /** An attribute that no file can give to a convolution, since names have no spaces there. */
  static final String RECTIFIER = "then rectifier";

  private final Function<String, Optional<NumericArray>> constants;
  private final Set<String> kept;
  private final Map<String, NumericArray> made = new LinkedHashMap<>();

  Fusions(Function<String, Optional<NumericArray>> constants, Set<String> kept) {
    this.constants = name -> Optional.ofNullable(made.get(name)).or(() -> constants.apply(name));
    this.kept = kept;
  }

  /** The nodes, some of them put together. */
  List<GraphNode> apply(List<GraphNode> nodes) {
    return apply(
        List.of(
            Fusions::gelu,
            AttentionPattern::find,
            Fusions::layerNormalisation,
            Fusions::bias,
            this::batchNormalisation,
            Fusions::rectifier),
        nodes);
  }

  /** The nodes, with convolutions put together as well, of which no rule can concern one alone. */
  List<GraphNode> applyWithChains(List<GraphNode> nodes) {
    return apply(
        List.of(ConvolutionChainPattern::separable, ConvolutionChainPattern::expanded),
        apply(nodes));
  }

  private List<GraphNode> apply(
      List<BiFunction<NodePattern, GraphNode, Optional<Match>>> rules, List<GraphNode> nodes) {
    var result = nodes;
    for (var rule : rules) {
      result = apply(rule, result);
    }
    return result;
  }

  /** New constants by name, such as weights with a batch normalisation in them. */
  Map<String, NumericArray> constants() {
    return made;
  }

  private List<GraphNode> apply(
      BiFunction<NodePattern, GraphNode, Optional<Match>> rule, List<GraphNode> nodes) {
    var pattern = new NodePattern(nodes, constants, kept);
    var taken = new HashSet<GraphNode>();
    var fused = new HashMap<GraphNode, GraphNode>();
    for (var node : nodes) {
      var match =
          rule.apply(pattern, node)
              .filter(found -> pattern.isClosed(found.last(), found.inner()))
              .filter(found -> found.inner().stream().noneMatch(taken::contains))
              .filter(found -> !taken.contains(found.last()));
      match.ifPresent(
          found -> {
            taken.addAll(found.inner());
            taken.add(found.last());
            fused.put(found.last(), found.fused());
          });
    }
    return nodes.stream()
        .filter(node -> fused.containsKey(node) || !taken.contains(node))
        .map(node -> fused.getOrDefault(node, node))
        .toList();
  }

  private static GraphNode node(
      GraphNode last, String operation, List<String> inputs, Map<String, Attribute> attributes) {
    return new GraphNode(
        last.name(), operation, "", inputs, List.of(last.outputs().getFirst()), attributes);
  }

  /** {@code x · (1 + erf(x / √2)) · 0.5}, its three factors in any order. */
  private static Optional<Match> gelu(NodePattern pattern, GraphNode last) {
    if (!NodePattern.is(last, "Mul") || last.inputs().size() != 2) {
      return Optional.empty();
    }
    for (var i = 0; i < 2; i++) {
      var inner = pattern.producer(last.inputs().get(i), "Mul");
      if (inner.isPresent() && inner.get().inputs().size() == 2) {
        var factors = new ArrayList<>(inner.get().inputs());
        factors.add(last.inputs().get(1 - i));
        var match = gelu(pattern, last, inner.get(), factors);
        if (match.isPresent()) {
          return match;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Match> gelu(
      NodePattern pattern, GraphNode last, GraphNode product, List<String> factors) {
    var half = factors.stream().filter(name -> pattern.isAbout(name, 0.5)).findFirst();
    var sum =
        factors.stream()
            .flatMap(name -> pattern.producer(name, "Add").stream())
            .filter(add -> errorFunction(pattern, add).isPresent())
            .findFirst();
    if (half.isEmpty() || sum.isEmpty()) {
      return Optional.empty();
    }
    factors.remove(half.get());
    factors.remove(sum.get().outputs().getFirst());
    if (factors.size() != 1) {
      return Optional.empty();
    }
    var erf = errorFunction(pattern, sum.get());
    var x = factors.getFirst();
    var argument = erf.get().inputs().getFirst();
    var quotient =
        pattern
            .producer(argument, "Div")
            .filter(node -> pattern.isAbout(node.inputs().get(1), Math.sqrt(2)))
            .or(
                () ->
                    pattern
                        .producer(argument, "Mul")
                        .filter(node -> pattern.besides(node, Math.sqrt(0.5)).isPresent()))
            .filter(node -> node.inputs().contains(x));
    return quotient.map(
        node ->
            new Match(
                last,
                List.of(product, sum.get(), erf.get(), node),
                node(last, "Gelu", List.of(x), Map.of())));
  }

  /** The error function to which 1 is added. */
  private static Optional<GraphNode> errorFunction(NodePattern pattern, GraphNode sum) {
    return pattern.besides(sum, 1).flatMap(name -> pattern.producer(name, "Erf"));
  }

  /** {@code (x − μ) / √(σ² + ε) · γ + β} over the last axis. */
  private static Optional<Match> layerNormalisation(NodePattern pattern, GraphNode last) {
    if (!NodePattern.is(last, "Add")) {
      return Optional.empty();
    }
    var scaled = inputFrom(pattern, last, "Mul");
    var divided = scaled.flatMap(node -> inputFrom(pattern, node, "Div"));
    if (divided.isEmpty()) {
      return Optional.empty();
    }
    var beta = other(last, scaled.get().outputs().getFirst());
    var gamma = other(scaled.get(), divided.get().outputs().getFirst());
    var centred = pattern.producer(divided.get().inputs().get(0), "Sub");
    var root = pattern.producer(divided.get().inputs().get(1), "Sqrt");
    var moved = root.flatMap(node -> pattern.producer(node.inputs().getFirst(), "Add"));
    if (centred.isEmpty() || moved.isEmpty() || !isRow(pattern, gamma) || !isRow(pattern, beta)) {
      return Optional.empty();
    }
    var variance =
        inputFrom(pattern, moved.get(), "ReduceMean").filter(m -> isOverLast(pattern, m));
    var epsilon =
        variance.map(node -> pattern.scalar(other(moved.get(), node.outputs().getFirst())));
    var square = variance.flatMap(node -> square(pattern, node.inputs().getFirst()));
    var x = centred.get().inputs().get(0);
    var mean =
        pattern
            .producer(centred.get().inputs().get(1), "ReduceMean")
            .filter(node -> isOverLast(pattern, node) && node.inputs().getFirst().equals(x));
    if (square.isEmpty() || mean.isEmpty() || epsilon.isEmpty() || epsilon.get().isEmpty()) {
      return Optional.empty();
    }
    var inner = new ArrayList<GraphNode>();
    inner.addAll(List.of(scaled.get(), divided.get(), root.get(), moved.get(), variance.get()));
    inner.addAll(List.of(square.get(), mean.get(), centred.get()));
    var second = pattern.producer(square.get().inputs().getFirst(), "Sub").orElseThrow();
    if (second != centred.get()) {
      if (!second.inputs().equals(centred.get().inputs())) {
        return Optional.empty();
      }
      inner.add(second);
    }
    var epsilonAttribute = new Attribute.Number((float) epsilon.get().getAsDouble());
    return Optional.of(
        new Match(
            last,
            inner,
            node(
                last,
                "LayerNormalization",
                List.of(x, gamma, beta),
                Map.of("epsilon", epsilonAttribute))));
  }

  private static Optional<GraphNode> inputFrom(
      NodePattern pattern, GraphNode node, String operation) {
    return node.inputs().stream()
        .flatMap(name -> pattern.producer(name, operation).stream())
        .findFirst();
  }

  private static String other(GraphNode node, String name) {
    return node.inputs().get(0).equals(name) ? node.inputs().get(1) : node.inputs().get(0);
  }

  private static boolean isRow(NodePattern pattern, String name) {
    return pattern.constant(name).filter(array -> array.shape().length == 1).isPresent();
  }

  /** A mean over the last axis alone, which stays. */
  private static boolean isOverLast(NodePattern pattern, GraphNode mean) {
    var axes =
        mean.attributes().get("axes") instanceof Attribute.Wholes(var listed)
            ? Optional.of(listed.stream().mapToLong(Long::longValue).toArray())
            : mean.inputs().size() > 1
                ? pattern.constant(mean.inputs().get(1)).map(NumericArray::wholes)
                : Optional.<long[]>empty();
    var keeps =
        !mean.attributes()
            .getOrDefault("keepdims", new Attribute.Whole(1))
            .equals(new Attribute.Whole(0));
    return keeps && axes.isPresent() && Arrays.equals(axes.get(), new long[] {-1});
  }

  /** The square of a difference, as a power or as a product with itself. */
  private static Optional<GraphNode> square(NodePattern pattern, String name) {
    return pattern
        .producer(name, "Pow")
        .filter(node -> pattern.isAbout(node.inputs().get(1), 2))
        .or(
            () ->
                pattern
                    .producer(name, "Mul")
                    .filter(node -> node.inputs().get(0).equals(node.inputs().get(1))))
        .filter(node -> pattern.producer(node.inputs().getFirst(), "Sub").isPresent());
  }

  /** A product with a constant matrix and a row of constants added to it. */
  private static Optional<Match> bias(NodePattern pattern, GraphNode last) {
    if (!NodePattern.is(last, "Add")) {
      return Optional.empty();
    }
    var product = inputFrom(pattern, last, "MatMul");
    if (product.isEmpty()) {
      return Optional.empty();
    }
    var weight = pattern.constant(product.get().inputs().get(1));
    var row = other(last, product.get().outputs().getFirst());
    var fits =
        weight.isPresent()
            && weight.get().shape().length == 2
            && isRow(pattern, row)
            && pattern.constant(row).orElseThrow().elements() == weight.get().shape()[1];
    return fits
        ? Optional.of(
            new Match(
                last,
                List.of(product.get()),
                node(
                    last,
                    "Gemm",
                    List.of(product.get().inputs().get(0), product.get().inputs().get(1), row),
                    Map.of())))
        : Optional.empty();
  }

  /** {@code γ · (W ⋆ x + b − μ) / √(σ² + ε) + β} is a convolution with other weights. */
  private Optional<Match> batchNormalisation(NodePattern pattern, GraphNode last) {
    if (!NodePattern.is(last, "BatchNormalization") || last.inputs().size() != 5) {
      return Optional.empty();
    }
    var convolution = pattern.producer(last.inputs().getFirst(), "Conv");
    var statistics = last.inputs().subList(1, 5).stream().map(pattern::constant).toList();
    if (convolution.isEmpty() || statistics.stream().anyMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    var inputs = convolution.get().inputs();
    var weight = pattern.constant(inputs.get(1));
    var bias = inputs.size() > 2 ? pattern.constant(inputs.get(2)) : Optional.<NumericArray>empty();
    if (weight.isEmpty() || inputs.size() > 2 && bias.isEmpty()) {
      return Optional.empty();
    }
    var epsilon =
        last.attributes().get("epsilon") instanceof Attribute.Number(var stored)
            ? Double.parseDouble(Float.toString(stored))
            : 1e-5;
    var rows = statistics.stream().map(each -> each.orElseThrow().values()).toList();
    var factors = new double[rows.getFirst().length];
    Arrays.setAll(factors, k -> rows.get(0)[k] / Math.sqrt(rows.get(3)[k] + epsilon));
    var shifts = new double[factors.length];
    var before = bias.map(NumericArray::values).orElseGet(() -> new double[factors.length]);
    Arrays.setAll(shifts, k -> (before[k] - rows.get(2)[k]) * factors[k] + rows.get(1)[k]);
    var name = last.outputs().getFirst();
    made.put(name + " weight", scaled(weight.get(), factors));
    made.put(name + " bias", new NumericArray(DType.F64, new long[] {shifts.length}, shifts));
    return Optional.of(
        new Match(
            last,
            List.of(convolution.get()),
            node(
                last,
                "Conv",
                List.of(inputs.getFirst(), name + " weight", name + " bias"),
                convolution.get().attributes())));
  }

  private static NumericArray scaled(NumericArray weight, double[] factors) {
    var values = weight.values().clone();
    var width = values.length / factors.length;
    Arrays.setAll(values, i -> values[i] * factors[i / width]);
    return new NumericArray(DType.F64, weight.shape(), values);
  }

  private static Optional<Match> rectifier(NodePattern pattern, GraphNode last) {
    var rectifier = rectifierOf(pattern, last);
    if (!rectifier.isPresent()) {
      return Optional.empty();
    }
    return pattern
        .producer(last.inputs().getFirst(), "Conv")
        .filter(convolution -> !convolution.attributes().containsKey(RECTIFIER))
        .map(
            convolution -> {
              var attributes = new HashMap<>(convolution.attributes());
              attributes.put(RECTIFIER, new Attribute.Whole(rectifier.ordinal()));
              return new Match(
                  last, List.of(convolution), node(last, "Conv", convolution.inputs(), attributes));
            });
  }

  private static Rectifier rectifierOf(NodePattern pattern, GraphNode node) {
    if (NodePattern.is(node, "Relu")) {
      return Rectifier.RELU;
    }
    return NodePattern.is(node, "Clip")
            && bound(pattern, node, 1, "min").equals(OptionalDouble.of(0))
            && bound(pattern, node, 2, "max").equals(OptionalDouble.of(6))
        ? Rectifier.RELU6
        : Rectifier.NONE;
  }

  /** An attribute before version 11, then a constant. */
  private static OptionalDouble bound(
      NodePattern pattern, GraphNode clip, int position, String attribute) {
    if (position < clip.inputs().size()) {
      return pattern.scalar(clip.inputs().get(position));
    }
    return clip.attributes().get(attribute) instanceof Attribute.Number(var value)
        ? OptionalDouble.of(value)
        : OptionalDouble.empty();
  }
}
