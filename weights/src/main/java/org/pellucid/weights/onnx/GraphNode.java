package org.pellucid.weights.onnx;

import java.util.List;
import java.util.Map;
import org.pellucid.weights.PrintableText;

/**
 * An operation in a graph.
 *
 * @param name may be empty
 * @param operation such as {@code Conv}
 * @param domain whose operation it is; empty for ONNX's own
 * @param inputs the names of the values that it takes; an empty name stands for one left out
 * @param outputs the names of the values that it gives; an empty name stands for one not wanted
 * @param attributes by name
 */
public record GraphNode(
    String name,
    String operation,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Map<String, Attribute> attributes) {
  /** Copies the collections. */
  public GraphNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Map.copyOf(attributes);
  }

  /** The node's name, or that of its first output, with its operation, fit to be shown. */
  @Override
  public String toString() {
    var first = outputs.isEmpty() ? "" : outputs.getFirst();
    return PrintableText.shortened(operation)
        + " "
        + PrintableText.shortened(name.isEmpty() ? first : name);
  }
}
