package org.pellucid.weights.onnx;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * An open ONNX model with its whole main graph: what it takes and gives, its operations in an order
 * in which they can run, and its constants (onnx/onnx.proto3).
 *
 * <p>Tensors stay in the file until they are asked for, and are gone when this is closed.
 */
public final class GraphFile implements AutoCloseable {
  private final MappedFile file;
  private final OnnxModel model;
  private final List<GraphValue> inputs;

  private GraphFile(MappedFile file) {
    this.file = file;
    this.model = OnnxModel.parse(file);
    this.inputs =
        model.inputs().stream()
            .filter(input -> !model.tensors().containsKey(input.name()))
            .toList();
    checkOrder();
  }

  /**
   * Opens a model.
   *
   * @throws WeightsException if the file is missing, damaged or exceeds a limit, or its operations
   *     don't stand in an order in which they can run
   */
  public static GraphFile open(Path file, OpenOptions options) {
    return MappedFile.openIn(Arena.ofShared(), arena -> read(MappedFile.of(file, arena, options)));
  }

  /**
   * Reads a model that is mapped already, and whose arena is closed with the model.
   *
   * @throws WeightsException if it is damaged or exceeds a limit, or its operations don't stand in
   *     an order in which they can run
   */
  public static GraphFile read(MappedFile file) {
    return new GraphFile(file);
  }

  /** Each value is given once and before it is taken, as the format demands; so no circles. */
  private void checkOrder() {
    var known = new HashSet<>(model.tensors().keySet());
    known.add("");
    for (var input : inputs) {
      if (!known.add(input.name())) {
        throw invalid("the input %s appears twice", input.name());
      }
    }
    for (var node : model.nodes()) {
      for (var name : node.inputs()) {
        if (!known.contains(name)) {
          throw invalid("the node %s takes %s, which nothing before it gives", node, name);
        }
      }
      for (var name : node.outputs()) {
        if (!known.add(name) && !name.isEmpty()) {
          throw invalid("the node %s gives %s, which was there before", node, name);
        }
      }
    }
    for (var output : model.outputs()) {
      if (!known.contains(output.name())) {
        throw invalid("nothing gives the output %s", output.name());
      }
    }
  }

  private WeightsException invalid(String message, Object... arguments) {
    return new WeightsException(
        Cause.INVALID_LAYOUT,
        file.file(),
        "%s; the file is damaged, export the model again",
        message.formatted(arguments));
  }

  /** The file. */
  public Path path() {
    return file.file();
  }

  /** The version of ONNX's own operations, such as 17; 1 if the file doesn't tell. */
  public int opset() {
    return Math.clamp(model.opsets().getOrDefault("", 1L), 0, Integer.MAX_VALUE);
  }

  /** What wrote the file, when and for what, as far as it tells. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(model.metadata());
  }

  /** What the graph takes, constants with a name excepted. */
  public List<GraphValue> inputs() {
    return inputs;
  }

  /** What the graph gives. */
  public List<GraphValue> outputs() {
    return Collections.unmodifiableList(model.outputs());
  }

  /** The operations, each after those that give what it takes. */
  public List<GraphNode> nodes() {
    return Collections.unmodifiableList(model.nodes());
  }

  /** The constants by name. */
  public Map<String, WeightTensor> initialisers() {
    return Collections.unmodifiableMap(model.tensors());
  }

  @Override
  public void close() {
    file.arena().close();
  }
}
