package org.pellucid.models.bert.tuning;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Nd4jRuntime;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;

/** The engine's tensors as tensors of weight files, bit for bit. */
final class TensorWeights {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private TensorWeights() {}

  /** A tensor under a name; its numbers are read when they are asked for. */
  static WeightTensor of(String name, Tensor tensor) {
    var type = tensor.type() == ElementType.FLOAT64 ? DType.F64 : DType.F32;
    return WeightTensor.of(new TensorInfo(name, type, tensor.shape()), () -> bytes(tensor));
  }

  /** Without a copy where memory holds what files do, so that saving takes no memory. */
  private static MemorySegment bytes(Tensor tensor) {
    if (Nd4jRuntime.onHost() && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      return tensor.memory().asReadOnly();
    }
    if (tensor.type() == ElementType.FLOAT64) {
      var values = tensor.toDoubles();
      var bytes = WeightTensor.allocate((long) values.length * Double.BYTES);
      MemorySegment.copy(values, 0, bytes, DOUBLE, 0, values.length);
      return bytes;
    }
    var values = tensor.toFloats();
    var bytes = WeightTensor.allocate((long) values.length * Float.BYTES);
    MemorySegment.copy(values, 0, bytes, FLOAT, 0, values.length);
    return bytes;
  }

  /** Writes a stored tensor's numbers into one of the same shape. */
  static void copy(WeightTensor stored, Tensor tensor) {
    if (tensor.type() == ElementType.FLOAT64) {
      tensor.set(stored.toDoubles());
    } else {
      tensor.set(stored.toFloats());
    }
  }
}
