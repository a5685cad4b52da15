package org.pellucid.models.onnx;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.weights.DType;
import org.pellucid.weights.numpy.Npz;

/** One example of a golden file, and the gradient of a score for it. */
final class GoldenExample {
  private GoldenExample() {}

  /** A graph's inputs, with a batch axis of 1. */
  static Map<String, NumericArray> inputs(OnnxModel model, Npz npz, int example) {
    var inputs = new HashMap<String, NumericArray>();
    for (var input : model.inputs()) {
      var values = row(npz, input.name(), example);
      var shape = npz.array(input.name()).shape().clone();
      shape[0] = 1;
      inputs.put(input.name(), new NumericArray(input.type().orElse(DType.F32), shape, values));
    }
    return inputs;
  }

  static double[] row(Npz npz, String name, int example) {
    var values = npz.array(name).doubles();
    var length = values.length / (int) npz.array(name).shape()[0];
    return Arrays.copyOfRange(values, example * length, (example + 1) * length);
  }

  /** The gradient of one output to the input. */
  static double[] gradient(OnnxFunction function, Engine engine, double[] x, int target) {
    var shape = new long[function.inputShape().length + 1];
    shape[0] = 1;
    System.arraycopy(function.inputShape(), 0, shape, 1, shape.length - 1);
    try (var tape = new Tape(engine);
        var input = Tensor.uninitialised(function.type(), shape)) {
      input.set(x);
      tape.watch(input);
      var score = Slice.apply(tape, function.forward(tape, input), 1, target, 1);
      return tape.gradient(score, input).of(input).toDoubles();
    }
  }
}
