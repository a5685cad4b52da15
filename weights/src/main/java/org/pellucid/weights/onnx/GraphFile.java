package org.pellucid.weights.onnx;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
  private final Map<String, WeightTensor> initialisers = new LinkedHashMap<>();
  private final List<GraphNode> nodes = new ArrayList<>();
  private final List<GraphValue> inputs = new ArrayList<>();
  private final List<GraphValue> outputs = new ArrayList<>();

  private GraphFile(MappedFile file) {
    this.file = file;
    this.model = OnnxModel.parse(file.file(), file.content(), file.limits());
    var external = new ExternalFiles(file);
    for (var message : model.initialisers()) {
      var initialiser = Initialiser.parse(message);
      if (!initialiser.isText()
          && initialisers.put(initialiser.name(), initialiser.tensor(external)) != null) {
        throw invalid("the initialiser %s appears twice", initialiser.name());
      }
    }
    var reader = new GraphReader(file.limits(), external);
    model.inputs().forEach(message -> inputs.add(reader.value(message)));
    model.outputs().forEach(message -> outputs.add(reader.value(message)));
    model.nodeMessages().forEach(message -> nodes.add(reader.node(message)));
    inputs.removeIf(input -> initialisers.containsKey(input.name()));
    checkOrder();
  }

  /**
   * Opens a model.
   *
   * @throws WeightsException if the file is missing, damaged or exceeds a limit, or its operations
   *     don't stand in an order in which they can run
   */
  public static GraphFile open(Path file, OpenOptions options) {
    return MappedFile.openIn(
        Arena.ofShared(), arena -> new GraphFile(MappedFile.of(file, arena, options)));
  }

  /** Each value is given once and before it is taken, as the format demands; so no circles. */
  private void checkOrder() {
    var known = new HashSet<>(initialisers.keySet());
    known.add("");
    for (var input : inputs) {
      if (!known.add(input.name())) {
        throw invalid("the input %s appears twice", input.name());
      }
    }
    for (var node : nodes) {
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
    for (var output : outputs) {
      if (!known.contains(output.name())) {
        throw invalid("nothing gives the output %s", output.name());
      }
    }
  }

  private WeightsException invalid(String message, Object... arguments) {
    return new WeightsException(
        Cause.INVALID_LAYOUT,
        file.file(),
        message.formatted(arguments) + "; the file is damaged, export the model again");
  }

  /** The file. */
  public Path path() {
    return file.file();
  }

  /** The version of ONNX's own operations, such as 17; 1 if the file doesn't tell. */
  public int opset() {
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, model.opsets().getOrDefault("", 1L)));
  }

  /** What wrote the file, when and for what, as far as it tells. */
  public Map<String, String> metadata() {
    return model.metadata();
  }

  /** What the graph takes, constants with a name excepted. */
  public List<GraphValue> inputs() {
    return List.copyOf(inputs);
  }

  /** What the graph gives. */
  public List<GraphValue> outputs() {
    return List.copyOf(outputs);
  }

  /** The operations, each after those that give what it takes. */
  public List<GraphNode> nodes() {
    return List.copyOf(nodes);
  }

  /** The constants by name. */
  public Map<String, WeightTensor> initialisers() {
    return Map.copyOf(initialisers);
  }

  @Override
  public void close() {
    file.arena().close();
  }
}
