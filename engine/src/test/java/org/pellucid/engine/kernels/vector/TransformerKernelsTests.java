package org.pellucid.engine.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.kernels.AttentionInputs;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** What transformers are made of: vector kernels in single precision against portable in double. */
@NeedsVectorKernels
class TransformerKernelsTests {
  private final Random random = new Random(11);

  /** Inputs by position; outputs are allocated by the computation. */
  private interface Computation {
    List<Tensor> run(Kernels kernels, ElementType type, List<Tensor> inputs);
  }

  private record Input(float[] values, long... shape) {
    Tensor as(ElementType type) {
      var tensor = Tensor.uninitialised(type, shape);
      tensor.set(values);
      return tensor;
    }
  }

  private Input numbers(long... shape) {
    var values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Input(values, shape);
  }

  /** The largest relative RMS distance among a computation's outputs. */
  private static double distance(Computation computation, Input... inputs) {
    var exact = run(computation, new PortableKernels(), ElementType.FLOAT64, inputs);
    var fast = run(computation, new VectorKernels(2), ElementType.FLOAT32, inputs);
    var worst = 0.0;
    for (var output = 0; output < exact.size(); output++) {
      var difference = 0.0;
      var norm = 1e-300;
      for (var i = 0; i < exact.get(output).length; i++) {
        difference += Math.pow(fast.get(output)[i] - exact.get(output)[i], 2);
        norm += Math.pow(exact.get(output)[i], 2);
      }
      worst = Math.max(worst, Math.sqrt(difference / norm));
    }
    return worst;
  }

  private static List<double[]> run(
      Computation computation, Kernels kernels, ElementType type, Input... inputs) {
    var tensors = Arrays.stream(inputs).map(input -> input.as(type)).toList();
    var outputs = computation.run(kernels, type, tensors);
    var values = outputs.stream().map(Tensor::toDoubles).toList();
    tensors.forEach(Tensor::close);
    outputs.forEach(Tensor::close);
    return values;
  }

  private static Computation attention(int heads, boolean masked) {
    return (kernels, type, in) -> {
      var mask = masked ? Optional.of(in.get(4)) : Optional.<Tensor>empty();
      var inputs = new AttentionInputs(in.get(0), in.get(1), in.get(2), heads, 0.125, mask);
      var out = Tensor.uninitialised(type, in.get(0).shape());
      kernels.attention().forward(inputs, out);
      var query = Tensor.uninitialised(type, in.get(0).shape());
      var key = Tensor.uninitialised(type, in.get(1).shape());
      var value = Tensor.uninitialised(type, in.get(2).shape());
      kernels.attention().gradient(inputs, in.get(3), query, key, value);
      return List.of(out, query, key, value);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, 64",
    "2, 1, 3, 2, 5",
    "1, 17, 17, 3, 16",
    "1, 129, 129, 2, 64",
    "2, 127, 131, 1, 33",
    "1, 300, 384, 2, 64"
  })
  void attends(int batch, int queries, int keys, int heads, int headSize) {
    var hidden = (long) heads * headSize;
    var mask = numbers(batch, 1, 1, keys);
    Arrays.fill(mask.values(), 0, keys / 3, -Float.MAX_VALUE);
    var inputs =
        new Input[] {
          numbers(batch, queries, hidden),
          numbers(batch, keys, hidden),
          numbers(batch, keys, hidden),
          numbers(batch, queries, hidden),
          mask
        };
    // Sums of up to 384 products round to a few 1e-7 of their size.
    assertThat(distance(attention(heads, true), inputs)).isLessThan(2e-6);
    assertThat(distance(attention(heads, false), inputs)).isLessThan(2e-6);
  }

