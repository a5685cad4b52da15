package org.pellucid.weights.attacks;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A protobuf message taken apart into fields, so that they can be changed one by one and written
 * again with all lengths around them put right.
 */
final class WireTree {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  /** A kind of message with the kinds of those of its fields that are messages (onnx.proto3). */
  enum Kind {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    TENSOR,
    VALUE,
    TYPE,
    TENSOR_TYPE,
    SHAPE,
    PAIR;

    private Optional<Kind> inside(int field) {
      return Optional.ofNullable(
          switch (this) {
            case MODEL -> Map.of(7, GRAPH, 8, PAIR, 14, PAIR).get(field);
            case GRAPH -> Map.of(1, NODE, 5, TENSOR, 11, VALUE, 12, VALUE).get(field);
            case NODE -> Map.of(5, ATTRIBUTE).get(field);
            case ATTRIBUTE -> Map.of(5, TENSOR, 6, GRAPH).get(field);
            case TENSOR -> Map.of(13, PAIR).get(field);
            case VALUE -> Map.of(2, TYPE).get(field);
            case TYPE -> Map.of(1, TENSOR_TYPE).get(field);
            case TENSOR_TYPE -> Map.of(2, SHAPE).get(field);
            case SHAPE -> Map.of(1, PAIR).get(field);
            case PAIR -> null;
          });
    }
  }

  /** A field; a message's bytes are written anew from its fields. */
  static final class Field {
    int number;
    int wire;
    long value;
    byte[] bytes = {};
    Optional<WireTree> message = Optional.empty();

    /** A length that is announced instead of the true one. */
    Optional<Long> announced = Optional.empty();

    Field copy() {
      var copy = new Field();
      copy.number = number;
      copy.wire = wire;
      copy.value = value;
      copy.bytes = bytes;
      copy.message = message.map(WireTree::copy);
      copy.announced = announced;
      return copy;
    }

    private void writeTo(ByteArrayOutputStream out) {
      varint(out, (long) number << 3 | wire);
      switch (wire) {
        case VARINT -> varint(out, value);
        case BYTES -> {
          var content = message.map(WireTree::bytes).orElse(bytes);
          varint(out, announced.orElse((long) content.length));
          out.writeBytes(content);
        }
        default -> out.writeBytes(bytes);
      }
    }
  }

  final List<Field> fields = new ArrayList<>();

  private WireTree() {}

  /** Takes an honest model apart. */
  static WireTree of(byte[] model) {
    return of(model, Kind.MODEL);
  }

  private static WireTree of(byte[] bytes, Kind kind) {
    var tree = new WireTree();
    var at = new int[1];
    while (at[0] < bytes.length) {
      var field = new Field();
      var tag = varint(bytes, at);
      field.number = (int) (tag >>> 3);
      field.wire = (int) tag & 7;
      switch (field.wire) {
        case VARINT -> field.value = varint(bytes, at);
        case FIXED64 -> field.bytes = take(bytes, at, 8);
        case FIXED32 -> field.bytes = take(bytes, at, 4);
        default -> {
          field.bytes = take(bytes, at, (int) varint(bytes, at));
          field.message = kind.inside(field.number).map(inner -> of(field.bytes, inner));
        }
      }
      tree.fields.add(field);
    }
    return tree;
  }

  private static byte[] take(byte[] bytes, int[] at, int length) {
    at[0] += length;
    return Arrays.copyOfRange(bytes, at[0] - length, at[0]);
  }

  private static long varint(byte[] bytes, int[] at) {
    var value = 0L;
    for (var shift = 0; ; shift += 7) {
      var next = bytes[at[0]++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    var rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  WireTree copy() {
    var copy = new WireTree();
    fields.forEach(field -> copy.fields.add(field.copy()));
    return copy;
  }

  byte[] bytes() {
    var out = new ByteArrayOutputStream();
    fields.forEach(field -> field.writeTo(out));
    return out.toByteArray();
  }

  /** This message and all in it, from the outermost. */
  List<WireTree> all() {
    var all = new ArrayList<WireTree>();
    collect(all);
    return all;
  }

  private void collect(List<WireTree> all) {
    all.add(this);
    fields.forEach(field -> field.message.ifPresent(inner -> inner.collect(all)));
  }
}
