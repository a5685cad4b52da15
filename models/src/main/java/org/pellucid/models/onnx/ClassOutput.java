package org.pellucid.models.onnx;

import static org.pellucid.models.ModelFileException.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphNode;
import org.pellucid.weights.onnx.GraphValue;

/**
 * The value of a graph that holds a classifier's logits. A softmax at the graph's end is left out,
 * and so is a sigmoid of a single number: the rest of Pellucid takes logits and makes probabilities
 * of them itself, which are then the graph's own.
 *
 * @param name of the value
 * @param size the numbers that it holds for one image
 * @param isOdds whether its only number is the logit of yes against no, two classes
 * @param notes sentences on what was chosen
 */
record ClassOutput(String name, int size, boolean isOdds, List<String> notes) {
  /** Operators that give the same numbers in the same order. */
  private static final Set<String> SAME =
      Set.of("Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast", "Dropout");

  private static final int FIRST_OF_ONE_AXIS = 13;

  /**
   * The logits that lead to one of a graph's outputs.
   *
   * @param wanted the name of the output or of an inner value, where one was chosen
   * @param shapes of all values for one image
   * @throws org.pellucid.models.ModelFileException if no output is a row of numbers for each image,
   *     or several are
   */
  static ClassOutput of(OnnxModel model, Optional<String> wanted, Map<String, long[]> shapes) {
    var outputs = model.outputs().stream().map(GraphValue::name).toList();
    var rows =
        wanted.map(List::of).orElse(outputs).stream()
            .filter(name -> shapes.containsKey(name) && isRow(shapes.get(name)))
            .toList();
    check(
        !rows.isEmpty(),
        "%s gives %s and no row of numbers for each image, as a classifier does; explain one of its"
            + " numbers by pellucid model explain",
        model.graph().path(),
        described(wanted.map(List::of).orElse(outputs), shapes));
    check(
        rows.size() == 1,
        "%s gives several rows of numbers for each image, %s; choose one by --output NAME",
        model.graph().path(),
        described(rows, shapes));
    return behind(model, rows.getFirst(), shapes, outputs.size() > 1 && wanted.isEmpty());
  }

  private static ClassOutput behind(
      OnnxModel model, String output, Map<String, long[]> shapes, boolean isOneOfSeveral) {
    var file = model.graph().path().getFileName();
    var chosen =
        isOneOfSeveral
            ? List.of("Of the outputs of %s the row of numbers is %s.".formatted(file, output))
            : List.<String>of();
    var size = Math.toIntExact(Shapes.elements(shapes.get(output)));
    var last = last(model, output);
    if (last.isPresent() && isOverClasses(model, last.get(), shapes)) {
      var note =
          "%s ends in a softmax, which is left out: scores are its inputs, and probabilities its outputs."
              .formatted(file);
      return new ClassOutput(last.get().inputs().getFirst(), size, false, joined(chosen, note));
    }
    var isSigmoid = last.isPresent() && last.get().operation().equals("Sigmoid");
    if (isSigmoid && size == 1) {
      var note =
          "%s ends in a sigmoid of one number, so there are two classes: 1, whose probability that is, and 0."
              .formatted(file);
      return new ClassOutput(last.get().inputs().getFirst(), size, true, joined(chosen, note));
    }
    if (isSigmoid) {
      var note =
          "%s ends in a sigmoid of each number, probabilities of classes that don't exclude each other; they are scores here, and the probabilities that are shown compare them."
              .formatted(file);
      return new ClassOutput(output, size, false, joined(chosen, note));
    }
    return new ClassOutput(output, size, false, chosen);
  }

  private static List<String> joined(List<String> notes, String last) {
    return notes.isEmpty() ? List.of(last) : List.of(notes.getFirst(), last);
  }

  /** One number along all axes but one, behind the batch. */
  private static boolean isRow(long[] shape) {
    var longer = 0;
    for (var axis = 1; axis < shape.length; axis++) {
      longer += shape[axis] > 1 ? 1 : 0;
    }
    return shape.length >= 2 && shape[0] == 1 && longer <= 1;
  }

  /** The node that computes an output's numbers, whatever gives them another shape afterwards. */
  private static Optional<GraphNode> last(OnnxModel model, String output) {
    var givers = new HashMap<String, GraphNode>();
    model.graph().nodes().forEach(node -> node.outputs().forEach(name -> givers.put(name, node)));
    var node = Optional.ofNullable(givers.get(output));
    while (node.isPresent() && SAME.contains(node.get().operation())) {
      node = Optional.ofNullable(givers.get(node.get().inputs().getFirst()));
    }
    return node;
  }

  private static boolean isOverClasses(
      OnnxModel model, GraphNode node, Map<String, long[]> shapes) {
    if (!node.operation().equals("Softmax")) {
      return false;
    }
    var shape = shapes.get(node.inputs().getFirst());
    if (shape == null || !isRow(shape)) {
      return false;
    }
    var classes = 1;
    for (var axis = 1; axis < shape.length; axis++) {
      classes = shape[axis] > 1 ? axis : classes;
    }
    var oneAxis = model.graph().opset() >= FIRST_OF_ONE_AXIS;
    var given =
        node.attributes().get("axis") instanceof Attribute.Whole(var axis)
            ? axis
            : oneAxis ? -1 : 1;
    var axis = given < 0 ? given + shape.length : given;
    return oneAxis ? axis == classes : axis <= classes && axis >= 1;
  }

  private static String described(List<String> names, Map<String, long[]> shapes) {
    return names.stream()
        .map(name -> shapes.containsKey(name) ? name + " " + Shapes.text(shapes.get(name)) : name)
        .collect(Collectors.joining(", "));
  }
}
