package org.pellucid.models.onnx;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.pellucid.weights.onnx.GraphNode;

/** A node with what is known of it before any run. */
final class Step {
  private static final int PLANS = 8;

  private final GraphNode node;
  private final Operator operator;
  private final List<Boolean> wanted;
  private final Map<Object, Object> plans = new ConcurrentHashMap<>();

  /**
   * A node with the operator that runs it.
   *
   * @param wanted for each output whether something takes it
   */
  Step(GraphNode node, Operator operator, List<Boolean> wanted) {
    this.node = node;
    this.operator = operator;
    this.wanted = List.copyOf(wanted);
  }

  GraphNode node() {
    return node;
  }

  /** The name of the layer, that of the first value that it gives. */
  String name() {
    return node.outputs().isEmpty() ? node.name() : node.outputs().getFirst();
  }

  Operator operator() {
    return operator;
  }

  List<Boolean> wanted() {
    return wanted;
  }

  /** What was made for a key before, or now. Inputs of ever new sizes don't pile up. */
  @SuppressWarnings("unchecked")
  <T> T planned(Object key, Supplier<T> maker) {
    if (plans.size() > PLANS) {
      plans.clear();
    }
    return (T) plans.computeIfAbsent(key, _ -> maker.get());
  }
}
