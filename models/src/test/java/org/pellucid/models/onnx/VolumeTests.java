package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.testing.GraphBytes;
import org.pellucid.weights.OpenOptions;

/** Convolutions of volumes against plain loops, in double precision. */
@Tag("numeric")
@Tag("many-steps")
class VolumeTests {
  private static final int[] X = {2, 4, 5, 6, 4};
  private static final int[] W = {6, 2, 3, 2, 2};
  private static final int[] STRIDES = {2, 1, 2};
  private static final int[] DILATIONS = {1, 2, 1};
  private static final int[] PADS = {1, 0, 1, 2, 1, 0};

  @TempDir Path folder;

  private static float[] random(int seed, int... shape) {
    var count = 1;
    for (var size : shape) {
      count *= size;
    }
    var random = new Random(seed);
    var values = new float[count];
    for (var i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static long[] wide(int... numbers) {
    return Arrays.stream(numbers).asLongStream().toArray();
  }

  @Test
  void convolvesInGroupsWithGapsAndUnevenPadding() throws IOException {
    var file =
        new GraphBytes(17)
            .node(
                "Conv",
                List.of("x", "w"),
                List.of("y"),
                Map.of(
                    "group", 2L,
                    "strides", wide(STRIDES),
                    "dilations", wide(DILATIONS),
                    "pads", wide(PADS)))
            .input("x", wide(X))
            .input("w", wide(W))
            .output("y")
            .write(folder.resolve("model.onnx"));
    var x = random(1, X);
    var w = random(2, W);
    try (var model = OnnxModel.open(file, ElementType.FLOAT64, OpenOptions.standard())) {
      var inputs = new HashMap<String, NumericArray>();
      inputs.put("x", NumericArray.of(x, wide(X)));
      inputs.put("w", NumericArray.of(w, wide(W)));
      var y = model.run(Engine.standard(), inputs).get("y");
      var expected = convolution(x, w, y.shape());
      assertThat(y.shape()).containsExactly(2, 6, 3, 5, 2);
      assertThat(y.values()).containsExactly(expected, within(1e-12));
      assertThat(model.multiplyAdds(Engine.standard(), Map.of("x", wide(X), "w", wide(W))))
          .isEqualTo(expected.length * 24L);
    }
    var run = new GradientRun(folder.resolve("other.onnx"));
    run.check(file, Map.of("x", NumericArray.of(x, wide(X)), "w", NumericArray.of(w, wide(W))));
    assertThat(run.failed()).isEmpty();
    assertThat(run.checked()).hasSize(1);
  }

  private static double[] convolution(float[] x, float[] w, long[] shape) {
    var y = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    var perGroup = W[0] / 2;
    for (var i = 0; i < y.length; i++) {
      var rest = i;
      var at = new int[5];
      for (var axis = 4; axis >= 0; axis--) {
        at[axis] = (int) (rest % shape[axis]);
        rest /= (int) shape[axis];
      }
      for (var c = 0; c < W[1]; c++) {
        for (var k = 0; k < W[2] * W[3] * W[4]; k++) {
          var offset = new int[] {k / W[4] / W[3], k / W[4] % W[3], k % W[4]};
          var source = at[0] * X[1] + at[1] / perGroup * W[1] + c;
          var isInside = true;
          for (var axis = 0; axis < 3; axis++) {
            var place = at[axis + 2] * STRIDES[axis] + offset[axis] * DILATIONS[axis] - PADS[axis];
            isInside &= place >= 0 && place < X[axis + 2];
            source = source * X[axis + 2] + place;
          }
          var weight = (at[1] * W[1] + c) * W[2] * W[3] * W[4] + k;
          y[i] += isInside ? (double) x[source] * w[weight] : 0;
        }
      }
    }
    return y;
  }
}
