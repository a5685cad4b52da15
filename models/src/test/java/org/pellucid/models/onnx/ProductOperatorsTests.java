package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;
import org.pellucid.testing.GraphBytes;
import org.pellucid.weights.OpenOptions;

/** Products with constants: an example has the same bits in any batch. */
@Tag("numeric")
class ProductOperatorsTests {
  private static final int MOST = 9;

  @TempDir Path directory;

  /** A product of an input {@code [batch, sizes…]} and a constant. */
  private enum Product {
    ROWS("MatMul", Map.of(), sizes(0, 96), sizes(96, 40)),
    ODD_ROWS("MatMul", Map.of(), sizes(0, 97), sizes(97, 41)),
    TOKENS("MatMul", Map.of(), sizes(0, 5, 96), sizes(96, 40)),
    VECTOR_OF_ROWS("MatMul", Map.of(), sizes(0, 97), sizes(97)),
    VECTOR_OF_TOKENS("MatMul", Map.of(), sizes(0, 5, 97), sizes(97)),
    STACK_OF_ONE("MatMul", Map.of(), sizes(0, 5, 96), sizes(1, 96, 40)),
    LONGER_STACK("MatMul", Map.of(), sizes(0, 96), sizes(1, 96, 40)),
    STACK("MatMul", Map.of(), sizes(0, 3, 5, 96), sizes(3, 96, 40)),
    WIDE("MatMul", Map.of(), sizes(0, 5, 16), sizes(16, 9001)),
    SCALED("Gemm", Map.of("alpha", 0.5f), sizes(0, 97), sizes(97, 41)),
    SCALED_BIAS("Gemm", Map.of("beta", 2f), sizes(0, 97), sizes(97, 41)),
    SINGLE_BIAS("Gemm", Map.of("transB", 1L), sizes(0, 97), sizes(41, 97)),
    SUM("Einsum", Map.of("equation", "bi,ij->bj"), sizes(0, 97), sizes(97, 41)),
    SUM_OF_TOKENS("Einsum", Map.of("equation", "bti,ij->btj"), sizes(0, 5, 97), sizes(97, 41));

    private final String operator;
    private final Map<String, ?> attributes;
    private final long[] input;
    private final long[] weight;

    Product(String operator, Map<String, ?> attributes, long[] input, long[] weight) {
      this.operator = operator;
      this.attributes = attributes;
      this.input = input;
      this.weight = weight;
    }

    private static long[] sizes(long... sizes) {
      return sizes;
    }

    private Path write(Path file) throws IOException {
      var count = Math.toIntExact(Arrays.stream(weight).reduce(1, (a, b) -> a * b));
      var graph =
          new GraphBytes(13)
              .input("x", input)
              .constant("W", GraphBytes.random(count, 1), weight)
              .constant("c", new float[] {0.5f}, 1);
      var inputs =
          this == SCALED_BIAS || this == SINGLE_BIAS ? List.of("x", "W", "c") : List.of("x", "W");
      return graph
          .node(operator, inputs, List.of("y"), attributes)
          .output("y", new long[input.length])
          .write(file);
    }
  }

  /** What the graph gives for the first examples, and the gradients of their sums. */
  private static float[][] computed(OnnxModel model, Product product, int batch) {
    var shape = product.input.clone();
    shape[0] = batch;
    var size = Math.toIntExact(Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b));
    var numbers = Arrays.copyOf(GraphBytes.random(MOST * size, 2), batch * size);
    try (var tape = new Tape(Engine.standard());
        var x = Tensor.of(numbers, shape)) {
      tape.watch(x);
      var pass = model.forward(tape, Map.of(), Map.of("x", x), List.of("y"), Taps.NONE);
      var y = pass.values().getFirst();
      return new float[][] {y.toFloats(), tape.gradient(y, x).of(x).toFloats()};
    }
  }

  @ParameterizedTest
  @EnumSource
  void givesAnExampleTheSameBitsInAnyBatch(Product product) throws IOException {
    assumeTrue(
        Engine.standard().kernels().name().equals("vector"),
        "ND4J's products, which the portable kernels call, go to BLAS with the batch as rows");
    var file = product.write(directory.resolve("product.onnx"));
    try (var model = OnnxModel.open(file, ElementType.FLOAT32, OpenOptions.standard())) {
      var whole = computed(model, product, MOST);
      for (var batch = 1; batch < MOST; batch++) {
        var part = computed(model, product, batch);
        for (var kind = 0; kind < 2; kind++) {
          assertThat(part[kind])
              .as("%s of %d", kind == 0 ? "output" : "gradient", batch)
              .isEqualTo(Arrays.copyOf(whole[kind], part[kind].length));
        }
      }
    }
  }
}
