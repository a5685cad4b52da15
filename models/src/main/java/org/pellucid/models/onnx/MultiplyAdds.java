package org.pellucid.models.onnx;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphNode;

/** Hears the sizes of all values of a run, and counts the work of what multiplies and adds. */
final class MultiplyAdds implements GraphProgram.Listener {
  private final GraphProgram program;
  private final Map<String, long[]> shapes = new HashMap<>();

  MultiplyAdds(GraphProgram program) {
    this.program = program;
  }

  @Override
  public boolean hears(String name) {
    return true;
  }

  @Override
  public Value value(String name, Value value) {
    shapes.put(name, value.shape());
    return value;
  }

  @Override
  public boolean stopsAt(String name) {
    return false;
  }

  /** The number of all nodes that ran. */
  long total() {
    return program.steps().stream()
        .map(Step::node)
        .filter(node -> node.inputs().size() >= 2 && shapes.containsKey(node.outputs().getFirst()))
        .mapToLong(this::of)
        .sum();
  }

  private long[] shape(String name) {
    return Optional.ofNullable(shapes.get(name))
        .or(() -> program.constant(name).map(NumericArray::shape))
        .orElseThrow();
  }

  private long of(GraphNode node) {
    var outputs = Shapes.elements(shape(node.outputs().getFirst()));
    return switch (node.operation()) {
      case "Conv", "ConvInteger" -> outputs * perFilter(shape(node.inputs().get(1)));
      case "ConvTranspose" ->
          Shapes.elements(shape(node.inputs().getFirst())) * perFilter(shape(node.inputs().get(1)));
      case "MatMul" -> outputs * last(shape(node.inputs().getFirst()));
      case "Gemm" -> {
        var first = shape(node.inputs().getFirst());
        yield outputs * (isSet(node, "transA") ? first[0] : last(first));
      }
      case "Einsum" -> products(node);
      default -> 0;
    };
  }

  private static long perFilter(long[] weights) {
    return Shapes.elements(Arrays.copyOfRange(weights, 1, weights.length));
  }

  private static long last(long[] shape) {
    return shape.length == 0 ? 1 : shape[shape.length - 1];
  }

  private static boolean isSet(GraphNode node, String attribute) {
    return node.attributes().get(attribute) instanceof Attribute.Whole(var flag) && flag != 0;
  }

  /** One for each combination of places along all axes of the equation. */
  private long products(GraphNode node) {
    var equation =
        node.attributes().get("equation") instanceof Attribute.Text(var text) ? text : "";
    var operands = equation.replace(" ", "").split("->", -1)[0].split(",", -1);
    var counted = new HashSet<Character>();
    var product = 1L;
    for (var i = 0; i < operands.length; i++) {
      var shape = shape(node.inputs().get(i));
      var letters = operands[i].replace("...", "");
      var hidden = shape.length - letters.length();
      var start = operands[i].indexOf("...");
      for (var axis = 0; axis < shape.length; axis++) {
        var inDots = start >= 0 && axis >= start && axis < start + hidden;
        var letter =
            inDots
                ? (char) ('\u2460' + start + hidden - axis)
                : letters.charAt(start >= 0 && axis >= start ? axis - hidden : axis);
        product *= counted.add(letter) ? shape[axis] : 1;
      }
    }
    return product;
  }
}
