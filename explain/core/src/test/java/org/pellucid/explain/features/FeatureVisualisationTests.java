package org.pellucid.explain.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.features.FeatureObjective.Channel;
import org.pellucid.explain.features.FeatureObjective.Direction;
import org.pellucid.explain.features.FeatureObjective.Unit;
import org.pellucid.explain.features.FeatureVisualisation.Visualised;

class FeatureVisualisationTests {
  private static final int HEIGHT = 6;
  private static final int WIDTH = 5;

  private final Evaluator evaluator =
      new Evaluator(Engine.standard(), new MixingModel(HEIGHT, WIDTH, ElementType.FLOAT64));

  private record Case(String layer, FeatureObjective objective) {}

  static List<Case> features() {
    return List.of(
        new Case("mix", new Channel(1)),
        new Case("mix", new Unit(2, 3, 4)),
        new Case("mix", new Direction(Values.of(new double[] {1, -1, 0.5, 2}, 4))),
        new Case("relu", new Channel(0)),
        new Case("outputs", new Channel(1)));
  }

  private static FeatureVisualisation steps(int iterations) {
    return new FeatureVisualisation(iterations, 0.05, new RandomViews(1, 0.1, 10), 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 128})
  void hasAnOrthonormalBasis(int n) {
    var basis = FourierImages.basis(n);
    for (var i = 0; i < n; i++) {
      for (var j = 0; j < n; j++) {
        var product = 0.0;
        for (var k = 0; k < n; k++) {
          product += basis[i * n + k] * basis[j * n + k];
        }
        // A sum of n products of cosines, each exact to one unit in the last place.
        assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-13 * n));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("features")
  void makesTheFeatureLarger(Case feature) {
    var made = steps(3).of(evaluator, feature.layer(), List.of(feature.objective()), options());
    assertThat(made.getFirst().after()).isGreaterThan(made.getFirst().before());
    assertThat(made.getFirst().image().min()).isGreaterThanOrEqualTo(0);
    assertThat(made.getFirst().image().max()).isLessThanOrEqualTo(1);
    assertThat(made.getFirst().image().shape()).containsExactly(3, HEIGHT, WIDTH);
  }

  @Test
  void findsTheImageThatAChannelLikesBest() {
    var made =
        steps(200)
            .withLearningRate(0.5)
            .of(evaluator, "mix", List.of(new Channel(1)), options())
            .getFirst();
    // Channel 1 is −0.5 red + green + 0.5 blue: 1.5 for each pixel of the best image.
    assertThat(made.after()).isGreaterThan(0.8 * 1.5 * HEIGHT * WIDTH);
  }

  /** Channel 3 has negative weights alone: behind the ReLU it is silent for every image. */
  @Test
  void letsASilentUnitFindItsWay() {
    var made =
        steps(10)
            .withLearningRate(0.5)
            .of(evaluator, "relu", List.of(new Channel(3)), options())
            .getFirst();
    assertThat(made.after()).isZero();
    assertThat(mean(made)).as("the image moves towards black").isLessThan(0.4);
  }

  private static double mean(Visualised made) {
    var sum = 0.0;
    for (var value : made.image().toArray()) {
      sum += value;
    }
    return sum / made.image().length();
  }

  @Test
  void givesTheSameBitsForAnyBatch() {
    var objectives =
        List.<FeatureObjective>of(new Channel(0), new Channel(1), new Channel(2), new Channel(3));
    var together = steps(4).of(evaluator, "relu", objectives, options().withBatchSize(8));
    for (var size = 1; size < 4; size++) {
      assertThat(steps(4).of(evaluator, "relu", objectives, options().withBatchSize(size)))
          .isEqualTo(together);
    }
    var alone = steps(4).of(evaluator, "relu", List.of(new Channel(2)), options().withSeed(9 + 2));
    assertThat(alone.getFirst().image()).isEqualTo(together.get(2).image());
  }

  @Test
  void makesImagesUnlikeThatRepelEachOther() {
    var two = List.<FeatureObjective>of(new Channel(0), new Channel(0));
    var settings = steps(40).withLearningRate(0.3);
    var free = settings.of(evaluator, "mix", two, options());
    var apart = settings.withDiversity(100).of(evaluator, "mix", two, options());
    assertThat(1 - likeness(apart)).isGreaterThan(10 * (1 - likeness(free)));
    assertThat(apart.getFirst().after()).isGreaterThan(apart.getFirst().before());
  }

  /** The cosine of the Gram matrices of two images, by plain loops. */
  private double likeness(List<Visualised> made) {
    var one = gram(evaluator.layerOutput("mix", made.get(0).image()));
    var other = gram(evaluator.layerOutput("mix", made.get(1).image()));
    var product = 0.0;
    var squares = 0.0;
    var otherSquares = 0.0;
    for (var i = 0; i < one.length; i++) {
      product += one[i] * other[i];
      squares += one[i] * one[i];
      otherSquares += other[i] * other[i];
    }
    return product / Math.sqrt(squares * otherSquares);
  }

  private static double[] gram(Values output) {
    var channels = output.size(0);
    var places = output.length() / channels;
    var gram = new double[channels * channels];
    for (var i = 0; i < gram.length; i++) {
      for (var place = 0; place < places; place++) {
        gram[i] +=
            (double) output.get(i / channels * places + place)
                * output.get(i % channels * places + place);
      }
    }
    return gram;
  }

  /** The objective with its cost of likeness, by central differences. */
  @Test
  void hasTheTrueGradient() {
    var random = new SplittableRandom(4);
    var values = random.doubles(2L * HEIGHT * WIDTH * 3).toArray();
    var objectives = List.<FeatureObjective>of(new Channel(0), new Unit(2, 1, 1));
    try (var images = Tensor.of(values, 2, HEIGHT, WIDTH, 3);
        var tape = new Tape()) {
      tape.watch(images);
      var total = new LayerFeatures(evaluator, tape, "mix", objectives, images).total(0.7);
      var gradient = tape.gradient(total, images).of(images).toDoubles();
      // The cost's factor is a constant of the step: differences are taken of the two parts.
      var step = 1e-6;
      for (var i = 0; i < values.length; i += 17) {
        var up = parts(values, i, step, objectives);
        var down = parts(values, i, -step, objectives);
        var sum = (up[0] - down[0]) / (2 * step);
        var likeness = (up[1] - down[1]) / (2 * step);
        var factor = 0.7 * Math.abs(parts(values, i, 0, objectives)[0]);
        assertThat(gradient[i]).isCloseTo(sum - factor * likeness, within(1e-6));
      }
    }
  }

  /** The sum of the objectives, and the likeness. */
  private double[] parts(double[] values, int at, double by, List<FeatureObjective> objectives) {
    var moved = values.clone();
    moved[at] += by;
    try (var images = Tensor.of(moved, 2, HEIGHT, WIDTH, 3);
        var tape = new Tape()) {
      var features = new LayerFeatures(evaluator, tape, "mix", objectives, images);
      var sum = features.total(0).item();
      return new double[] {sum, (sum - features.total(1).item()) / Math.abs(sum)};
    }
  }

  @Test
  void showsImagesShiftedScaledAndTurned() {
    var views = new RandomViews(2, 0.3, 40);
    var random = new SplittableRandom(8);
    var values = random.doubles(2L * HEIGHT * WIDTH).toArray();
    try (var images = Tensor.of(values, 2, HEIGHT, WIDTH, 1);
        var tape = new Tape()) {
      tape.watch(images);
      var seen = views.apply(tape, images, generators());
      var pixels = seen.toDoubles();
      var expected = plainViews(values, views);
      for (var i = 0; i < pixels.length; i++) {
        // Shares of the corners are single-precision numbers.
        assertThat(pixels[i]).as("pixel " + i).isCloseTo(expected[i], within(1e-6));
      }
      // Bilinear interpolation is affine, so its slope along its own input is the difference.
      var weights = Tensor.of(random.doubles(pixels.length).toArray(), seen.shape());
      var dot = Sum.apply(tape, Multiply.apply(tape, seen, weights));
      var gradient = tape.gradient(dot, images).of(images).toDoubles();
      var grey =
          views.apply(tape, Tensor.of(new double[values.length], images.shape()), generators());
      var along = 0.0;
      var difference = 0.0;
      for (var i = 0; i < values.length; i++) {
        along += gradient[i] * values[i];
        difference += weights.toDoubles()[i] * (pixels[i] - grey.toDoubles()[i]);
      }
      assertThat(along).isCloseTo(difference, within(1e-9));
    }
  }

  private static SplittableRandom[] generators() {
    return new SplittableRandom[] {new SplittableRandom(1), new SplittableRandom(2)};
  }

  /** The same by the formula, one pixel after the other. */
  private static double[] plainViews(double[] values, RandomViews views) {
    var seen = new double[values.length];
    var generators = generators();
    for (var image = 0; image < 2; image++) {
      var random = generators[image];
      var angle = Math.toRadians(views.degrees()) * (2 * random.nextDouble() - 1);
      var size = 1 + views.scale() * (2 * random.nextDouble() - 1);
      var right = views.shift() * (2 * random.nextDouble() - 1);
      var down = views.shift() * (2 * random.nextDouble() - 1);
      for (var row = 0; row < HEIGHT; row++) {
        for (var column = 0; column < WIDTH; column++) {
          var x = (column - 2.0) / size;
          var y = (row - 2.5) / size;
          var sourceX = Math.cos(angle) * x - Math.sin(angle) * y + 2.0 + right;
          var sourceY = Math.sin(angle) * x + Math.cos(angle) * y + 2.5 + down;
          seen[(image * HEIGHT + row) * WIDTH + column] = sample(values, image, sourceX, sourceY);
        }
      }
    }
    return seen;
  }

  private static double sample(double[] values, int image, double x, double y) {
    var sum = 0.0;
    for (var row = -3; row < HEIGHT + 3; row++) {
      for (var column = -3; column < WIDTH + 3; column++) {
        var share = Math.max(0, 1 - Math.abs(x - column)) * Math.max(0, 1 - Math.abs(y - row));
        var inside = row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH;
        sum += share * (inside ? values[(image * HEIGHT + row) * WIDTH + column] : 0.5);
      }
    }
    var far = x < -3 || x > WIDTH + 2 || y < -3 || y > HEIGHT + 2;
    return far ? 0.5 : sum;
  }

  @Test
  void endsWhenItsThreadIsInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> steps(5).of(evaluator, "mix", List.of(new Channel(0)), options()))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void refusesWhatALayerDoesNotHave() {
    assertThatThrownBy(() -> steps(1).of(evaluator, "mix", List.of(new Channel(4)), options()))
        .hasMessage("The layer mix has the filters 0..3, not 4.");
    assertThatThrownBy(() -> steps(1).of(evaluator, "mix", List.of(new Unit(0, 6, 0)), options()))
        .hasMessageContaining("row 6, column 0 is none of them");
    assertThatThrownBy(
            () -> steps(1).of(evaluator, "outputs", List.of(new Unit(0, 0, 0)), options()))
        .hasMessageContaining("has no places");
    assertThatThrownBy(
            () ->
                steps(1)
                    .of(
                        evaluator,
                        "mix",
                        List.of(new Direction(Values.of(new double[] {1, 2}, 2))),
                        options()))
        .hasMessageContaining("has 4 numbers, one a channel, not 2");
    assertThatThrownBy(() -> steps(1).of(evaluator, "mixed", List.of(new Channel(0)), options()))
        .hasMessageContaining("no layer mixed");
  }

  private static RunOptions options() {
    return RunOptions.standard().withSeed(9);
  }
}
