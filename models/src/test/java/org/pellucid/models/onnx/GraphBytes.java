package org.pellucid.models.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes small ONNX files (onnx/onnx.proto3). */
final class GraphBytes {
  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
  private final int opset;

  GraphBytes(int opset) {
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

  GraphBytes node(String operation, List<String> inputs, String output) {
    return add(
        1,
        message(
            out -> {
              for (var input : inputs) {
                out.writeString(1, input);
              }
              out.writeString(2, output);
              out.writeString(3, operation + " of " + output);
              out.writeString(4, operation);
            }));
  }

  /** A node with an attribute of whole numbers, or of one. */
  GraphBytes node(
      String operation, List<String> inputs, String output, String attribute, long... values) {
    var isList = values.length > 1;
    return add(
        1,
        message(
            out -> {
              for (var input : inputs) {
                out.writeString(1, input);
              }
              out.writeString(2, output);
              out.writeString(4, operation);
              out.writeByteArray(
                  5,
                  message(
                      named -> {
                        named.writeString(1, attribute);
                        for (var value : values) {
                          named.writeInt64(isList ? 8 : 3, value);
                        }
                        named.writeInt32(20, isList ? 7 : 2);
                      }));
            }));
  }

  /** Single-precision numbers under a name. */
  GraphBytes constant(String name, float[] values, long... shape) {
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
  GraphBytes wholes(String name, long... values) {
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
  GraphBytes input(String name, long... shape) {
    return add(11, value(name, shape));
  }

  GraphBytes output(String name, long... shape) {
    return add(12, value(name, shape));
  }

  private static byte[] value(String name, long... shape) {
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
              out.writeInt32(1, 1);
              out.writeByteArray(2, sizes);
            });
    return message(
        out -> {
          out.writeString(1, name);
          out.writeByteArray(2, message(type -> type.writeByteArray(1, tensor)));
        });
  }

  Path write(Path file) throws IOException {
    var model =
        message(
            out -> {
              out.writeInt64(1, 8);
              out.writeByteArray(7, graph.toByteArray());
              out.writeByteArray(8, message(version -> version.writeInt64(2, opset)));
            });
    return Files.write(file, model);
  }
}
