package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.Progress;
import org.pellucid.explain.attribution.Attribution.Run;
import org.pellucid.explain.features.FilterResponse;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.weights.numpy.Npz;

/** The homework's own definitions against what its notebook computes with PyTorch. */
class HomeworkGoldenTests {
  private static final int[] LABELS = {0, 1, 1, 2, 2, 3, 5, 6, 8, 9};
  private static final Run RUN = new Run(8, 0, Progress.NONE);

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

  private static InputGradients gradients(ConvolutionalNetwork network) {
    return new InputGradients(Engine.standard(), network, ElementType.FLOAT32);
  }

  private static float[] image(int side, int index) {
    var bytes = array("preprocess.npz", "x" + side + "_u8");
    var plane = side * side;
    var values = new float[3 * plane];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) bytes[(index * plane + i % plane) * 3 + i / plane] / 255f;
    }
    return values;
  }

  private static double[] part(double[] all, int index, int count) {
    var size = all.length / count;
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }

  private static double distance(float[] actual, double[] expected) {
    assertThat(actual).hasSize(expected.length);
    var difference = 0.0;
    var norm = 0.0;
    for (var i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  private static double cosine(float[] actual, double[] expected) {
    var product = 0.0;
    var first = 0.0;
    var second = 0.0;
    for (var i = 0; i < expected.length; i++) {
      product += actual[i] * expected[i];
      first += (double) actual[i] * actual[i];
      second += expected[i] * expected[i];
    }
    return product / Math.sqrt(first * second);
  }

  /** Max-pool ties flip on the full network, so its maps are compared as the goldens say. */
  private static void checkFullMap(float[] actual, double[] expected) {
    assertThat(cosine(actual, expected)).isGreaterThan(0.999);
    assertThat(distance(actual, expected)).isLessThan(0.04);
  }

  @ParameterizedTest
  @CsvSource({"0", "2", "6", "8"})
  void drawsTheTinyNetworksSaliency(int index) {
    try (var network = tiny()) {
      var saliency =
          Saliency.homework(10).explain(gradients(network), image(32, index), LABELS[index], RUN);
      var expected = part(array("tiny_hw9.npz", "saliency_raw"), index, 10);
      var largest = 0.0;
      for (var i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(saliency.values()[i] - expected[i]));
      }
      // The manifest's alternative to a relative tolerance, for losses that are nearly zero.
      assertThat(largest).isLessThan(1e-7);
    }
  }

  @Test
  void smoothsTheTinyNetworksGradientsWithTheStoredNoise() {
    try (var network = tiny()) {
      var noise = array("tiny_hw9.npz", "smoothgrad16_noise");
      var method = new SmoothGrad(16, OptionalDouble.of(1), Objective.LOSS, true);
      for (var index = 0; index < 3; index++) {
        var own = part(noise, index, 3);
        var smooth =
            method.explain(
                gradients(network),
                image(32, index),
                LABELS[index],
                RUN,
                sample -> Arrays.stream(part(own, sample, 16)).iterator()::nextDouble);
        var expected = part(array("tiny_hw9.npz", "smoothgrad16_raw"), index, 3);
        var largest = 0.0;
        for (var i = 0; i < expected.length; i++) {
          largest = Math.max(largest, Math.abs(smooth.values()[i] - expected[i]));
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
                .explain(gradients(network), image(32, index), LABELS[index], RUN);
        assertThat(distance(integrated.values(), part(expected, index, 10))).isLessThan(1e-5);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 0", "5, 0", "7, 0", "8, 3"})
  void drivesTheTinyNetworksFilters(int layer, int filter) {
    try (var network = tiny()) {
      var response = new FilterResponse("cnn." + layer, filter);
      var name = "filter" + layer + "_" + filter;
      var activation = response.activation(gradients(network), image(32, 1));
      var expected = part(array("tiny_hw9.npz", name + "/activation"), 1, 10);
      assertThat(distance(activation.values(), expected)).isLessThan(1e-5);
      var driven = response.visualise(gradients(network), image(32, 1), 20, 0.1, Progress.NONE);
      var last = part(array("tiny_hw9.npz", name + "/x_final"), 1, 10);
      assertThat(distance(driven.image(), last)).isLessThan(1e-5);
      var objectives = array("tiny_hw9.npz", name + "/objective_per_image");
      for (var step = 0; step < 20; step++) {
        assertThat(driven.objectives().get(step)).isCloseTo(objectives[step * 10 + 1], within(0.2));
      }
    }
  }

  @Test
  void explainsPhotographsWithTheFullNetwork() {
    try (var network = full()) {
      var gradients = gradients(network);
      var saliencies = array("food_hw9.npz", "saliency_raw");
      var integrals = array("food_hw9.npz", "ig10_left");
      for (var index : new int[] {0, 7}) {
        var image = image(128, index);
        checkFullMap(
            Saliency.homework(10).explain(gradients, image, LABELS[index], RUN).values(),
            part(saliencies, index, 10));
        checkFullMap(
            IntegratedGradients.homework().explain(gradients, image, LABELS[index], RUN).values(),
            part(integrals, index, 10));
        var noise = array("food_hw9.npz", "smoothgrad8/" + index + "/noise");
        var smooth =
            new SmoothGrad(8, OptionalDouble.of(1), Objective.LOSS, true)
                .explain(
                    gradients,
                    image,
                    LABELS[index],
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
      var response = new FilterResponse("cnn." + layer, 0);
      var activation = response.activation(gradients(network), image(128, 0)).values();
      var expected = part(array("food_hw9.npz", "activation/cnn" + layer + "_filter0"), 0, 10);
      assertThat(distance(activation, expected)).isLessThan(1e-5);
    }
  }

  @Test
  void drivesTheFullNetworksFilters() {
    try (var network = full()) {
      var gradients = gradients(network);
      var both = new float[2 * 3 * 128 * 128];
      for (var index = 0; index < 2; index++) {
        var driven =
            new FilterResponse("cnn.6", 0)
                .visualise(gradients, image(128, index), 20, 0.1, Progress.NONE);
        System.arraycopy(driven.image(), 0, both, index * both.length / 2, both.length / 2);
      }
      checkFullMap(both, array("food_hw9.npz", "filter/cnn6_filter0/after_20_images_0_1"));
    }
  }
}