  @Test
  void sharesAttentionEvenlyWhereEverythingIsPadding() {
    var mask = new Input(new float[19], 1, 1, 1, 19);
    Arrays.fill(mask.values(), -Float.MAX_VALUE);
    var value = numbers(1, 19, 8);
    var outputs =
        run(
            attention(2, true),
            new VectorKernels(2),
            ElementType.FLOAT32,
            numbers(1, 3, 8),
            numbers(1, 19, 8),
            value,
            numbers(1, 3, 8),
            mask);
    for (var i = 0; i < 24; i++) {
      var sum = 0.0;
      for (var key = 0; key < 19; key++) {
        sum += value.values()[key * 8 + i % 8];
      }
      assertThat(outputs.getFirst()[i]).isCloseTo(sum / 19, within(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 7, 32",
    "5, 33, 32",
    "6, 64, 96",
    "129, 48, 64",
    "13, 31, 7",
    "30, 64, 1000",
    "400, 3072, 32",
    "2, 16, 8200"
  })
  void connectsFullyInBothDirections(int rows, int inputs, int outputs) {
    Computation layer =
        (kernels, type, in) -> {
          var plain = Tensor.uninitialised(type, rows, outputs);
          kernels.products().linear(in.get(0), in.get(1), Optional.of(in.get(2)), plain);
          var bare = Tensor.uninitialised(type, rows, outputs);
          kernels.products().linear(in.get(0), in.get(1), Optional.empty(), bare);
          var sums = Tensor.uninitialised(type, rows, outputs);
          var bent = Tensor.uninitialised(type, rows, outputs);
          kernels.products().linearGelu(in.get(0), in.get(1), in.get(2), Optional.of(sums), bent);
          var alone = Tensor.uninitialised(type, rows, outputs);
          kernels.products().linearGelu(in.get(0), in.get(1), in.get(2), Optional.empty(), alone);
          var back = Tensor.uninitialised(type, rows, inputs);
          kernels.products().linearInputGradient(in.get(3), in.get(1), back);
          return List.of(plain, bare, sums, bent, alone, back);
        };
    var distance =
        distance(
            layer,
            numbers(rows, inputs),
            numbers(outputs, inputs),
            numbers(outputs),
            numbers(rows, outputs));
    // One chain of up to 3072 fused multiply-adds rounds to about √3072 · 3e-8.
    assertThat(distance).isLessThan(2e-6);
  }

  /**
   * Outputs and inputs that fill panels, and that don't, and more than are kept in panels; rows are
   * whole blocks of them, and not.
   */
  @ParameterizedTest
  @CsvSource({"64, 11", "1000, 96", "75, 1000", "16, 9001", "9001, 16"})
  void givesARowTheSameBitsInAnyCompany(int inputs, int outputs) {
    var kernels = new VectorKernels(2);
    var weight = numbers(outputs, inputs).as(ElementType.FLOAT32);
    var bias = numbers(outputs).as(ElementType.FLOAT32);
    var x = numbers(50, inputs);
    var gradient = numbers(50, outputs);
    var expected = new float[0];
    var back = new float[0];
    for (var rows : new int[] {1, 2, 7, 16, 25, 50}) {
      try (var in = first(x, rows, inputs);
          var g = first(gradient, rows, outputs);
          var out = Tensor.uninitialised(ElementType.FLOAT32, rows, outputs);
          var toIn = Tensor.uninitialised(ElementType.FLOAT32, rows, inputs)) {
        kernels.products().linear(in, weight, Optional.of(bias), out);
        kernels.products().linearInputGradient(g, weight, toIn);
        expected = rows == 1 ? out.toFloats() : expected;
        back = rows == 1 ? toIn.toFloats() : back;
        assertThat(Arrays.copyOf(out.toFloats(), outputs)).isEqualTo(expected);
        assertThat(Arrays.copyOf(toIn.toFloats(), inputs)).isEqualTo(back);
      }
    }
    weight.close();
    bias.close();
  }

  /** Panels that are cut on the way give what kept ones do, over several blocks of rows. */
  @Test
  void multipliesByMoreColumnsThanAreKeptAsByFewer() {
    var kernels = new VectorKernels(2);
    int rows = 1100, inputs = 1000, outputs = 8193, fewer = 64;
    var weight = numbers(outputs, inputs);
    try (var x = numbers(rows, inputs).as(ElementType.FLOAT32);
        var wide = weight.as(ElementType.FLOAT32);
        var narrow = first(weight, fewer, inputs);
        var out = Tensor.uninitialised(ElementType.FLOAT32, rows, outputs);
        var expected = Tensor.uninitialised(ElementType.FLOAT32, rows, fewer)) {
      kernels.products().linear(x, wide, Optional.empty(), out);
      kernels.products().linear(x, narrow, Optional.empty(), expected);
      var all = out.toFloats();
      var some = expected.toFloats();
      for (var row = 0; row < rows; row++) {
        var at = row * outputs;
        var from = row * fewer;
        assertThat(Arrays.mismatch(all, at, at + fewer, some, from, from + fewer))
            .as("row %d", row)
            .isEqualTo(-1);
      }
    }
  }

  private static Tensor first(Input input, int rows, int width) {
    return new Input(Arrays.copyOf(input.values(), rows * width), rows, width)
        .as(ElementType.FLOAT32);
  }

  @Test
  void packsAgainAfterTheWeightsChanged() {
    var kernels = new VectorKernels(2);
    try (var x = numbers(3, 8).as(ElementType.FLOAT32);
        var weight = numbers(32, 8).as(ElementType.FLOAT32);
        var out = Tensor.uninitialised(ElementType.FLOAT32, 3, 32)) {
      kernels.products().linear(x, weight, Optional.empty(), out);
      weight.set(new float[32 * 8]);
      weight.changed();
      kernels.products().linear(x, weight, Optional.empty(), out);
      assertThat(out.toFloats()).containsOnly(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 7", "2, 16", "5, 129", "2, 40000"})
  void normalisesRows(int rows, int width) {
    Computation norms =
        (kernels, type, in) -> {
          var y = Tensor.uninitialised(type, rows, width);
          var n = Tensor.uninitialised(type, rows, width);
          var d = Tensor.uninitialised(type, rows, 1);
          kernels.layerNorm().forward(in.get(0), in.get(1), in.get(2), 1e-3, n, d, y);
          var back = Tensor.uninitialised(type, rows, width);
          kernels.layerNorm().gradient(n, d, in.get(1), in.get(3), back);
          var p = Tensor.uninitialised(type, rows, width);
          kernels.softmax().forward(in.get(0), -0.5, Optional.empty(), p);
          var dp = Tensor.uninitialised(type, rows, width);
          kernels.softmax().gradient(p, in.get(3), -0.5, dp);
          return List.of(y, n, d, back, p, dp);
        };
    var inputs =
        new Input[] {numbers(rows, width), numbers(width), numbers(width), numbers(rows, width)};
    // A row of one element has a deviation and softmax gradient of exactly 0 on both sides.
    assertThat(distance(norms, inputs)).isLessThan(width > 1000 ? 4e-6 : 1e-6);
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 1, 21", "1, 3, 1, 21", "2, 3, 5, 21", "1, 1, 5, 21", "2, 1, 5, 1"})
  void addsMasksOfAllShapes(int first, int second, int third, int last) {
    Computation softmax =
        (kernels, type, in) -> {
          var p = Tensor.uninitialised(type, 2, 3, 5, 21);
          kernels.softmax().forward(in.get(0), 2, Optional.of(in.get(1)), p);
          return List.of(p);
        };
    assertThat(distance(softmax, numbers(2, 3, 5, 21), numbers(first, second, third, last)))
        .isLessThan(1e-6);
  }

  @ParameterizedTest
  @CsvSource({"1", "15", "16", "10007"})
  void activates(int count) {
    Computation activations =
        (kernels, type, in) -> {
          var outputs = new ArrayList<Tensor>();
          for (var i = 0; i < 9; i++) {
            outputs.add(Tensor.uninitialised(type, count));
          }
          kernels.activations().gelu(in.get(0), outputs.get(0));
          kernels.activations().geluGradient(in.get(0), in.get(1), outputs.get(1));
          kernels.activations().tanh(in.get(0), outputs.get(2));
          kernels.activations().tanhGradient(outputs.get(2), in.get(1), outputs.get(3));
          kernels.activations().sigmoid(in.get(0), outputs.get(4));
          kernels.activations().sigmoidGradient(outputs.get(4), in.get(1), outputs.get(5));
          kernels.activations().exp(in.get(0), outputs.get(6));
          kernels.activations().log(outputs.get(6), outputs.get(7));
          kernels.activations().logGradient(outputs.get(6), in.get(1), outputs.get(8));
          return outputs;
        };
    assertThat(distance(activations, numbers(count), numbers(count))).isLessThan(1e-6);
  }

  @Test
  void sumsRowsWithTheSameBitsCompiledAsInterpreted() {
    var kernels = new VectorKernels(1);
    try (var x = numbers(4, 77).as(ElementType.FLOAT32);
        var y = Tensor.uninitialised(ElementType.FLOAT32, 4, 77)) {
      kernels.softmax().forward(x, 0.5, Optional.empty(), y);
      var first = y.toFloats();
      for (var i = 0; i < 20_000; i++) {
        kernels.softmax().forward(x, 0.5, Optional.empty(), y);
      }
      assertThat(y.toFloats()).isEqualTo(first);
    }
  }

  @Test
  void givesTheSameBitsWithAnyNumberOfThreadsAndCallers() throws Exception {
    var inputs =
        new Input[] {
          numbers(1, 131, 96), numbers(1, 131, 96), numbers(1, 131, 96), numbers(1, 131, 96)
        };
    Computation all =
        (kernels, type, in) -> {
          var outputs = new ArrayList<>(attention(3, false).run(kernels, type, in));
          var product = Tensor.uninitialised(type, 1, 131, 131);
          kernels.products().matmul(in.get(0), false, in.get(1), true, product);
          outputs.add(product);
          try (var weight = in.get(1).view(131, 96);
              var square = Tensor.uninitialised(type, 96, 96)) {
            square.memory().copyFrom(weight.memory().asSlice(0, square.memory().byteSize()));
            var y = Tensor.uninitialised(type, 131, 96);
            try (var x = in.get(0).view(131, 96)) {
              kernels.products().linear(x, square, Optional.empty(), y);
            }
            outputs.add(y);
          }
          return outputs;
        };
    var expected = run(all, new VectorKernels(1), ElementType.FLOAT32, inputs);
    for (var threads = 2; threads <= 3; threads++) {
      var kernels = new VectorKernels(threads);
      assertThat(run(all, kernels, ElementType.FLOAT32, inputs))
          .usingRecursiveComparison()
          .isEqualTo(expected);
      try (var callers = Executors.newFixedThreadPool(3)) {
        var results = new ArrayList<Future<List<double[]>>>();
        for (var i = 0; i < 6; i++) {
          results.add(callers.submit(() -> run(all, kernels, ElementType.FLOAT32, inputs)));
        }
        for (var result : results) {
          assertThat(result.get()).usingRecursiveComparison().isEqualTo(expected);
        }
      }
    }
  }
}
