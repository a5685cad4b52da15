package org.pellucid.models.onnx;

import java.util.Arrays;
import java.util.Map;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;
import org.pellucid.weights.onnx.DataType;

/** Conversions between types of numbers. */
final class ConversionOperators {
  private ConversionOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("Cast", Operator.single(call -> cast(call, type(call, "to"))));
    table.put("CastLike", Operator.single(ConversionOperators::castLike));
  }

  /** The type that an attribute names. */
  static DType type(NodeCall call, String attribute) {
    var number = call.whole(attribute, 0);
    return DataType.of((int) Math.clamp(number, 0, Integer.MAX_VALUE))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s converts to ONNX's type %d, which isn't supported."
                        .formatted(call, number)));
  }

  private static Value castLike(NodeCall call) {
    return call.input(1) instanceof Known(var array)
        ? cast(call, array.type())
        : cast(call, DType.F32);
  }

  /**
   * What is on the engine keeps its type, that of the whole model, as long as it is a number's with
   * fractions; numbers of half precision are rounded to it, and gradients pass as if they were not.
   */
  private static Value cast(NodeCall call, DType type) {
    if (!(call.input(0) instanceof Real real) || !type.isFloatingPoint()) {
      return new Known(call.known(0).cast(type));
    }
    var x = real.tensor();
    return real.with(
        type == DType.F16 || type == DType.BF16
            ? rounded(call, x, type)
            : Reshape.apply(call.tape(), x, x.shape()));
  }

  /** {@code x} plus what rounding changes: the sum is exact, since both are about the same. */
  private static Tensor rounded(NodeCall call, Tensor x, DType type) {
    ShapeOperators.checkedElements(call, x.shape());
    var values = x.toDoubles();
    var exact = new NumericArray(DType.F64, x.shape(), values);
    var half = exact.cast(type).values();
    var differences = new double[values.length];
    Arrays.setAll(differences, i -> half[i] == values[i] ? 0 : half[i] - values[i]);
    var change =
        call.constant(new NumericArray(DType.F64, x.shape(), differences), "", array -> array);
    return Add.apply(call.tape(), x, change);
  }
}
