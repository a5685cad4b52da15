package org.pellucid.bench.graph;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Puts an ONNX graph together, node by node, and writes it (onnx/onnx.proto3). */
final class GraphWriter {
  /** Beyond it ONNX Runtime 1.22 doesn't recognise BERT's attention. */
  private static final int OPERATOR_SET = 12;

  private static final int FORMAT_VERSION = 7;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private final Message graph = new Message();
  private int nodes;

  /** An attribute of a node. */
  sealed interface Attribute {
    /** A whole number. */
    record Whole(String name, long value) implements Attribute {}

    /** Whole numbers. */
    record Wholes(String name, long... values) implements Attribute {}
  }

  static Attribute attribute(String name, long value) {
    return new Attribute.Whole(name, value);
  }

  static Attribute attribute(String name, long[] values) {
    return new Attribute.Wholes(name, values);
  }

  /** A node with one output, whose name is returned. */
  String node(String operation, List<String> inputs, Attribute... attributes) {
    var output = operation + "_" + nodes++;
    node(operation, inputs, output, attributes);
    return output;
  }

  /** A node with one output of a given name. */
  void node(String operation, List<String> inputs, String output, Attribute... attributes) {
    var message = new Message();
    inputs.forEach(input -> message.text(1, input));
    message.text(2, output).text(3, "/" + output).text(4, operation);
    for (var attribute : attributes) {
      message.message(5, message(attribute));
    }
    graph.message(1, message);
  }

  private static Message message(Attribute attribute) {
    return switch (attribute) {
      case Attribute.Whole(var name, var value) ->
          new Message().text(1, name).number(3, value).number(20, 2);
      case Attribute.Wholes(var name, var values) -> {
        var message = new Message().text(1, name);
        Arrays.stream(values).forEach(value -> message.number(8, value));
        yield message.number(20, 7);
      }
    };
  }

  /** Single-precision constants, asked for when the file is written; returns the name. */
  String floats(String name, Supplier<float[]> values, long... shape) {
    var count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    graph.message(5, tensor(name, FLOAT, shape).floats(9, count, values));
    return name;
  }

  /** A single-precision number; returns the name. */
  String number(String name, double value) {
    return floats(name, () -> new float[] {(float) value});
  }

  /** A list of whole numbers; returns the name. */
  String wholes(String name, long... values) {
    graph.message(5, tensor(name, INT64, values.length).wholes(9, values));
    return name;
  }

  private static Message tensor(String name, int type, long... shape) {
    var message = new Message();
    Arrays.stream(shape).forEach(size -> message.number(1, size));
    return message.number(2, type).text(8, name);
  }

  /** Images as input. */
  void images(String name, String batch, long... shape) {
    graph.message(11, value(name, FLOAT, List.of(batch), shape));
  }

  /** Whole numbers as input, all of whose axes have names instead of sizes. */
  void tokens(String name, String... axes) {
    graph.message(11, value(name, INT64, List.of(axes)));
  }

  /** An output, whose first axes have names instead of sizes. */
  void output(String name, List<String> axes, long... rest) {
    graph.message(12, value(name, FLOAT, axes, rest));
  }

  private static Message value(String name, int type, List<String> axes, long... rest) {
    var shape = new Message();
    axes.forEach(axis -> shape.message(1, new Message().text(2, axis)));
    Arrays.stream(rest).forEach(size -> shape.message(1, new Message().number(1, size)));
    var tensor = new Message().number(1, type).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /** Writes the file. */
  void write(Path file, String name) {
    var version = new Message().text(1, "").number(2, OPERATOR_SET);
    graph.text(2, name);
    var model =
        new Message()
            .number(1, FORMAT_VERSION)
            .text(2, "pellucid")
            .message(7, graph)
            .message(8, version);
    try (var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      model.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
