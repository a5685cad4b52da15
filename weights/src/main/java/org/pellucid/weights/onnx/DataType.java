package org.pellucid.weights.onnx;

import java.util.Optional;
import org.pellucid.weights.DType;

/** ONNX's numbers of types ({@code TensorProto.DataType} in onnx/onnx.proto3). */
public final class DataType {
  private DataType() {}

  /** The type of a number, if it is one that is read. */
  public static Optional<DType> of(int number) {
    return switch (number) {
      case 1 -> Optional.of(DType.F32);
      case 2 -> Optional.of(DType.U8);
      case 3 -> Optional.of(DType.I8);
      case 4 -> Optional.of(DType.U16);
      case 5 -> Optional.of(DType.I16);
      case 6 -> Optional.of(DType.I32);
      case 7 -> Optional.of(DType.I64);
      case 9 -> Optional.of(DType.BOOL);
      case 10 -> Optional.of(DType.F16);
      case 11 -> Optional.of(DType.F64);
      case 12 -> Optional.of(DType.U32);
      case 13 -> Optional.of(DType.U64);
      case 16 -> Optional.of(DType.BF16);
      default -> Optional.empty();
    };
  }
}
