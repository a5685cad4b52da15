package org.pellucid.explain.perturbation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.segmentation.Slic;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npz;

/**
 * Occlusion, ablation and Shapley value sampling against Captum, with the tolerances of the
 * manifest. Outputs are continuous: no tolerance depends on which of two candidates wins.
 */
@Tag("numeric")
class PerturbationGoldenTests {
  private static final int[] LABELS = {0, 1, 1, 2, 2, 3, 5, 6, 8, 9};
  private static final int EXACT_IMAGES = 3;
  private static final int CHANNELS = 3;
  private static final int PIXELS = 32 * 32;
  private static final double EXACT = 1e-7;
  private static final Slic SUPERPIXELS = new Slic(25, 10, 1, 0);

  private static double[] array(String file, String name) {
    try (var npz = Npz.open(Goldens.file("goldens/cnn/" + file))) {
      return npz.array(name).doubles();
    }
  }

  private static ConvolutionalNetwork tiny(ElementType type) {
    try (var checkpoint = WeightFiles.open(Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth"))) {
      var parameters = new CheckpointParameters(checkpoint);
      return NetworkBuilder.build(NetworkBuilder.describe(parameters), parameters, type);
    }
  }

  private static Values image(double[] bytes, int index) {
    var values = new float[CHANNELS * PIXELS];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) bytes[(index * PIXELS + i % PIXELS) * CHANNELS + i / PIXELS] / 255f;
    }
    return Values.of(values, CHANNELS, 32, 32);
  }

  /** Compares maps of the first images; a map without channels is the same in all. */
  private static void check(
      Method method, String name, ElementType type, int count, double relative, double largest) {
    var file = type == ElementType.FLOAT64 ? "tiny_captum_perturb_f64" : "tiny_captum_perturb";
    var expected = array(file + ".npz", name);
    var engine = type == ElementType.FLOAT64 ? Engine.portable() : Engine.standard();
    var images = array("preprocess.npz", "x32_u8");
    var difference = 0.0;
    var norm = 0.0;
    try (var network = tiny(type)) {
      var evaluator = new Evaluator(engine, network);
      for (var index = 0; index < count; index++) {
        var target = Target.output(LABELS[index]);
        var map =
            method.explain(evaluator, image(images, index), target, RunOptions.standard()).values();
        for (var i = 0; i < CHANNELS * PIXELS; i++) {
          var golden = expected[index * CHANNELS * PIXELS + i];
          var distance = map.get(i % map.length()) - golden;
          assertThat(Math.abs(distance)).isLessThan(largest);
          difference += distance * distance;
          norm += golden * golden;
        }
      }
    }
    assertThat(Math.sqrt(difference / norm)).isLessThan(relative);
  }

  private static HideColour colour(String name) {
    return HideColour.ofPlaces("baseline", HideColour.BLACK)
        .type()
        .reader()
        .apply(name)
        .orElseThrow();
  }

  /** Means are rounded to single precision on their way to the network, so they aren't exact. */
  @ParameterizedTest
  @CsvSource({
    "occlusion/black, 8, 8, 4, 4, false, 1e-5, 1e-4",
    "occlusion/mean, 8, 8, 4, 4, false, 5e-5, 5e-5",
    "occlusion_5x7_stride3x5/black, 5, 7, 3, 5, true, 5e-5, 1e-4"
  })
  void occludesAsCaptumDoes(
      String name,
      int height,
      int width,
      int down,
      int across,
      boolean eachChannel,
      double relative,
      double largest) {
    var baseline = name.endsWith("black") ? "black" : "mean";
    var method =
        new Occlusion(
            new Sides(height, width), new Sides(down, across), eachChannel, colour(baseline));
    check(method, name, ElementType.FLOAT32, LABELS.length, relative, largest);
    var exact = baseline.equals("black") ? EXACT : relative;
    check(method, name, ElementType.FLOAT64, EXACT_IMAGES, exact, largest);
  }

  @ParameterizedTest
  @CsvSource({"black, 2e-5, 1e-4", "mean, 5e-5, 5e-5"})
  void ablatesAsCaptumDoes(String baseline, double relative, double largest) {
    var method = new Ablation(SUPERPIXELS, colour(baseline));
    var name = "feature_ablation/" + baseline;
    check(method, name, ElementType.FLOAT32, LABELS.length, relative, largest);
    var exact = baseline.equals("black") ? EXACT : relative;
    check(method, name, ElementType.FLOAT64, EXACT_IMAGES, exact, largest);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 1e-5", "FLOAT64, 1e-7"})
  void sharesByOrdersAsCaptumDoes(ElementType type, double relative) {
    var numbers = array("tiny_captum_perturb.npz", "shapley_perms");
    var players = numbers.length / 6;
    var orders = new int[6][players];
    for (var i = 0; i < numbers.length; i++) {
      orders[i / players][i % players] = (int) numbers[i];
    }
    var method = new ShapleySampling(6, false, SUPERPIXELS, HideColour.BLACK);
    Method stored =
        new Method() {
          @Override
          public MethodDescriptor descriptor() {
            return method.descriptor();
          }

          @Override
          public Explanation explain(
              Evaluator evaluator, Values input, Target target, RunOptions options) {
            return method.explain(evaluator, input, target, options, (_, _) -> orders);
          }
        };
    check(stored, "shapley_sampling_img0", type, 1, relative, 5e-5);
  }

  @Test
  void dividesAsTheGoldensDo() {
    var expected = array("tiny_captum_perturb.npz", "superpixels");
    var images = array("preprocess.npz", "x32_u8");
    for (var index = 0; index < LABELS.length; index++) {
      var found = SUPERPIXELS.segment(image(images, index).toArray(), 32, 32).labels();
      assertThat(Arrays.stream(found).asDoubleStream())
          .containsExactly(
              Arrays.stream(expected, index * PIXELS, (index + 1) * PIXELS)
                  .boxed()
                  .toArray(Double[]::new));
    }
  }
}
