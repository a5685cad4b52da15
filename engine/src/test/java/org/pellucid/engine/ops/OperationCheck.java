package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Operation;
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
    checkRules();
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

  /**
   * Replaces the backward step of each kind of operation by one that applies the operation again on
   * a tape of its own: the output and what the operation's own step contributes are the same bits.
   */
  private void checkRules() {
    var expected = gradients(_ -> {});
    var calls = new AtomicInteger();
    for (var kind : operations()) {
      var replaced = gradients(tape -> replace(tape, kind, calls));
      for (var i = 0; i < expected.size(); i++) {
        assertThat(replaced.get(i))
            .as("gradient of input %d with a rule for %s", i, kind.getSimpleName())
            .containsExactly(expected.get(i), within(GRADIENT_TOLERANCE));
      }
    }
    assertThat(calls.get()).as("operations that a rule was called for").isPositive();
  }

  private List<double[]> gradients(Consumer<Tape> rules) {
    try (var tape = new Tape(engine)) {
      var tensors = tensors(values);
      Arrays.stream(tensors).forEach(tape::watch);
      rules.accept(tape);
      var gradients = tape.gradient(call.on(tape, tensors), tensors);
      var result = Arrays.stream(tensors).map(x -> gradients.of(x).toDoubles()).toList();
      close(tensors);
      return result;
    }
  }

  private static <O extends Operation> void replace(Tape tape, Class<O> kind, AtomicInteger calls) {
    tape.replaceBackward(
        kind,
        (operation, backward) -> {
          calls.incrementAndGet();
          assertThat(operation.again()).isExactlyInstanceOf(kind).isNotSameAs(operation);
          var own = backward.own(backward.gradient());
          compareWithAnotherCall(operation, backward, own);
          for (var i = 0; i < own.size(); i++) {
            var position = i;
            own.get(i).ifPresent(contribution -> backward.add(position, contribution));
          }
        });
  }

  private static void compareWithAnotherCall(
      Operation operation, Backward backward, List<Optional<Tensor>> own) {
    try (var local = new Tape(backward.engine())) {
      var inputs = new Tensor[backward.inputs()];
      var wanted = new ArrayList<Tensor>();
      for (var i = 0; i < inputs.length; i++) {
        inputs[i] = backward.input(i);
        assertThat(own.get(i).isPresent()).isEqualTo(backward.wants(i));
        if (backward.wants(i)) {
          wanted.add(local.watch(inputs[i]));
        }
      }
      var y = local.apply(operation.again(), inputs);
      assertThat(y.toDoubles()).containsExactly(backward.output().toDoubles());
      var gradients = local.gradient(y, backward.gradient(), wanted);
      for (var tensor : wanted) {
        assertThat(gradients.of(tensor).toDoubles()).containsExactly(sum(own, inputs, tensor));
      }
    }
  }

  /** The sum of the contributions at all positions where an operation was given {@code tensor}. */
  private static double[] sum(List<Optional<Tensor>> own, Tensor[] inputs, Tensor tensor) {
    // Begins with −0, which alone leaves the sign of a sum of zeros as it is.
    var sum = new double[Math.toIntExact(tensor.elements())];
    Arrays.fill(sum, -0.0);
    for (var i = 0; i < inputs.length; i++) {
      if (inputs[i] == tensor) {
        var contribution = own.get(i).orElseThrow().toDoubles();
        Arrays.setAll(sum, j -> sum[j] + contribution[j]);
      }
    }
    return sum;
  }

  private static List<Class<? extends Operation>> operations() {
    try {
      return GradientInventoryTests.operations();
    } catch (Exception e) {
      throw new IllegalStateException("The operations can't be listed.", e);
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
