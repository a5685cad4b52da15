package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Objective;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.features.FilterActivation;
import org.pellucid.explain.features.FilterVisualisation;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.weights.numpy.Npz;

/** The homework's own definitions against what its notebook computes with PyTorch. */
class HomeworkGoldenTests {
  private static final int[] LABELS = {0, 1, 1, 2, 2, 3, 5, 6, 8, 9};
  private static final Saliency LOSS = new Saliency(Objective.LOSS, true, false, 1);
  private static final RunOptions RUN = RunOptions.standard().withBatchSize(8);

  private static double[] array(String file, String name) {
    try (var npz = Npz.open(Goldens.file("goldens/cnn/" + file))) {
      return npz.array(name).doubles();
    }
  }

  private static ConvolutionalNetwork tiny() {
    return ImageClassifier.open(
            Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth").toString(), Optional.empty())
        .network();
  }

  private static ConvolutionalNetwork full() {
    return ImageClassifier.open(
            Goldens.file("checkpoints/food/checkpoint.pth").toString(), Optional.empty())
        .network();
  }

  private static Evaluator evaluator(ConvolutionalNetwork network) {
    return new Evaluator(Engine.standard(), network);
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

  private static double distance(Values actual, double[] expected) {
    assertThat(actual.length()).isEqualTo(expected.length);
    var difference = 0.0;
    var norm = 0.0;
    for (var i = 0; i < expected.length; i++) {
      difference += Math.pow(actual.get(i) - expected[i], 2);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  private static double cosine(Values actual, double[] expected) {
    var product = 0.0;
    var first = 0.0;
    var second = 0.0;
    for (var i = 0; i < expected.length; i++) {
      product += actual.get(i) * expected[i];
      first += (double) actual.get(i) * actual.get(i);
      second += expected[i] * expected[i];
    }
    return product / Math.sqrt(first * second);
  }

  /** Max-pool ties flip on the full network, so its maps are compared as the goldens say. */
  private static void checkFullMap(Values actual, double[] expected) {
    assertThat(cosine(actual, expected)).isGreaterThan(0.999);
    assertThat(distance(actual, expected)).isLessThan(0.04);
  }

  @ParameterizedTest
  @CsvSource({"0", "2", "6", "8"})
  void drawsTheTinyNetworksSaliency(int index) {
    try (var network = tiny()) {
      var saliency =
          Saliency.homework(10).explain(evaluator(network), image(32, index), label(index), RUN);
      var expected = part(array("tiny_hw9.npz", "saliency_raw"), index, 10);
      var largest = 0.0;
      for (var i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(saliency.values().get(i) - expected[i]));
      }
      // The manifest's alternative to a relative tolerance, for losses that are nearly zero.
      assertThat(largest).isLessThan(1e-7);
    }
  }

  @Test
  void smoothsTheTinyNetworksGradientsWithTheStoredNoise() {
    try (var network = tiny()) {
      var noise = array("tiny_hw9.npz", "smoothgrad16_noise");
      var method = SmoothGrad.around(LOSS, 16, new NoiseLevel.Absolute(1));
      for (var index = 0; index < 3; index++) {
        var own = part(noise, index, 3);
        var smooth =
            method.explain(
                evaluator(network),
                image(32, index),
                label(index),
                RUN,
                sample -> Arrays.stream(part(own, sample, 16)).iterator()::nextDouble);
        var expected = part(array("tiny_hw9.npz", "smoothgrad16_raw"), index, 3);
        var largest = 0.0;
        for (var i = 0; i < expected.length; i++) {
          largest = Math.max(largest, Math.abs(smooth.values().get(i) - expected[i]));
        }
        // The manifest's rule: relative 1e-5 or absolute 1e-6.
        assertThat(Math.min(distance(smooth.values(), expected) / 1e-5, largest / 1e-6))
            .isLessThan(1);
      }
    }
  }

  @Test
  void integratesTheTinyNetworksGradients() {
    try (var network = tiny()) {
      var expected = array("tiny_hw9.npz", "ig10_left");
      for (var index = 0; index < 10; index++) {
        var integrated =
            IntegratedGradients.homework()
                .explain(evaluator(network), image(32, index), label(index), RUN);
        assertThat(distance(integrated.values(), part(expected, index, 10))).isLessThan(1e-5);
      }
    }
  }

  private static Values run(ConvolutionalNetwork network, Method method, Values image) {
    return explain(network, method, image).values();
  }

  private static Explanation explain(ConvolutionalNetwork network, Method method, Values image) {
    return method.explain(evaluator(network), image, Target.output(0), RUN);
  }

  private static FilterVisualisation ascent(String layer, int filter) {
    return new FilterVisualisation(layer, filter, 20, 0.1, FilterVisualisation.Start.PICTURE);
  }

  @ParameterizedTest
  @CsvSource({"3, 0", "5, 0", "7, 0", "8, 3"})
  void drivesTheTinyNetworksFilters(int number, int filter) {
    try (var network = tiny()) {
      var layer = "cnn." + number;
      var name = "filter" + number + "_" + filter;
      var activation = run(network, new FilterActivation(layer, filter), image(32, 1));
      var expected = part(array("tiny_hw9.npz", name + "/activation"), 1, 10);
      assertThat(distance(activation, expected)).isLessThan(1e-5);
      var driven = explain(network, ascent(layer, filter), image(32, 1));
      var last = part(array("tiny_hw9.npz", name + "/x_final"), 1, 10);
      assertThat(distance(driven.values(), last)).isLessThan(1e-5);
      var objectives = array("tiny_hw9.npz", name + "/objective_per_image");
      for (var step = 0; step < 20; step++) {
        assertThat((double) driven.details().get("objectives").get(step))
            .isCloseTo(objectives[step * 10 + 1], within(0.2));
      }
    }
  }

  @Test
  void explainsPhotographsWithTheFullNetwork() {
    try (var network = full()) {
      var gradients = evaluator(network);
      var saliencies = array("food_hw9.npz", "saliency_raw");
      var integrals = array("food_hw9.npz", "ig10_left");
      for (var index : new int[] {0, 7}) {
        var image = image(128, index);
        checkFullMap(
            Saliency.homework(10).explain(gradients, image, label(index), RUN).values(),
            part(saliencies, index, 10));
        checkFullMap(
            IntegratedGradients.homework().explain(gradients, image, label(index), RUN).values(),
            part(integrals, index, 10));
        var noise = array("food_hw9.npz", "smoothgrad8/" + index + "/noise");
        var smooth =
            SmoothGrad.around(LOSS, 8, new NoiseLevel.Absolute(1))
                .explain(
                    gradients,
                    image,
                    label(index),
                    RUN,
                    sample -> Arrays.stream(part(noise, sample, 8)).iterator()::nextDouble);
        checkFullMap(smooth.values(), array("food_hw9.npz", "smoothgrad8/" + index + "/raw"));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"6", "15", "21", "23"})
  void showsTheFullNetworksActivations(int layer) {
    try (var network = full()) {
      var activation = run(network, new FilterActivation("cnn." + layer, 0), image(128, 0));
      var expected = part(array("food_hw9.npz", "activation/cnn" + layer + "_filter0"), 0, 10);
      assertThat(distance(activation, expected)).isLessThan(1e-5);
    }
  }

  @Test
  void drivesTheFullNetworksFilters() {
    try (var network = full()) {
      var both = new float[2 * 3 * 128 * 128];
      for (var index = 0; index < 2; index++) {
        run(network, ascent("cnn.6", 0), image(128, index)).copyTo(both, index * both.length / 2);
      }
      checkFullMap(
          Values.of(both, both.length),
          array("food_hw9.npz", "filter/cnn6_filter0/after_20_images_0_1"));
    }
  }
}
