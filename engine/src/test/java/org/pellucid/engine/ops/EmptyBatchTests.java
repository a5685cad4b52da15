package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * Layers that are given no examples: their outputs are empty, and so no weight has a gradient other
 * than 0.
 */
class EmptyBatchTests {
  private static Tensor zeros(long... shape) {
    return Tensor.zeros(ElementType.FLOAT32, shape);
  }

  /** Memory that is given out next doesn't hold zeros by chance. */
  private static void soil(Tape tape, long elements) {
    var dirt = tape.allocate(ElementType.FLOAT32, elements);
    dirt.array().assign(7);
    tape.discard(dirt);
  }

  private static void check(Engine engine, Consumer<Tape> computation) {
    try (engine;
        var tape = new Tape(engine)) {
      computation.accept(tape);
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 5, 1", "3, 5, 2", "64, 64, 1"})
  void convolveAndPoolNothing(int channels, int filters, int stride) {
    for (var engine : new Engine[] {Engine.builder().build(), Engine.portable()}) {
      check(
          engine,
          tape -> {
            try (var x = Tensor.of(new float[0], 0, 4, 4, channels);
                var weight = zeros(3, 3, channels, filters);
                var bias = zeros(filters)) {
              tape.watch(x);
              tape.watch(weight);
              tape.watch(bias);
              soil(tape, weight.elements());
              var window = SlidingWindow.square(3, stride, 1);
              var y = Convolution2d.apply(tape, x, weight, bias, window, Rectifier.RELU);
              var pooled = MaxPool2d.apply(tape, y, SlidingWindow.square(2, 2, 0));
              var means = AveragePool2d.apply(tape, pooled, SlidingWindow.square(2, 1, 1));
              var gradients = tape.gradient(means, x, weight, bias);
              assertThat(gradients.of(x).toFloats()).isEmpty();
              assertThat(gradients.of(weight).toFloats()).containsOnly(0);
              assertThat(gradients.of(bias).toFloats()).containsOnly(0);
            }
          });
    }
  }

  @ParameterizedTest
  @CsvSource({"5, 3", "32, 64"})
  void connectNothing(int inputs, int outputs) {
    for (var engine : new Engine[] {Engine.builder().build(), Engine.portable()}) {
      check(
          engine,
          tape -> {
            try (var x = Tensor.of(new float[0], 0, inputs);
                var weight = zeros(outputs, inputs);
                var bias = zeros(outputs)) {
              tape.watch(x);
              tape.watch(weight);
              tape.watch(bias);
              soil(tape, weight.elements());
              var y = Linear.apply(tape, x, weight, bias);
              var gradients = tape.gradient(y, x, weight, bias);
              assertThat(gradients.of(x).toFloats()).isEmpty();
              assertThat(gradients.of(weight).toFloats()).containsOnly(0);
              assertThat(gradients.of(bias).toFloats()).containsOnly(0);
            }
          });
    }
  }

  @Test
  void attendWithNoQueries() {
    for (var engine : new Engine[] {Engine.builder().build(), Engine.portable()}) {
      check(
          engine,
          tape -> {
            try (var query = Tensor.of(new float[0], 1, 0, 4);
                var key = zeros(1, 3, 4);
                var value = zeros(1, 3, 4)) {
              tape.watch(query);
              tape.watch(key);
              tape.watch(value);
              soil(tape, key.elements());
              var y = Attention.apply(tape, query, key, value, 2, Optional.empty());
              var gradients = tape.gradient(y, query, key, value);
              assertThat(gradients.of(key).toFloats()).containsOnly(0);
              assertThat(gradients.of(value).toFloats()).containsOnly(0);
            }
          });
    }
  }

  @Test
  void multiplyAlongNothing() {
    for (var engine : new Engine[] {Engine.builder().build(), Engine.portable()}) {
      check(
          engine,
          tape -> {
            try (var a = Tensor.of(new float[0], 2, 0);
                var b = Tensor.of(new float[0], 0, 3)) {
              soil(tape, 6);
              assertThat(MatMul.apply(tape, a, b).toFloats()).containsOnly(0).hasSize(6);
            }
          });
    }
  }
}
