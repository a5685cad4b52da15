package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Objective;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.features.FilterActivation;
import org.pellucid.explain.features.FilterVisualisation;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.testing.Distance;
import org.pellucid.testing.DoublePrecision;
import org.pellucid.testing.SinglePrecision;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npz;

/**
 * The homework's own definitions against what its notebook computes with PyTorch: in double
 * precision against the goldens, in single precision against double precision with the same
 * decisions ({@link SinglePrecision} tells why).
 */
@Tag("numeric")
class HomeworkGoldenTests {
  private static final int[] LABELS = {0, 1, 1, 2, 2, 3, 5, 6, 8, 9};

  /** The manifest's tolerance where rounding is all that differs: 20 to 100 times what it is. */
  private static final double ROUNDING = 1e-5;

  private static final Saliency LOSS = new Saliency(Objective.LOSS, true, false, 1);
  private static final RunOptions RUN = RunOptions.standard().withBatchSize(8);

  private static double[] array(String file, String name) {
    try (var npz = Npz.open(Goldens.file("goldens/cnn/" + file))) {
      return npz.array(name).doubles();
    }
  }

  private static final String TINY = "goldens/cnn/checkpoint/tiny_zip.pth";
  private static final String FULL = "checkpoints/food/checkpoint.pth";

  /** Something that is computed from the gradients of a network. */
  @FunctionalInterface
  private interface Method {
    Values apply(Evaluator evaluator);
  }

  private static double[] run(String file, Method method, Engine engine, ElementType type) {
    try (var checkpoint = WeightFiles.open(Goldens.file(file))) {
      var parameters = new CheckpointParameters(checkpoint);
      var description = NetworkBuilder.describe(parameters);
      try (var network = NetworkBuilder.build(description, parameters, type)) {
        return doubles(method.apply(new Evaluator(engine, network)));
      }
    }
  }

  private static double[] exact(String file, Method method) {
    return run(file, method, DoublePrecision.engine(), ElementType.FLOAT64);
  }

  private static void checkSinglePrecision(String file, Method method, double tolerance) {
    SinglePrecision.check((engine, type) -> run(file, method, engine, type), tolerance);
  }

  private static double[] doubles(Values values) {
    var wide = new double[values.length()];
    Arrays.setAll(wide, values::get);
    return wide;
  }

