package org.pellucid.testing;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes small ONNX files (onnx/onnx.proto3). */
public final class GraphBytes {
  /** Types of numbers in the format. */
  private static final int FLOAT = 1;

  private static final int WHOLE = 7;

  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
  private final int opset;

  /** An empty graph of an operator set. */
  public GraphBytes(int opset) {
    this.opset = opset;
  }

  private interface Content {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Content content) {
    var bytes = new ByteArrayOutputStream();
    try {
      var out = CodedOutputStream.newInstance(bytes);
      content.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private GraphBytes add(int field, byte[] message) {
    graph.writeBytes(message(out -> out.writeByteArray(field, message)));
    return this;
  }

  /** A node with one output. */
  public GraphBytes node(String operation, List<String> inputs, String output) {
    return node(operation, inputs, List.of(output), Map.of());
  }

  /** A node with attributes: whole numbers, numbers, texts, or arrays of whole numbers. */
  public GraphBytes node(
      String operation, List<String> inputs, List<String> outputs, Map<String, ?> attributes) {
    return add(
        1,
        message(
            out -> {
              for (var input : inputs) {
                out.writeString(1, input);
              }
              for (var output : outputs) {
                out.writeString(2, output);
              }
              out.writeString(3, operation + " of " + outputs.getFirst());
              out.writeString(4, operation);
              for (var attribute : attributes.entrySet()) {
                out.writeByteArray(5, attribute(attribute.getKey(), attribute.getValue()));
              }
            }));
  }

  /** A node with an attribute of whole numbers, or of one. */
  public GraphBytes node(
      String operation, List<String> inputs, String output, String attribute, long... values) {
    Object value = values.length > 1 ? values : (Object) values[0];
    return node(operation, inputs, List.of(output), Map.of(attribute, value));
  }

  private static byte[] attribute(String name, Object value) {
    return message(
        out -> {
          out.writeString(1, name);
          switch (value) {
            case Long whole -> {
              out.writeInt64(3, whole);
              out.writeInt32(20, 2);
            }
            case Float number -> {
              out.writeFloat(2, number);
              out.writeInt32(20, 1);
            }
            case String text -> {
              out.writeString(4, text);
              out.writeInt32(20, 3);
            }
            case long[] wholes -> {
              for (var whole : wholes) {
                out.writeInt64(8, whole);
              }
              out.writeInt32(20, 7);
            }
            default -> throw new IllegalArgumentException(name);
          }
        });
  }

  /** Single-precision numbers under a name. */
  public GraphBytes constant(String name, float[] values, long... shape) {
    return add(
        5,
        message(
            out -> {
              for (var size : shape) {
                out.writeInt64(1, size);
              }
              out.writeInt32(2, 1);
              for (var value : values) {
                out.writeFloat(4, value);
              }
              out.writeString(8, name);
            }));
  }

  /** Whole numbers under a name. */
  public GraphBytes wholes(String name, long... values) {
    return add(
        5,
        message(
            out -> {
              out.writeInt64(1, values.length);
              out.writeInt32(2, 7);
              for (var value : values) {
                out.writeInt64(7, value);
              }
              out.writeString(8, name);
            }));
  }

  /** An input; a size of 0 is one that is chosen with each input. */
  public GraphBytes input(String name, long... shape) {
    return add(11, value(name, FLOAT, shape));
  }

  /** An input of whole numbers. */
  public GraphBytes wholeInput(String name, long... shape) {
    return add(11, value(name, WHOLE, shape));
  }

  /** An output, with a shape as that of an input. */
  public GraphBytes output(String name, long... shape) {
    return add(12, value(name, FLOAT, shape));
  }

  private static byte[] value(String name, int type, long... shape) {
    var sizes =
        message(
            out -> {
              for (var size : shape) {
                out.writeByteArray(
                    1,
                    message(
                        axis -> {
                          if (size == 0) {
                            axis.writeString(2, "batch");
                          } else {
                            axis.writeInt64(1, size);
                          }
                        }));
              }
            });
    var tensor =
        message(
            out -> {
              out.writeInt32(1, type);
              out.writeByteArray(2, sizes);
            });
    return message(
        out -> {
          out.writeString(1, name);
          out.writeByteArray(2, message(kind -> kind.writeByteArray(1, tensor)));
        });
  }

  /** Numbers for constants and inputs, the same for each seed. */
  public static float[] random(int count, int seed) {
    var random = new Random(seed);
    var numbers = new float[count];
    for (var i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  /** Writes the model. */
  public Path write(Path file) throws IOException {
    return Files.write(file, bytes());
  }

  /** The file's content. */
  public byte[] bytes() {
    return message(
        out -> {
          out.writeInt64(1, 8);
          out.writeByteArray(7, graph.toByteArray());
          out.writeByteArray(8, message(version -> version.writeInt64(2, opset)));
        });
  }
}
