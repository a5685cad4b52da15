package org.pellucid.models.onnx;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import org.pellucid.weights.onnx.GraphNode;

/** Finds out what nodes are connected how, to recognise several that make up one operation. */
final class NodePattern {
  private final Map<String, GraphNode> producers = new HashMap<>();
  private final Map<String, List<GraphNode>> consumers = new HashMap<>();
  private final Function<String, Optional<NumericArray>> constants;
  private final Set<String> kept;

  /**
   * A pattern finder.
   *
   * @param constants the arrays behind names that are constants
   * @param kept names whose values must go on existing
   */
  NodePattern(
      Collection<GraphNode> nodes,
      Function<String, Optional<NumericArray>> constants,
      Set<String> kept) {
    this.constants = constants;
    this.kept = kept;
    for (var node : nodes) {
      node.outputs().forEach(name -> producers.put(name, node));
      for (var name : new HashSet<>(node.inputs())) {
        consumers.computeIfAbsent(name, _ -> new ArrayList<>()).add(node);
      }
    }
  }

  /** A group of nodes that becomes one, which takes the place of the last. */
  record Match(GraphNode last, List<GraphNode> inner, GraphNode fused) {}

  /** The node that gives a value. */
  Optional<GraphNode> producer(String name) {
    return Optional.ofNullable(producers.get(name));
  }

  /** The node that gives a value, if it is of a kind. */
  Optional<GraphNode> producer(String name, String operation) {
    return Optional.ofNullable(producers.get(name)).filter(node -> is(node, operation));
  }

  static boolean is(GraphNode node, String operation) {
    return node.operation().equals(operation) && node.domain().isEmpty();
  }

  Optional<NumericArray> constant(String name) {
    return constants.apply(name);
  }

  /** The only number of a constant. */
  OptionalDouble scalar(String name) {
    var array = constant(name).filter(each -> each.elements() == 1);
    return array.isPresent() ? OptionalDouble.of(array.get().item()) : OptionalDouble.empty();
  }

  /** Whether a constant holds about this one number; files keep it in single precision. */
  boolean isAbout(String name, double value) {
    var scalar = scalar(name);
    return scalar.isPresent() && Math.abs(scalar.getAsDouble() - value) <= 1e-6 * Math.abs(value);
  }

  /** Of two inputs the one that isn't about this number, if the other one is. */
  Optional<String> besides(GraphNode node, double value) {
    if (node.inputs().size() != 2) {
      return Optional.empty();
    }
    var first = node.inputs().get(0);
    var second = node.inputs().get(1);
    return isAbout(second, value)
        ? Optional.of(first)
        : isAbout(first, value) ? Optional.of(second) : Optional.empty();
  }

  /** Whether nothing outside of a group needs what its inner nodes give. */
  boolean isClosed(GraphNode last, List<GraphNode> inner) {
    return inner.stream()
        .flatMap(node -> node.outputs().stream())
        .filter(name -> !name.isEmpty())
        .allMatch(
            name ->
                !kept.contains(name)
                    && consumers.getOrDefault(name, List.of()).stream()
                        .allMatch(node -> node == last || inner.contains(node)));
  }
}