  private static Values image(int side, int index) {
    var bytes = array("preprocess.npz", "x" + side + "_u8");
    var plane = side * side;
    var values = new float[3 * plane];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) bytes[(index * plane + i % plane) * 3 + i / plane] / 255f;
    }
    return Values.of(values, 3, side, side);
  }

  private static Target label(int index) {
    return Target.output(LABELS[index]);
  }

  private static double[] part(double[] all, int index, int count) {
    var size = all.length / count;
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }

  /**
   * On the full network a few dozen winners are ties by rounding, in PyTorch's single precision
   * too, which therefore is up to 4 % from double precision: the goldens' README.
   */
  private static void checkFullMap(double[] actual, double[] expected) {
    assertThat(Distance.cosine(actual, expected)).isGreaterThan(0.999);
    assertThat(Distance.relative(actual, expected)).isLessThan(0.04);
  }

  private static Method saliency(int side, int index) {
    return evaluator ->
        Saliency.homework(10).explain(evaluator, image(side, index), label(index), RUN).values();
  }

  private static Method smoothGrad(int side, int index, double[] noise, int samples) {
    var method = SmoothGrad.around(LOSS, samples, new NoiseLevel.Absolute(1));
    return evaluator ->
        method
            .explain(
                evaluator,
                image(side, index),
                label(index),
                RUN,
                sample -> Arrays.stream(part(noise, sample, samples)).iterator()::nextDouble)
            .values();
  }

  private static Method integratedGradients(int side, int index) {
    return evaluator ->
        IntegratedGradients.homework()
            .explain(evaluator, image(side, index), label(index), RUN)
            .values();
  }

  @ParameterizedTest
  @CsvSource({"0", "2", "6", "8"})
  void drawsTheTinyNetworksSaliency(int index) {
    var expected = part(array("tiny_hw9.npz", "saliency_raw"), index, 10);
    // The manifest's alternative to a relative tolerance, for losses that are nearly zero.
    assertThat(Distance.largest(exact(TINY, saliency(32, index)), expected)).isLessThan(1e-7);
    var runs =
        SinglePrecision.run(
            (engine, type) -> run(TINY, saliency(32, index), engine, type), ROUNDING);
    assertThat(Distance.largest(runs.single(), runs.exact())).isLessThan(1e-7);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "2"})
  void smoothsTheTinyNetworksGradientsWithTheStoredNoise(int index) {
    var noise = part(array("tiny_hw9.npz", "smoothgrad16_noise"), index, 3);
    var method = smoothGrad(32, index, noise, 16);
    var expected = part(array("tiny_hw9.npz", "smoothgrad16_raw"), index, 3);
    checkEither(exact(TINY, method), expected);
    var runs = SinglePrecision.run((engine, type) -> run(TINY, method, engine, type), ROUNDING);
    checkEither(runs.single(), runs.exact());
  }

  /** The manifest's rule: relative 1e-5 or absolute 1e-6. */
  private static void checkEither(double[] actual, double[] expected) {
    var relative = Distance.relative(actual, expected) / 1e-5;
    assertThat(Math.min(relative, Distance.largest(actual, expected) / 1e-6)).isLessThan(1);
  }

  @Test
  void integratesTheTinyNetworksGradients() {
    var expected = array("tiny_hw9.npz", "ig10_left");
    for (var index = 0; index < 10; index++) {
      var method = integratedGradients(32, index);
      assertThat(Distance.relative(exact(TINY, method), part(expected, index, 10)))
          .isLessThan(1e-5);
      checkSinglePrecision(TINY, method, ROUNDING);
    }
  }

  private static Method activation(String layer, int filter, Values image) {
    return evaluator ->
        new FilterActivation(layer, filter)
            .explain(evaluator, image, Target.output(0), RUN)
            .values();
  }

  private static FilterVisualisation ascent(String layer, int filter) {
    return new FilterVisualisation(layer, filter, 20, 0.1, FilterVisualisation.Start.PICTURE);
  }

  @ParameterizedTest
  @CsvSource({"3, 0", "5, 0", "7, 0", "8, 3"})
  void drivesTheTinyNetworksFilters(int layer, int filter) {
    var name = "filter" + layer + "_" + filter;
    var activation = activation("cnn." + layer, filter, image(32, 1));
    var expected = part(array("tiny_hw9.npz", name + "/activation"), 1, 10);
    assertThat(Distance.relative(exact(TINY, activation), expected)).isLessThan(1e-5);
    checkSinglePrecision(TINY, activation, ROUNDING);
    var ascent = ascent("cnn." + layer, filter);
    Method driven =
        evaluator -> ascent.explain(evaluator, image(32, 1), Target.output(0), RUN).values();
    var last = part(array("tiny_hw9.npz", name + "/x_final"), 1, 10);
    assertThat(Distance.relative(exact(TINY, driven), last)).isLessThan(1e-5);
    for (var start : List.of(image(32, 1), Values.of(last, 3, 32, 32))) {
      checkSinglePrecision(TINY, ascentDirection("cnn." + layer, filter, start), ROUNDING);
    }
    checkObjectives(ascent, array("tiny_hw9.npz", name + "/objective_per_image"));
  }

  /**
   * What a step of the ascent follows. In single precision it is compared instead of the whole way:
   * where terms cancel, Adam moves a pixel by the sign of rounding, a tenth of the range in a step,
   * and the ways part. They did with OpenBLAS's kernels for Sandybridge and vectors of AVX.
   */
  private static Method ascentDirection(String layer, int filter, Values image) {
    return evaluator ->
        new Saliency(Objective.SCORE, false, false, 1)
            .explain(evaluator, image, new Target.Channel(layer, filter), RUN)
            .values();
  }

  /**
   * The golden's sums in double precision alone: another decision on the way changes them by more.
   * In single precision they have to rise.
   */
  private static void checkObjectives(FilterVisualisation ascent, double[] expected) {
    Method objectives =
        evaluator ->
            ascent
                .explain(evaluator, image(32, 1), Target.output(0), RUN)
                .details()
                .get("objectives");
    var found = exact(TINY, objectives);
    for (var step = 0; step < 20; step++) {
      assertThat(found[step]).isCloseTo(expected[step * 10 + 1], within(0.2));
    }
    var single = run(TINY, objectives, Engine.standard(), ElementType.FLOAT32);
    assertThat(single[single.length - 1]).isGreaterThan(single[0]);
  }

  /** One image each: in double precision a gradient of this network takes a second. */
  @Test
  @Tag("double-precision")
  void explainsPhotographsWithTheFullNetwork() {
    checkFullMap(exact(FULL, saliency(128, 0)), part(array("food_hw9.npz", "saliency_raw"), 0, 10));
    checkFullMap(
        exact(FULL, integratedGradients(128, 0)), part(array("food_hw9.npz", "ig10_left"), 0, 10));
    var noise = array("food_hw9.npz", "smoothgrad8/7/noise");
    checkFullMap(
        exact(FULL, smoothGrad(128, 7, noise, 8)), array("food_hw9.npz", "smoothgrad8/7/raw"));
  }

  /** The other methods add such gradients up, which the tiny network shows. */
  @ParameterizedTest
  @CsvSource({"0", "7"})
  void explainsPhotographsWithTheFullNetworkInSinglePrecision(int index) {
    checkSinglePrecision(FULL, saliency(128, index), ROUNDING);
  }

  @ParameterizedTest
  @CsvSource({"6", "15", "21", "23"})
  void showsTheFullNetworksActivations(int layer) {
    var method = activation("cnn." + layer, 0, image(128, 0));
    var actual = run(FULL, method, Engine.standard(), ElementType.FLOAT32);
    var expected = part(array("food_hw9.npz", "activation/cnn" + layer + "_filter0"), 0, 10);
    assertThat(Distance.relative(actual, expected)).isLessThan(1e-5);
  }

  /**
   * In single precision throughout: another decision is one of the thousand terms of some pixels'
   * evaluator, which Adam turns into steps of one size. Before it mattered to 4 % of the norm,
   * thousands of pixels' gradients would have to change their signs by rounding.
   */
  @Test
  void drivesTheFullNetworksFilters() {
    var both = new double[2 * 3 * 128 * 128];
    for (var index = 0; index < 2; index++) {
      var image = image(128, index);
      Method method =
          evaluator -> ascent("cnn.6", 0).explain(evaluator, image, Target.output(0), RUN).values();
      var driven = run(FULL, method, Engine.standard(), ElementType.FLOAT32);
      System.arraycopy(driven, 0, both, index * both.length / 2, both.length / 2);
    }
    checkFullMap(both, array("food_hw9.npz", "filter/cnn6_filter0/after_20_images_0_1"));
  }
}
