package org.pellucid.models.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphFile;
import org.pellucid.weights.onnx.GraphNode;

/**
 * A light model of ONNX whose constants, all equal in the file, are pseudo-random numbers instead,
 * as the README of {@code light_seeded} says.
 */
final class SeededGraph {
  private static final int INPUT_STREAM = 1 << 20;

  private final GraphFile graph;
  private final double gain;

  private SeededGraph(GraphFile graph, double gain) {
    this.graph = graph;
    this.gain = gain;
  }

  /** Writes the graph with weights in the place of its {@code ConstantOfShape} nodes. */
  static void write(Path light, double gain, Path file) throws IOException {
    try (var graph = GraphFile.open(light, OpenOptions.standard())) {
      var weights = new SeededGraph(graph, gain).weights();
      var out = new ByteArrayOutputStream();
      var model = CodedOutputStream.newInstance(out);
      var in = CodedInputStream.newInstance(Files.readAllBytes(light));
      for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == 7) {
          model.writeByteArray(7, withWeights(in.readByteArray(), weights));
        } else {
          copy(tag, in, model);
        }
      }
      model.flush();
      Files.write(file, out.toByteArray());
    }
  }

  private static byte[] withWeights(byte[] graph, Map<String, NumericArray> weights)
      throws IOException {
    var out = new ByteArrayOutputStream();
    var copy = CodedOutputStream.newInstance(out);
    var in = CodedInputStream.newInstance(graph);
    for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == 1) {
        var node = in.readByteArray();
        if (!isConstant(node)) {
          copy.writeByteArray(1, node);
        }
      } else {
        copy(tag, in, copy);
      }
    }
    for (var entry : weights.entrySet()) {
      copy.writeByteArray(5, initialiser(entry.getKey(), entry.getValue()));
    }
    copy.flush();
    return out.toByteArray();
  }

  private static void copy(int tag, CodedInputStream in, CodedOutputStream out) throws IOException {
    out.writeUInt32NoTag(tag);
    switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_VARINT -> out.writeUInt64NoTag(in.readRawVarint64());
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> out.writeBytesNoTag(in.readBytes());
      case WireFormat.WIRETYPE_FIXED32 -> out.writeFixed32NoTag(in.readFixed32());
      default -> out.writeFixed64NoTag(in.readFixed64());
    }
  }

  private static boolean isConstant(byte[] node) throws IOException {
    var in = CodedInputStream.newInstance(node);
    for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == 4) {
        return in.readString().equals("ConstantOfShape");
      }
      in.skipField(tag);
    }
    return false;
  }

  private static byte[] initialiser(String name, NumericArray array) throws IOException {
    var bytes = ByteBuffer.allocate(4 * array.elements()).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(array.values()).forEach(value -> bytes.putFloat((float) value));
    var out = new ByteArrayOutputStream();
    var tensor = CodedOutputStream.newInstance(out);
    for (var size : array.shape()) {
      tensor.writeInt64(1, size);
    }
    tensor.writeInt32(2, 1);
    tensor.writeString(8, name);
    tensor.writeBytes(9, ByteString.copyFrom(bytes.array()));
    tensor.flush();
    return out.toByteArray();
  }

  /** The input for which the results are known. */
  static NumericArray input(long... shape) {
    return random(INPUT_STREAM, shape, u -> 2 * u);
  }

  private interface Form {
    double of(double u);
  }

  private static NumericArray random(int stream, long[] shape, Form form) {
    var count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    var values = new float[(int) count];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) form.of(uniform(stream, i));
    }
    return NumericArray.of(values, shape);
  }

  /** Evenly from −½ to ½. */
  private static double uniform(long stream, long element) {
    var z = (element + (stream << 32)) * 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return (z >>> 40) / 16777216.0 - 0.5;
  }

  private Map<String, NumericArray> weights() {
    var weights = new LinkedHashMap<String, NumericArray>();
    for (var node : graph.nodes()) {
      if (node.operation().equals("ConstantOfShape")) {
        var shape =
            Arrays.stream(graph.initialisers().get(node.inputs().getFirst()).toDoubles())
                .mapToLong(size -> (long) size)
                .toArray();
        var name = node.outputs().getFirst();
        weights.put(name, random(weights.size(), shape, form(name, shape)));
      }
    }
    return weights;
  }

  private Form form(String name, long[] shape) {
    var consumer = consumer(name);
    var position = consumer.inputs().indexOf(name);
    return switch (consumer.operation()) {
      case "Reshape", "Unsqueeze" -> form(consumer.outputs().getFirst(), shape);
      case "Conv", "Gemm" -> position == 1 ? weight(consumer, shape) : u -> 0.2 * u;
      case "BatchNormalization" ->
          switch (position) {
            case 1 -> u -> 1 + 0.4 * u;
            case 4 -> u -> 1 + 0.8 * u;
            default -> u -> 0.2 * u;
          };
      case "Mul" -> u -> 1 + 0.4 * u;
      case "Add" -> u -> 0.2 * u;
      default -> throw new IllegalStateException(consumer.operation());
    };
  }

  private Form weight(GraphNode consumer, long[] shape) {
    var isTransposed =
        consumer.attributes().get("transB") instanceof Attribute.Whole(var flag) && flag == 1;
    var count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    var fan = shape.length > 2 || isTransposed ? count / shape[0] : shape[0];
    return u -> u * (gain * Math.sqrt(24.0 / fan));
  }

  private GraphNode consumer(String name) {
    return graph.nodes().stream()
        .filter(node -> node.inputs().contains(name))
        .findFirst()
        .orElseThrow();
  }
}
