package org.pellucid.weights.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * An ONNX model (onnx/onnx.proto3): the nodes, initialisers, inputs and outputs of the main graph,
 * in the order of the file and not yet compared with one another, and metadata.
 */
final class OnnxModel {
  private final Limits limits;
  private final ExternalFiles external;
  private final GraphReader reader;
  private final SequencedMap<String, WeightTensor> tensors = new LinkedHashMap<>();
  private final List<String> texts = new ArrayList<>();
  private final List<GraphNode> nodes = new ArrayList<>();
  private final List<GraphValue> inputs = new ArrayList<>();
  private final List<GraphValue> outputs = new ArrayList<>();
  private final Map<String, Long> opsets = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private boolean hasGraph;

  private OnnxModel(MappedFile file) {
    limits = file.limits();
    external = new ExternalFiles(file);
    reader = new GraphReader(limits, external);
  }

  /**
   * Reads a mapped file.
   *
   * @throws WeightsException if it is truncated, exceeds a limit, holds no graph, or a tensor's
   *     bytes don't fit its shape
   */
  static OnnxModel parse(MappedFile file) {
    var model = new OnnxModel(file);
    new WireMessage(FileLocation.in(file.file()).at(0), file.content())
        .forEachField(model::readField);
    if (!model.hasGraph) {
      throw new WeightsException(
          Cause.UNKNOWN_FORMAT, file.file(), "the file holds no graph, so it is not an ONNX model");
    }
    return model;
  }

  /** Whether a message begins with the version, holds a graph, and holds no unknown fields. */
  static boolean recognises(MemorySegment content) {
    if (content.byteSize() < 8
        || content.get(ValueLayout.JAVA_BYTE, 0) != 8
        || content.get(ValueLayout.JAVA_BYTE, 1) <= 0) {
      return false;
    }
    var known = new boolean[] {true, false};
    try {
      new WireMessage(FileLocation.in(Path.of("")), content)
          .forEachField(
              field -> {
                known[0] &= field.number() <= 26;
                known[1] |= field.number() == 7 && field.isBytes();
              });
      return known[0] && known[1];
    } catch (WeightsException _) {
      return known[0] && known[1];
    }
  }

  /** The initialisers that hold numbers, by name. */
  SequencedMap<String, WeightTensor> tensors() {
    return tensors;
  }

  /** The names of the initialisers that hold texts, which aren't read. */
  List<String> texts() {
    return texts;
  }

  List<GraphNode> nodes() {
    return nodes;
  }

  /** What the graph takes, initialisers that are listed there included. */
  List<GraphValue> inputs() {
    return inputs;
  }

  List<GraphValue> outputs() {
    return outputs;
  }

  /** The versions of the operations by domain; ONNX's own have an empty one. */
  Map<String, Long> opsets() {
    return opsets;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  private void readField(WireMessage.Field field) {
    switch (field.number()) {
      case 1 -> metadata.put("ir_version", Long.toString(field.value()));
      case 2 -> metadata.put("producer_name", field.text());
      case 3 -> metadata.put("producer_version", field.text());
      case 7 -> {
        if (hasGraph) {
          throw field.bytes().damaged("the model holds two graphs");
        }
        hasGraph = true;
        field.message().forEachField(this::readGraphField);
      }
      case 8 -> readOpset(field.message());
      case 14 -> {
        readPair(field.message(), metadata);
        if (metadata.size() > limits.memo()) {
          throw new WeightsException(
              Cause.LIMIT, field.bytes().location(), "the model has more metadata than the limit");
        }
      }
      default -> {}
    }
  }

  private void readOpset(WireMessage message) {
    var domain = new String[] {""};
    var version = new long[1];
    message.forEachField(
        field -> {
          switch (field.number()) {
            case 1 -> domain[0] = field.text();
            case 2 -> version[0] = field.value();
            default -> {}
          }
        });
    opsets.put(domain[0].equals("ai.onnx") ? "" : domain[0], version[0]);
    if (opsets.size() > limits.depth()) {
      throw new WeightsException(
          Cause.LIMIT, message.location(), "the model has more operator sets than the limit");
    }
  }

  private void readGraphField(WireMessage.Field field) {
    if (nodes.size() + tensors.size() + texts.size() + inputs.size() + outputs.size()
        > limits.tensors()) {
      throw new WeightsException(
          Cause.LIMIT, field.bytes().location(), "the graph has more nodes than the limit");
    }
    switch (field.number()) {
      case 1 -> nodes.add(reader.node(field.message()));
      case 5 -> addInitialiser(field.message());
      case 11 -> inputs.add(reader.value(field.message()));
      case 12 -> outputs.add(reader.value(field.message()));
      case 15 ->
          throw new WeightsException(
              Cause.UNSUPPORTED,
              field.bytes().location(),
              "the model holds sparse weights, which aren't supported; export it with dense ones");
      default -> {}
    }
  }

  private void addInitialiser(WireMessage message) {
    var initialiser = Initialiser.parse(message);
    reader.count(message, initialiser.name());
    if (initialiser.isText()) {
      texts.add(initialiser.name());
    } else if (tensors.put(initialiser.name(), initialiser.tensor(external)) != null) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          message.location().of(initialiser.name()),
          "the initialiser %s appears twice in the model; the file is damaged",
          initialiser.name());
    }
  }

  /** A {@code StringStringEntryProto}. */
  static void readPair(WireMessage pair, Map<String, String> into) {
    var texts = new String[] {"", ""};
    pair.forEachField(
        field -> {
          if (field.number() <= 2) {
            texts[field.number() - 1] = field.text();
          }
        });
    into.put(texts[0], texts[1]);
  }
}
