package org.pellucid.models.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.weights.DType;
import org.pellucid.weights.onnx.DataType;

/** Reads a tensor out of a test's {@code .pb} file (onnx/onnx.proto3). */
final class TensorProto {
  private final List<Long> shape = new ArrayList<>();
  private final List<Double> listed = new ArrayList<>();
  private byte[] raw = {};
  private int type;

  private TensorProto() {}

  static NumericArray read(byte[] content) throws IOException {
    var tensor = new TensorProto();
    tensor.parse(CodedInputStream.newInstance(content));
    return tensor.array();
  }

  private void parse(CodedInputStream in) throws IOException {
    for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
      var packed = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> each(in, packed, () -> shape.add(in.readInt64()));
        case 2 -> type = in.readInt32();
        case 4 -> each(in, packed, () -> listed.add((double) in.readFloat()));
        case 5 -> each(in, packed, () -> listed.add((double) in.readInt32()));
        case 7 -> each(in, packed, () -> listed.add((double) in.readInt64()));
        case 9 -> raw = in.readByteArray();
        case 10 -> each(in, packed, () -> listed.add(in.readDouble()));
        default -> in.skipField(tag);
      }
    }
  }

  private interface Reading {
    void next() throws IOException;
  }

  private static void each(CodedInputStream in, boolean packed, Reading reading)
      throws IOException {
    if (!packed) {
      reading.next();
      return;
    }
    var limit = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      reading.next();
    }
    in.popLimit(limit);
  }

  private NumericArray array() {
    var dtype = DataType.of(type).orElseThrow(() -> new IllegalArgumentException("type " + type));
    var sizes = shape.stream().mapToLong(Long::longValue).toArray();
    if (raw.length == 0) {
      return new NumericArray(
          dtype, sizes, listed.stream().mapToDouble(Double::doubleValue).toArray());
    }
    var buffer = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    var values = new double[raw.length / dtype.bytes()];
    for (var i = 0; i < values.length; i++) {
      values[i] = number(dtype, buffer);
    }
    return new NumericArray(dtype, sizes, values);
  }

  private static double number(DType dtype, ByteBuffer buffer) {
    return switch (dtype) {
      case F64 -> buffer.getDouble();
      case F32 -> buffer.getFloat();
      case F16 -> Float.float16ToFloat(buffer.getShort());
      case BF16 -> Float.intBitsToFloat(buffer.getShort() << 16);
      case I64, U64 -> buffer.getLong();
      case I32 -> buffer.getInt();
      case U32 -> buffer.getInt() & 0xffff_ffffL;
      case I16 -> buffer.getShort();
      case U16 -> buffer.getShort() & 0xffff;
      case I8 -> buffer.get();
      case U8, BOOL -> buffer.get() & 0xff;
      case OTHER -> throw new IllegalArgumentException();
    };
  }
}
