package org.pellucid.weights.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The parts of an ONNX model that concern its weights (onnx/onnx.proto3): nodes and initialisers of
 * the main graph, and metadata.
 */
final class OnnxModel {
  private final Path file;
  private final Limits limits;
  private final List<WireMessage> initialisers = new ArrayList<>();
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final List<WireMessage> nodeMessages = new ArrayList<>();
  private final List<WireMessage> inputs = new ArrayList<>();
  private final List<WireMessage> outputs = new ArrayList<>();
  private final Map<String, Long> opsets = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private boolean hasGraph;
  private long texts;
  private long characters;

  private OnnxModel(Path file, Limits limits) {
    this.file = file;
    this.limits = limits;
  }

  /**
   * Reads a mapped file.
   *
   * @throws WeightsException if it is truncated, exceeds a limit or holds no graph
   */
  static OnnxModel parse(Path file, MemorySegment content, Limits limits) {
    var model = new OnnxModel(file, limits);
    new WireMessage(FileLocation.in(file).at(0), content).forEachField(model::readField);
    if (!model.hasGraph) {
      throw new WeightsException(
          Cause.UNKNOWN_FORMAT, file, "the file holds no graph, so it is not an ONNX model");
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

  List<WireMessage> initialisers() {
    return initialisers;
  }

  List<OnnxNode> nodes() {
    return nodes;
  }

  /** The {@code NodeProto} messages, in order. */
  List<WireMessage> nodeMessages() {
    return nodeMessages;
  }

  /** The {@code ValueInfoProto} messages of what the graph takes. */
  List<WireMessage> inputs() {
    return inputs;
  }

  /** The {@code ValueInfoProto} messages of what the graph gives. */
  List<WireMessage> outputs() {
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
      case 14 -> readPair(field.message(), metadata);
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
  }

  private void readGraphField(WireMessage.Field field) {
    if (nodes.size() + initialisers.size() + inputs.size() + outputs.size() > limits.tensors()) {
      throw new WeightsException(
          Cause.LIMIT, field.bytes().location(), "the graph has more nodes than the limit");
    }
    switch (field.number()) {
      case 1 -> addNode(field.message());
      case 5 -> initialisers.add(field.message());
      case 11 -> inputs.add(field.message());
      case 12 -> outputs.add(field.message());
      case 15 ->
          throw new WeightsException(
              Cause.UNSUPPORTED,
              field.bytes().location(),
              "the model holds sparse weights, which aren't supported; export it with dense ones");
      default -> {}
    }
  }

  private void addNode(WireMessage message) {
    var node = OnnxNode.parse(message, limits);
    nodes.add(node);
    nodeMessages.add(message);
    count(node.name());
    node.inputs().forEach(this::count);
    node.outputs().forEach(this::count);
    if (texts > limits.tensors() || characters > limits.headerBytes()) {
      throw new WeightsException(
          Cause.LIMIT, message.location(), "the graph has more names than the limit");
    }
  }

  private void count(String text) {
    texts++;
    characters += text.length();
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

  Path file() {
    return file;
  }
}
