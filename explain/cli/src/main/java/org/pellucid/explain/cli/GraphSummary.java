package org.pellucid.explain.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pellucid.models.onnx.OnnxModel;
import org.pellucid.weights.PrintableText;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphFile;
import org.pellucid.weights.onnx.GraphNode;
import org.pellucid.weights.onnx.GraphValue;

/**
 * What {@code model inspect} tells of a graph.
 *
 * @param operators how many nodes there are of each
 * @param nodes as {@code OPERATOR (inputs) → outputs}; empty if they aren't asked for
 * @param parameters the numbers with fractions in its constants
 * @param unsupported what can't be run, with the nodes that ask for it
 * @param shapes of the inputs for which the work is counted; empty if it isn't
 * @param multiplyAdds the multiplications with an addition in products and convolutions
 */
record GraphSummary(
    String file,
    int opset,
    Map<String, String> metadata,
    List<String> inputs,
    List<String> outputs,
    Map<String, Integer> operators,
    List<String> nodes,
    long parameters,
    Map<String, List<String>> unsupported,
    Map<String, long[]> shapes,
    OptionalLong multiplyAdds) {

  /**
   * A graph's, without the work.
   *
   * @param hasNodes whether each node is told
   */
  static GraphSummary of(GraphFile graph, boolean hasNodes) {
    var operators = new TreeMap<String, Integer>();
    graph.nodes().forEach(node -> operators.merge(nameOf(node), 1, Integer::sum));
    return new GraphSummary(
        graph.path().toString(),
        graph.opset(),
        new TreeMap<>(graph.metadata()),
        graph.inputs().stream().map(GraphValue::toString).toList(),
        graph.outputs().stream().map(GraphValue::toString).toList(),
        operators,
        hasNodes ? graph.nodes().stream().map(GraphSummary::text).toList() : List.of(),
        parameters(graph),
        OnnxModel.unsupported(graph),
        Map.of(),
        OptionalLong.empty());
  }

  private static String nameOf(GraphNode node) {
    return node.domain().isEmpty() ? node.operation() : node.domain() + "." + node.operation();
  }

  private static String text(GraphNode node) {
    return "%s (%s) → %s"
        .formatted(
            nameOf(node), String.join(", ", node.inputs()), String.join(", ", node.outputs()));
  }

  private static long parameters(GraphFile graph) {
    var initialisers = graph.initialisers().values().stream();
    var constants =
        graph.nodes().stream()
            .flatMap(node -> node.attributes().values().stream())
            .flatMap(
                value ->
                    value instanceof Attribute.Array(var tensor)
                        ? List.of(tensor).stream()
                        : List.<WeightTensor>of().stream());
    return Stream.concat(initialisers, constants)
        .filter(tensor -> tensor.info().dtype().isFloatingPoint())
        .mapToLong(tensor -> tensor.info().elements())
        .sum();
  }

  /** The same with the work for inputs of these shapes. */
  GraphSummary withWork(Map<String, long[]> ofInputs, long work) {
    return new GraphSummary(
        file,
        opset,
        metadata,
        inputs,
        outputs,
        operators,
        nodes,
        parameters,
        unsupported,
        ofInputs,
        OptionalLong.of(work));
  }

  /** As JSON, whose strings can't steer a terminal. */
  String json() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("file", file);
    fields.put("opset", opset);
    fields.put("metadata", metadata);
    fields.put("inputs", inputs);
    fields.put("outputs", outputs);
    fields.put("operators", operators);
    if (!nodes.isEmpty()) {
      fields.put("nodes", nodes);
    }
    fields.put("parameters", parameters);
    if (multiplyAdds.isPresent()) {
      fields.put("shapes", shapes);
      fields.put("multiplyAdds", multiplyAdds.getAsLong());
    }
    fields.put("unsupported", unsupported);
    return PrintableText.inJson(Json.pretty(fields));
  }

  /** For people. */
  void print(Console console) {
    print(console, "%s, opset %d", file, opset);
    metadata.forEach((name, value) -> print(console, "  %s: %s", name, value));
    inputs.forEach(input -> print(console, "input  %s", input));
    outputs.forEach(output -> print(console, "output %s", output));
    print(console, "%,d parameters", parameters);
    multiplyAdds.ifPresent(
        work ->
            print(
                console,
                "%,d multiply-adds for %s",
                work,
                shapes.entrySet().stream()
                    .map(entry -> entry.getKey() + " " + Arrays.toString(entry.getValue()))
                    .collect(Collectors.joining(", "))));
    operators.forEach((name, count) -> print(console, "%6d %s", count, name));
    nodes.forEach(node -> print(console, "node   %s", node));
    unsupported.forEach(
        (what, where) ->
            print(
                console,
                "not supported: %s%s",
                what,
                where.isEmpty() ? "" : " (" + String.join(", ", where) + ")"));
    if (unsupported.isEmpty()) {
      print(console, "Everything is supported.");
    }
  }

  private static void print(Console console, String line, Object... arguments) {
    console.print(PrintableText.of(line.formatted(arguments)));
  }
}
