package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * Checks an operation in double precision: its output against a plain reference, and the gradient
 * of every input against central differences.
 */
final class OperationCheck {
  /** A call of the operation under test. */
  interface Call {
    Tensor on(Tape tape, Tensor... inputs);
  }

  private static final double STEP = 1e-5;

  /** Central differences in double err by about STEP² plus rounding of 1e-16/STEP = 1e-11. */
  private static final double GRADIENT_TOLERANCE = 1e-6;

  private static final double FORWARD_TOLERANCE = 1e-12;

  private final Engine engine = Engine.portable();
  private final Call call;
  private final List<double[]> values = new ArrayList<>();
  private final List<long[]> shapes = new ArrayList<>();
  private final Random random = new Random(7);

  private OperationCheck(Call call) {
    this.call = call;
  }

  static OperationCheck of(Call call) {
    return new OperationCheck(call);
  }

  OperationCheck input(double[] input, long... shape) {
    values.add(input.clone());
    shapes.add(shape);
    return this;
  }

  /** Random values whose distance from each other and from 0 is far above the difference step. */
  OperationCheck input(long... shape) {
    var count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    var order = new ArrayList<Integer>();
    for (var i = 0; i < count; i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    var input = new double[count];
    for (var i = 0; i < count; i++) {
      input[i] = (order.get(i) + 0.25 + 0.5 * random.nextDouble()) * 3 / count - 1.5;
      input[i] += Math.copySign(0.01, input[i]);
    }
    return input(input, shape);
  }

  OperationCheck givesValues(Function<double[][], double[]> reference) {
    try (var tape = new Tape(engine)) {
      var tensors = tensors(values);
      var y = call.on(tape, tensors).toDoubles();
      var expected = reference.apply(values.toArray(double[][]::new));
      assertThat(y).hasSize(expected.length);
      for (var i = 0; i < y.length; i++) {
        assertThat(y[i]).as("output %d", i).isCloseTo(expected[i], within(FORWARD_TOLERANCE));
      }
      close(tensors);
    }
    return this;
  }

  OperationCheck hasTrueGradients() {
    for (var i = 0; i < values.size(); i++) {
      checkGradient(i);
    }
    assertThat(engine.memory().usedBytes()).as("bytes left after all tapes").isZero();
    return this;
  }

  private void checkGradient(int index) {
    double[] analytic;
    double[] weights;
    try (var tape = new Tape(engine)) {
      var tensors = tensors(values);
      tape.watch(tensors[index]);
      var y = call.on(tape, tensors);
      weights = random.doubles(y.elements(), -1, 1).toArray();
      try (var seed = Tensor.of(weights, y.shape())) {
        analytic = tape.gradient(y, seed, List.of(tensors[index])).of(tensors[index]).toDoubles();
      }
      close(tensors);
    }
    var numeric = new double[analytic.length];
    for (var i = 0; i < numeric.length; i++) {
      numeric[i] =
          (shifted(index, i, STEP, weights) - shifted(index, i, -STEP, weights)) / 2 / STEP;
    }
    var scale = Arrays.stream(numeric).map(Math::abs).max().orElse(0);
    for (var i = 0; i < numeric.length; i++) {
      assertThat(analytic[i])
          .as("gradient of input %d at %d", index, i)
          .isCloseTo(numeric[i], within(GRADIENT_TOLERANCE * Math.max(scale, 1)));
    }
  }

  private double shifted(int index, int position, double step, double[] weights) {
    var moved = new ArrayList<>(values);
    moved.set(index, values.get(index).clone());
    moved.get(index)[position] += step;
    try (var tape = new Tape(engine)) {
      var tensors = tensors(moved);
      var y = call.on(tape, tensors).toDoubles();
      close(tensors);
      var sum = 0.0;
      for (var i = 0; i < y.length; i++) {
        sum += weights[i] * y[i];
      }
      return sum;
    }
  }

  private Tensor[] tensors(List<double[]> contents) {
    var tensors = new Tensor[contents.size()];
    for (var i = 0; i < tensors.length; i++) {
      tensors[i] = Tensor.of(contents.get(i), shapes.get(i));
    }
    return tensors;
  }

  private static void close(Tensor[] tensors) {
    for (var tensor : tensors) {
      tensor.close();
    }
  }
}
