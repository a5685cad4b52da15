package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/** The gradient methods on models whose answers are known. */
@Tag("numeric")
class AttributionTests {
  private static final int SIDE = 4;
  private static final Target FIRST = Target.output(0);
  private static final int SIZE = 3 * SIDE * SIDE;

  private final Values image = Values.of(numbers(1), 3, SIDE, SIDE);
  private final float[] weights = numbers(2);

  private static float[] numbers(int seed) {
    var random = new Random(seed);
    var values = new float[SIZE];
    for (var i = 0; i < SIZE; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  /** Logit 0 is {@code Σ w · xᵖ} for a power of 1 or 2; logit 1 is 0. */
  private final class Known implements Model {
    private final int power;

    Known(int power) {
      this.power = power;
    }

    @Override
    public long[] inputShape() {
      return new long[] {3, SIDE, SIDE};
    }

    @Override
    public int outputs() {
      return 2;
    }

    @Override
    public ElementType type() {
      return ElementType.FLOAT64;
    }

    @Override
    public List<String> layerNames() {
      return List.of();
    }

    @Override
    public Tensor forward(Tape tape, Tensor images, Taps listener) {
      var rows = Reshape.apply(tape, images, images.size(0), SIZE);
      var powers = power == 2 ? Multiply.apply(tape, rows, rows) : rows;
      var matrix = new double[SIZE * 2];
      for (var i = 0; i < SIZE; i++) {
        matrix[2 * i] = weights[i];
      }
      return MatMul.apply(tape, powers, Tensor.of(matrix, SIZE, 2));
    }
  }

  private Evaluator model(int power) {
    return new Evaluator(Engine.portable(), new Known(power));
  }

  private static RunOptions run(int batch, long seed) {
    return RunOptions.standard().withBatchSize(batch).withSeed(seed);
  }

  @Test
  void findsTheWeightsOfALinearModel() {
    var explanation = Saliency.standard().explain(model(1), image, FIRST, run(1, 0));
    assertThat(explanation.values()).isEqualTo(Values.of(weights, 3, SIDE, SIDE));
  }

  @ParameterizedTest
  @EnumSource
  void integratesALinearModelExactlyWithAnyRule(QuadratureRule rule) {
    var method = new IntegratedGradients(3, rule, Baseline.BLACK, true);
    var explanation = method.explain(model(1), image, FIRST, run(2, 0));
    for (var i = 0; i < SIZE; i++) {
      assertThat(explanation.values().get(i)).isCloseTo(weights[i] * image.get(i), within(1e-6f));
    }
    // Images on the way are rounded to single precision.
    assertThat(explanation.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-6));
  }

  @Test
  void integratesASquareExactlyWhereTheRuleDoes() {
    for (var rule :
        new QuadratureRule[] {
          QuadratureRule.GAUSS_LEGENDRE, QuadratureRule.MIDDLE, QuadratureRule.TRAPEZOID
        }) {
      var method = new IntegratedGradients(4, rule, Baseline.MEAN, true);
      var explanation = method.explain(model(2), image, FIRST, run(4, 0));
      assertThat(explanation.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-6));
    }
    var left = new IntegratedGradients(4, QuadratureRule.LEFT, Baseline.BLACK, true);
    var found = left.explain(model(2), image, FIRST, run(4, 0));
    // The left rule misses a quarter of the square's integral: (n − 1) / n for n = 4.
    assertThat(
            found.quality("convergenceDelta").orElseThrow()
                / found.quality("scoreDifference").orElseThrow())
        .isCloseTo(-0.25, within(1e-6));
  }

  @ParameterizedTest
  @EnumSource
  void weighsEveryRuleToOne(QuadratureRule rule) {
    for (var n : new int[] {2, 3, 10, 50, 200}) {
      var nodes = rule.nodes(n);
      assertThat(Arrays.stream(nodes.weights()).sum()).isCloseTo(1, within(1e-13));
      assertThat(nodes.positions()).isSorted();
    }
  }

  @Test
  void equalsSaliencyWithoutNoise() {
    var calm = SmoothGrad.around(Saliency.standard(), 5, new NoiseLevel.Absolute(0));
    var smooth = calm.explain(model(2), image, FIRST, run(2, 0));
    var saliency = Saliency.standard().explain(model(2), image, FIRST, run(1, 0));
    for (var i = 0; i < SIZE; i++) {
      assertThat(smooth.values().get(i)).isCloseTo(saliency.values().get(i), within(1e-6f));
    }
  }

  @Test
  void givesTheSameBitsForTheSameSeedWhateverTheBatch() {
    var method = SmoothGrad.around(Saliency.standard(), 7, new NoiseLevel.Absolute(0.3));
    var once = method.explain(model(2), image, FIRST, run(1, 5)).values();
    assertThat(method.explain(model(2), image, FIRST, run(3, 5)).values()).isEqualTo(once);
    assertThat(method.explain(model(2), image, FIRST, run(3, 6)).values()).isNotEqualTo(once);
  }

  @Test
  void stopsWhenItsThreadIsInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> SmoothGrad.standard().explain(model(1), image, FIRST, run(1, 0)))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void refusesNoiseThatIsNoNumber() {
    var even = Values.of(new float[SIZE], 3, SIDE, SIDE);
    assertThatThrownBy(() -> SmoothGrad.homework().explain(model(1), even, FIRST, run(1, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("this image is of one value");
    for (var sigma : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new NoiseLevel.Absolute(sigma))
          .hasMessage("The noise's sigma is " + sigma + ", but must be a number from 0 on.");
    }
  }

  @Test
  void refusesTheMeanLossOfNoImages() {
    assertThatThrownBy(() -> Saliency.homework(0))
        .hasMessage("A mean loss is of at least one image, not 0.");
  }

  @Test
  void refusesAClassThatTheModelDoesntHave() {
    assertThatThrownBy(
            () -> Saliency.standard().explain(model(1), image, Target.output(2), run(1, 0)))
        .hasMessage("The target 2 is not one of the model's 2 outputs.");
  }
}
