package org.pellucid.explain.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.pellucid.explain.evaluation.Values;

/** What removed pixels become. */
class ImputationTests {
  private static final int H = 5;
  private static final int W = 7;

  private static float[] imputed(String imputation, Values input, boolean[] removed) {
    var values = input.toArray();
    Imputation.TYPE
        .reader()
        .apply(imputation)
        .orElseThrow()
        .of(input, 3)
        .impute(removed, values, 0);
    return values;
  }

  private static boolean[] removed(int count, double share) {
    var random = new SplittableRandom(8);
    var removed = new boolean[count];
    for (var i = 0; i < count; i++) {
      removed[i] = random.nextDouble() < share;
    }
    return removed;
  }

  /** Each removed pixel is the weighted mean of its neighbours inside the image. */
  @Test
  void linearPixelsSolveTheSystem() {
    var input = MetricSamples.input(2, H, W);
    var removed = removed(input.length(), 0.6);
    var values = imputed("linear:0", input, removed);
    for (var i = 0; i < values.length; i++) {
      if (!removed[i]) {
        assertThat(values[i]).isEqualTo(input.get(i));
        continue;
      }
      var y = i % (H * W) / W;
      var x = i % W;
      var sum = 0.0;
      var weights = 0.0;
      for (var v = Math.max(0, y - 1); v <= Math.min(H - 1, y + 1); v++) {
        for (var u = Math.max(0, x - 1); u <= Math.min(W - 1, x + 1); u++) {
          var weight = v == y && u == x ? 0 : v == y || u == x ? 1 / 6.0 : 1 / 12.0;
          sum += weight * values[i / (H * W) * H * W + v * W + u];
          weights += weight;
        }
      }
      assertThat(values[i]).isCloseTo((float) (sum / weights), within(1e-5f));
    }
  }

  @Test
  void linearContinuesAPlaneAndFallsBackToTheMean() {
    var plane = MetricSamples.values(i -> 0.1 * (i % W), 1, H, W);
    var hole = new boolean[H * W];
    for (var i = 0; i < hole.length; i++) {
      var y = i / W;
      var x = i % W;
      hole[i] = y > 0 && y < H - 1 && x > 0 && x < W - 1;
    }
    var filled = imputed("linear:0", plane, hole);
    for (var i = 0; i < filled.length; i++) {
      assertThat(filled[i]).isCloseTo(plane.get(i), within(1e-6f));
    }
    var all = new boolean[H * W];
    java.util.Arrays.fill(all, true);
    assertThat(imputed("linear:0", plane, all)[0]).isCloseTo(0.3f, within(1e-6f));
    var noisy = imputed("linear:0.5", plane, all);
    assertThat(noisy[0]).isNotEqualTo(noisy[1]);
    assertThat(noisy).isEqualTo(imputed("linear:0.5", plane, all));
  }

  @Test
  void constantsAndMeansAndBlursReplaceWhatIsRemovedAlone() {
    var input = MetricSamples.input(2, H, W);
    var removed = removed(input.length(), 0.5);
    for (var name : new String[] {"black", "white", "mean", "minimum", "0.25", "blurred"}) {
      var values = imputed(name, input, removed);
      for (var i = 0; i < values.length; i++) {
        if (!removed[i]) {
          assertThat(values[i]).isEqualTo(input.get(i));
        } else if (name.equals("minimum")) {
          assertThat(values[i]).isEqualTo(input.min());
        } else if (name.equals("0.25")) {
          assertThat(values[i]).isEqualTo(0.25f);
        }
      }
      var type = Imputation.TYPE;
      var text = type.writer().apply(type.reader().apply(name).orElseThrow());
      assertThat(text).isEqualTo(name);
    }
    assertThat(Imputation.TYPE.reader().apply("grey")).isEmpty();
    assertThat(Imputation.TYPE.reader().apply("blurred:x")).isEmpty();
  }
}
