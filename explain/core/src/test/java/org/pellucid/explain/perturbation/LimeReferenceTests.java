package org.pellucid.explain.perturbation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.segmentation.MersenneTwister;
import org.pellucid.explain.segmentation.Slic;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.weights.numpy.Npz;

/** Every stage of LIME against NumPy, the lime library and scikit-learn. */
@Tag("numeric")
class LimeReferenceTests {
  private static final int SAMPLES = 1000;
  private static final int IMAGES = 10;

  @ParameterizedTest
  @CsvSource({"hw9_segments", "tiny_lime"})
  void samplesEqualTheReferenceBitForBit(String file) {
    try (var golden = open(file)) {
      var generator = new MersenneTwister(16);
      for (int index = 0; index < IMAGES; index++) {
        var segments = golden.array("segments/" + index).ints();
        int count = Arrays.stream(segments).max().getAsInt();
        var shown = draw(generator, count).shown();
        var packed = golden.array("data_bits/" + index).ints();
        for (int i = 0; i < SAMPLES * count; i++) {
          boolean expected = (packed[i / 8] >> (7 - i % 8) & 1) == 1;
          assertThat(shown.get(i / count, i % count))
              .as("image %d bit %d", index, i)
              .isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"tiny_lime, x32_u8, 32, 0 1 1 2 2 3 5 6 8 9", "hw9formula_lime, x128_u8, 128, 8"})
  void everyStageEqualsTheReference(String file, String images, int side, String drawn) {
    var labels = Arrays.stream(drawn.split(" ")).mapToInt(Integer::parseInt).toArray();
    try (var pixels = open("preprocess");
        var golden = open(file)) {
      var bytes = pixels.array(images).ints();
      var generator = new MersenneTwister(16);
      var samples = new MersenneTwister(16);
      for (int index = 0; index < labels.length; index++) {
        var image = image(bytes, index, side);
        var pieces = Slic.homework().segment(image, side, side);
        checkWeights(draw(samples, pieces.count()), golden, index);
        var explanation =
            LimeSurrogate.explain(
                image,
                pieces,
                replay(golden.array("logits/" + index).floats()),
                LimeSettings.homework(),
                generator,
                Progress.NONE);
        checkModels(explanation, golden, index);
        checkImage(image, explanation, labels[index], golden, index);
      }
    }
  }

  /** The whole method with the homework's parameters, whose logits differ by rounding alone. */
  @Test
  void theMethodFindsTheReferencesCoefficients() {
    var checkpoint = Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth").toString();
    int[] labels = {0, 1};
    try (var pixels = open("preprocess");
        var golden = open("tiny_lime");
        var network = ImageClassifier.open(checkpoint, Optional.empty()).network()) {
      var evaluator = new Evaluator(Engine.standard(), network);
      var options = RunOptions.standard();
      for (int index = 0; index < labels.length; index++) {
        var image = Values.of(image(pixels.array("x32_u8").ints(), index, 32), 3, 32, 32);
        var target = Target.output(labels[index]);
        var explanation = Lime.homework().explain(evaluator, image, target, options);
        options = options.withDrawn(options.drawn() + explanation.drawn());
        var found = explanation.details().get("coefficients");
        var all = golden.array("coef/" + index).doubles();
        int label = labels[index];
        var top = golden.array("top_labels/" + index).ints();
        int row = IntStream.range(0, top.length).filter(k -> top[k] == label).findFirst().orElse(0);
        for (int column = 0; column < found.length(); column++) {
          assertThat((double) found.get(column))
              .isEqualTo(all[row * found.length() + column], within(1e-4));
        }
        var drawn = LimeImage.of(image, explanation);
        var mask = golden.array("mask/" + index).ints();
        var picture = golden.array("picture/" + index).floats();
        for (int pixel = 0; pixel < mask.length; pixel++) {
          assertThat((int) drawn.mask()[pixel]).isEqualTo(mask[pixel]);
          for (int channel = 0; channel < 3; channel++) {
            assertThat(drawn.samples()[channel * mask.length + pixel])
                .isEqualTo(picture[3 * pixel + channel]);
          }
        }
      }
    }
  }

  private static LimeSamples draw(MersenneTwister generator, int columns) {
    LimeSamples.drawSeed(generator);
    return LimeSamples.draw(generator, SAMPLES, columns);
  }

  private static void checkWeights(LimeSamples samples, Npz golden, int index) {
    var distances = samples.distances(LimeDistance.COSINE);
    var weights = LimeSamples.weights(distances, 0.25);
    var expectedDistances = golden.array("distances/" + index).doubles();
    var expectedWeights = golden.array("weights/" + index).doubles();
    for (int row = 0; row < SAMPLES; row++) {
      assertThat(distances[row]).isEqualTo(expectedDistances[row], within(1e-12));
      assertThat(weights[row]).isEqualTo(expectedWeights[row], within(1e-12));
    }
  }

  /** Both solve the same well-conditioned system in double precision. */
  private static void checkModels(LimeExplanation explanation, Npz golden, int index) {
    var labels = golden.array("top_labels/" + index).ints();
    var coefficients = golden.array("coef/" + index).doubles();
    var figures = golden.array("intercept_score_localpred/" + index).doubles();
    assertThat(explanation.labels()).hasSize(labels.length);
    for (int k = 0; k < labels.length; k++) {
      var model = explanation.labels().get(k);
      assertThat(model.label()).isEqualTo(labels[k]);
      int columns = model.coefficients().length;
      for (int column = 0; column < columns; column++) {
        assertThat(model.coefficients()[column])
            .isEqualTo(coefficients[k * columns + column], within(1e-11));
      }
      assertThat(model.intercept()).isEqualTo(figures[3 * k], within(1e-10));
      assertThat(model.score()).isEqualTo(figures[3 * k + 1], within(1e-10));
      assertThat(model.localPrediction()).isEqualTo(figures[3 * k + 2], within(1e-10));
    }
    var order = golden.array("order/" + index).ints();
    int columns = order.length / labels.length;
    assertThat(explanation.labels().getFirst().strongest())
        .containsExactly(Arrays.copyOf(order, columns));
  }

  private static void checkImage(
      float[] image, LimeExplanation explanation, int label, Npz golden, int index) {
    var mask = golden.array("mask/" + index).ints();
    var expected = golden.array("picture/" + index).floats();
    var tinted = LimeImage.homework(image, explanation, label);
    for (int pixel = 0; pixel < mask.length; pixel++) {
      assertThat((int) tinted.mask()[pixel]).isEqualTo(mask[pixel]);
      for (int channel = 0; channel < 3; channel++) {
        assertThat(tinted.samples()[channel * mask.length + pixel])
            .isEqualTo(expected[3 * pixel + channel]);
      }
    }
  }

  /** A classifier that gives stored logits {@code [samples, labels]} in turn. */
  private static BatchClassifier replay(float[] logits) {
    int labels = logits.length / SAMPLES;
    var next = IntStream.range(0, SAMPLES).iterator();
    return (_, count) ->
        IntStream.range(0, count)
            .mapToObj(_ -> next.nextInt())
            .map(
                row ->
                    IntStream.range(0, labels)
                        .mapToDouble(label -> logits[row * labels + label])
                        .toArray())
            .toArray(double[][]::new);
  }

  private static float[] image(int[] bytes, int index, int side) {
    int pixels = side * side;
    var image = new float[3 * pixels];
    for (int i = 0; i < image.length; i++) {
      image[i % 3 * pixels + i / 3] = bytes[index * image.length + i] / 255f;
    }
    return image;
  }

  private static Npz open(String name) {
    return Npz.open(Goldens.file("goldens/cnn/" + name + ".npz"));
  }
}
