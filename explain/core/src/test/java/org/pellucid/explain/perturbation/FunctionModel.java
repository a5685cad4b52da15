package org.pellucid.explain.perturbation;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/** A model in double precision that is any function of an image's samples. */
record FunctionModel(long[] inputShape, int outputs, UnaryOperator<double[]> function)
    implements Model {

  static Evaluator evaluator(
      int channels, int height, int width, int outputs, UnaryOperator<double[]> function) {
    var shape = new long[] {channels, height, width};
    return new Evaluator(Engine.portable(), new FunctionModel(shape, outputs, function));
  }

  /** A linear function with slopes that differ everywhere, of one output. */
  static Evaluator linear(int channels, int height, int width) {
    return evaluator(channels, height, width, 1, FunctionModel::linear);
  }

  static double slope(int index) {
    return (index * 37 % 23 - 9) / 8.0;
  }

  private static double[] linear(double[] image) {
    var sum = 0.5;
    for (var i = 0; i < image.length; i++) {
      sum += slope(i) * image[i];
    }
    return new double[] {sum};
  }

  /** A function in which places interact, of two outputs. */
  static double[] curved(double[] image) {
    var sum = 0.0;
    for (var i = 0; i < image.length; i++) {
      sum += slope(i) * image[i] + 0.5 * image[i] * image[(i * 7 + 3) % image.length];
    }
    return new double[] {Math.tanh(sum / 10), sum};
  }

  @Override
  public ElementType type() {
    return ElementType.FLOAT64;
  }

  @Override
  public Tensor forward(Tape tape, Tensor inputs, Taps taps) {
    var numbers = inputs.toDoubles();
    var batch = (int) inputs.size(0);
    var size = numbers.length / batch;
    var rows = new double[batch * outputs];
    for (var i = 0; i < batch; i++) {
      var row = function.apply(Arrays.copyOfRange(numbers, i * size, (i + 1) * size));
      System.arraycopy(row, 0, rows, i * outputs, outputs);
    }
    var result = tape.allocate(type(), batch, outputs);
    result.set(rows);
    return result;
  }
}
