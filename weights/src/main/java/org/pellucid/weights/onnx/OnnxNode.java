package org.pellucid.weights.onnx;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * An operation in a graph.
 *
 * @param inputs the names of the values that it takes
 * @param transposesWeight whether a {@code Gemm} takes its second input transposed
 */
record OnnxNode(
    String name,
    String operation,
    List<String> inputs,
    List<String> outputs,
    boolean transposesWeight) {

  static OnnxNode parse(WireMessage message, Limits limits) {
    var inputs = new ArrayList<String>();
    var outputs = new ArrayList<String>();
    var texts = new String[] {"", ""};
    var transposes = new boolean[1];
    message.forEachField(
        field -> {
          switch (field.number()) {
            case 1 -> inputs.add(field.text());
            case 2 -> outputs.add(field.text());
            case 3, 4 -> texts[field.number() - 3] = field.text();
            case 5 -> transposes[0] |= isTransposition(field.message());
            default -> {}
          }
          if (inputs.size() + outputs.size() > limits.tensors()) {
            throw new WeightsException(
                Cause.LIMIT, message.location(), "a node has more inputs than the limit");
          }
        });
    return new OnnxNode(texts[0], texts[1], inputs, outputs, transposes[0]);
  }

  private static boolean isTransposition(WireMessage attribute) {
    var isNamed = new boolean[1];
    var value = new long[1];
    attribute.forEachField(
        field -> {
          switch (field.number()) {
            case 1 -> isNamed[0] = field.text().equals("transB");
            case 3 -> value[0] = field.value();
            default -> {}
          }
        });
    return isNamed[0] && value[0] != 0;
  }
}
