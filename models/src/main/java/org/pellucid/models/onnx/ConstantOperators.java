package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.weights.DType;
import org.pellucid.weights.onnx.Attribute;

/** What gives numbers without being given any, or shapes alone. */
final class ConstantOperators {
  private ConstantOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("Constant", Operator.single(ConstantOperators::constant));
    table.put("ConstantOfShape", Operator.single(ConstantOperators::constantOfShape));
    table.put("Range", Operator.single(ConstantOperators::range));
    table.put("EyeLike", Operator.single(ConstantOperators::eyeLike));
  }

  private static Value constant(NodeCall call) {
    if (call.attribute("value").orElse(null) instanceof Attribute.Array(var tensor)) {
      return new Known(
          new NumericArray(tensor.info().dtype(), tensor.info().shape(), tensor.toDoubles()));
    }
    for (var name : List.of("value_int", "value_float", "value_ints", "value_floats")) {
      var value = call.attribute(name);
      if (value.isPresent()) {
        return new Known(
            switch (value.get()) {
              case Attribute.Whole w -> NumericArray.scalar(DType.I64, w.value());
              case Attribute.Number n -> NumericArray.scalar(DType.F32, n.value());
              case Attribute.Wholes w ->
                  NumericArray.of(call.wholes(name).orElseThrow(), w.values().size());
              case Attribute.Numbers n ->
                  new NumericArray(
                      DType.F32,
                      new long[] {n.values().size()},
                      n.values().stream().mapToDouble(Float::doubleValue).toArray());
              default -> throw new IllegalArgumentException(call + " holds no numbers.");
            });
      }
    }
    throw new IllegalArgumentException(call + " holds no numbers.");
  }

  private static Value constantOfShape(NodeCall call) {
    var shape = call.known(0).wholes();
    ShapeOperators.checkedElements(call, shape);
    if (call.attribute("value").orElse(null) instanceof Attribute.Array(var tensor)) {
      check(tensor.info().elements() == 1, "The value of %s isn't one number", call);
      return new Known(NumericArray.filled(tensor.info().dtype(), shape, tensor.toDoubles()[0]));
    }
    return new Known(NumericArray.filled(DType.F32, shape, 0));
  }

  private static Value range(NodeCall call) {
    var start = call.known(0).item();
    var step = call.known(2).item();
    check(step != 0, "The step of %s is 0", call);
    var count = (long) Math.max(0, Math.ceil((call.known(1).item() - start) / step));
    var values = new double[ShapeOperators.checkedElements(call, count)];
    Arrays.setAll(values, i -> start + i * step);
    return new Known(new NumericArray(call.known(0).type(), new long[] {count}, values));
  }

  /** Ones on a diagonal. */
  private static Value eyeLike(NodeCall call) {
    var shape = call.input(0).shape();
    check(shape.length == 2, "%s needs two axes, not %d", call, shape.length);
    var diagonal = call.whole("k", 0);
    var type =
        call.attribute("dtype").isPresent()
            ? ConversionOperators.type(call, "dtype")
            : call.input(0) instanceof Known(var array) ? array.type() : DType.F32;
    var values = new double[ShapeOperators.checkedElements(call, shape)];
    for (var row = 0; row < shape[0]; row++) {
      var column = Math.clamp(diagonal, -shape[0], shape[1]) + row;
      if (column >= 0 && column < shape[1]) {
        values[(int) (row * shape[1] + column)] = 1;
      }
    }
    return new Known(new NumericArray(type, shape, values));
  }
}
