package org.pellucid.models.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.weights.onnx.GraphNode;

/** The steps that lead from given values to wanted ones, and when each value has served. */
final class Schedule {
  private final List<Step> steps;
  private final Map<Integer, List<String>> endings = new HashMap<>();

  private Schedule(List<Step> steps, Set<String> wanted) {
    this.steps = List.copyOf(steps);
    var last = new HashMap<String, Integer>();
    for (var position = 0; position < steps.size(); position++) {
      for (var name : steps.get(position).node().outputs()) {
        last.put(name, position);
      }
      for (var name : steps.get(position).node().inputs()) {
        last.put(name, position);
      }
    }
    last.keySet().removeAll(wanted);
    last.forEach(
        (name, position) -> endings.computeIfAbsent(position, _ -> new ArrayList<>()).add(name));
  }

  /** The steps in order, all of which are needed. */
  static Schedule of(List<Step> steps, Set<String> wanted) {
    return new Schedule(steps, wanted);
  }

  /** The nodes that lead from given values to wanted ones, in order. */
  static List<GraphNode> needed(List<GraphNode> nodes, Set<String> wanted, Set<String> given) {
    var open = new HashSet<>(wanted);
    open.removeAll(given);
    var backwards = new ArrayList<GraphNode>();
    for (var node : nodes.reversed()) {
      if (node.outputs().stream().anyMatch(open::contains)) {
        node.inputs().stream().filter(name -> !given.contains(name)).forEach(open::add);
        backwards.add(node);
      }
    }
    return List.copyOf(backwards.reversed());
  }

  List<Step> steps() {
    return steps;
  }

  /** The values that no step after this one takes. */
  List<String> endingAt(int position) {
    return endings.getOrDefault(position, List.of());
  }
}
