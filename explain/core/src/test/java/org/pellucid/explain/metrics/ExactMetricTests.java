package org.pellucid.explain.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.explain.metrics.MetricSamples.context;
import static org.pellucid.explain.metrics.MetricSamples.explanation;
import static org.pellucid.explain.metrics.MetricSamples.figure;
import static org.pellucid.explain.metrics.MetricSamples.input;
import static org.pellucid.explain.metrics.MetricSamples.masked;
import static org.pellucid.explain.metrics.MetricSamples.values;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Metrics;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.explain.attribution.InputTimesGradient;
import org.pellucid.explain.attribution.Saliency;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/** Metrics where the right figure is known. */
class ExactMetricTests {
  private static final int H = 6;
  private static final int W = 9;

  private static Metric metric(String name, Map<String, String> settings) {
    return Metrics.named(List.of(name), Map.of(name, settings)).getFirst();
  }

  private static Metric metric(String name) {
    return metric(name, Map.of());
  }

  private static Values negated(Values map) {
    return values(i -> -map.get(i), map.shape());
  }

  @Test
  void correlationsArePerfectForASumAndItsInput() {
    var input = input(3, H, W);
    try (var model = MetricSamples.sum(3, H, W)) {
      var context = context(model, input);
      for (var name :
          List.of("faithfulness-correlation", "faithfulness-estimate", "sensitivity-n")) {
        assertThat(figure(metric(name), input, context)).as(name).isCloseTo(1, within(1e-6));
        assertThat(figure(metric(name), negated(input), context))
            .as(name)
            .isCloseTo(-1, within(1e-6));
        assertThat(figure(metric(name), values(_ -> 0, 3, H, W), context)).as(name).isNaN();
      }
    }
  }

  /** The score is one pixel's: it vanishes with the first pixel and returns with it. */
  @Test
  void perfectDeletionIsNearZeroAndPerfectInsertionNearOne() {
    var weights = new double[H * W];
    weights[20] = 1;
    var input = values(_ -> 1, 1, H, W);
    var map = values(i -> weights[i], H, W);
    try (var model = MetricSamples.linear(1, H, W, weights)) {
      var context = context(model, input);
      var settings = Map.of("baseline", "black", "steps", "" + H * W);
      // The trapezoid of the one step that is not flat.
      var step = 0.5 / (H * W);
      assertThat(figure(metric("deletion", settings), map, context)).isCloseTo(step, within(1e-12));
      assertThat(figure(metric("insertion", settings), map, context))
          .isCloseTo(1 - step, within(1e-12));
      assertThat(figure(metric("deletion", settings), negated(map), context))
          .isCloseTo(1 - step, within(1e-12));
      assertThat(figure(metric("pixel-flipping", settings), map, context))
          .isCloseTo(step, within(1e-12));
      var kept = Map.of("baseline", "black", "shares", "5,50");
      assertThat(figure(metric("sufficiency", kept), map, context)).isCloseTo(0, within(1e-12));
      var road = Map.of("baseline", "black", "shares", "5,50");
      assertThat(figure(metric("road", road), map, context)).isCloseTo(0.5, within(1e-12));
      assertThat(figure(metric("road", road), negated(map), context))
          .isCloseTo(-0.5, within(1e-12));
      assertThat(figure(metric("average-drop"), map, context)).isCloseTo(0, within(1e-12));
      assertThat(figure(metric("average-drop"), values(_ -> 0, H, W), context))
          .isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void regionsFallAsTheirSumsSay() {
    var input = values(i -> i / 9 / 2 == 1 && i % 9 / 2 == 2 ? 1 : 0.25, 1, 4, 9);
    try (var model = MetricSamples.sum(1, 4, 9)) {
      var context = context(model, input);
      var whole = context.evaluator().outputs(input).get(0);
      var curve =
          metric("region-perturbation", Map.of("patch", "2", "regions", "1"))
              .measure(explanation(input, Target.output(0), Values.of(new float[1], 1)), context)
              .curve()
              .orElseThrow();
      assertThat(curve.values().getFirst()).isCloseTo(whole, within(1e-6));
      assertThat(curve.values().getLast()).isCloseTo(whole - 4, within(1e-6));
    }
  }

  @Test
  void linearModelsHaveNoInfidelityAndNoSensitivity() {
    var weights = new double[3 * H * W];
    for (var i = 0; i < weights.length; i++) {
      weights[i] = Math.sin(i);
    }
    var input = input(3, H, W);
    try (var model = MetricSamples.linear(3, H, W, weights)) {
      var gradient = values(i -> weights[i], 3, H, W);
      var context = context(model, input);
      for (var normalised : List.of("true", "false")) {
        var metric = metric("infidelity", Map.of("normalised", normalised));
        assertThat(figure(metric, gradient, context)).isCloseTo(0, within(1e-12));
      }
      var doubled = values(i -> 2 * weights[i], 3, H, W);
      assertThat(figure(metric("infidelity"), doubled, context)).isCloseTo(0, within(1e-12));
      var times = values(i -> weights[i] * input.get(i), 3, H, W);
      assertThat(figure(metric("infidelity", Map.of("times-input", "true")), times, context))
          .isCloseTo(0, within(1e-10));
      assertThat(figure(metric("infidelity"), input, context)).isPositive();
      assertThat(figure(metric("completeness"), times, context)).isCloseTo(0, within(1e-5));
      assertThat(figure(metric("completeness"), doubled, context)).isGreaterThan(0.1);
      var explained =
          Saliency.standard()
              .explain(context.evaluator(), input, Target.output(0), RunOptions.standard());
      assertThat(metric("sensitivity-max").quality(explained, context).value())
          .isCloseTo(0, within(1e-6));
    }
  }

  @Test
  void randomModelsDontChangeWhatDoesNotDependOnThem() {
    var input = input(1, H, W);
    var weights = new double[2][H * W];
    for (var i = 0; i < H * W; i++) {
      weights[0][i] = i % 7;
      weights[1][i] = -i % 5;
    }
    try (var model = MetricSamples.linear(1, H, W, weights)) {
      for (var map : List.of(input, values(_ -> 0, H, W), values(_ -> 2, H, W))) {
        var method = new MetricSamples.Constant(map);
        var context = context(model, input, method);
        var explained =
            method.explain(context.evaluator(), input, Target.output(0), RunOptions.standard());
        for (var similarity : List.of("spearman", "ssim", "cosine")) {
          var settings = Map.of("similarity", similarity);
          for (var name : List.of("cascading-randomisation", "random-logit")) {
            assertThat(metric(name, settings).quality(explained, context).value()).isEqualTo(1);
          }
        }
      }
      var context = context(model, input, new InputTimesGradient());
      var explained =
          context
              .method()
              .explain(context.evaluator(), input, Target.output(0), RunOptions.standard());
      var figure = metric("cascading-randomisation").quality(explained, context);
      assertThat(Math.abs(figure.value())).isLessThan(0.5);
      assertThat(figure.curve().orElseThrow().positions()).containsExactly(1.0);
    }
  }

  @Test
  void masksTellWhereTheMapIs() {
    var mask = values(i -> i % W < 3 ? 1 : 0, H, W);
    var inside = values(i -> i % W == 1 && i / W == 2 ? 5 : i % W < 3 ? 1 : 0, H, W);
    try (var model = MetricSamples.sum(1, H, W)) {
      var context = masked(context(model, input(1, H, W)), mask);
      var outside = values(i -> i % W < 3 ? 0 : 1, H, W);
      var constant = values(_ -> 2, H, W);
      var share = 3.0 / W;
      for (var name :
          List.of(
              "pointing-game",
              "relevance-mass-accuracy",
              "relevance-rank-accuracy",
              "attribution-localisation",
              "auc")) {
        assertThat(figure(metric(name), inside, context)).as(name).isEqualTo(1);
        assertThat(figure(metric(name), outside, context)).as(name).isEqualTo(0);
      }
      assertThat(figure(metric("pointing-game"), constant, context))
          .isCloseTo(share, within(1e-12));
      assertThat(figure(metric("auc"), constant, context)).isEqualTo(0.5);
      assertThat(figure(metric("relevance-mass-accuracy"), constant, context))
          .isCloseTo(share, within(1e-12));
      assertThat(figure(metric("pointing-game", Map.of("tolerance", "1")), outside, context))
          .isCloseTo(H / (double) (H * 6), within(1e-12));
      assertThat(figure(metric("top-k-intersection", Map.of("k", "1")), inside, context))
          .isEqualTo(1);
      // Equal attributions count in the order of their places: the first row's first pixels.
      assertThat(figure(metric("top-k-intersection", Map.of("k", "4")), constant, context))
          .isEqualTo(0.75);
      assertThat(figure(metric("relevance-mass-accuracy"), values(_ -> 0, H, W), context)).isNaN();
      assertThat(
              figure(
                  metric("attribution-localisation", Map.of("weighted", "true")),
                  constant,
                  context))
          .isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void saysWhatIsWrongWithAMask() {
    try (var model = MetricSamples.sum(1, H, W)) {
      var context = context(model, input(1, H, W));
      var map = input(H, W);
      assertThatThrownBy(() -> figure(metric("auc"), map, context))
          .hasMessageStartingWith("auc compares the map with a mask of the object");
      assertThatThrownBy(() -> figure(metric("auc"), map, masked(context, values(_ -> 1, W, H))))
          .hasMessageContaining("The mask is of 9 x 6 pixels, but the map of 6 x 9");
      assertThatThrownBy(() -> figure(metric("auc"), map, masked(context, values(_ -> 0, H, W))))
          .hasMessageContaining("marks no pixel");
      assertThat(figure(metric("auc"), map, masked(context, values(_ -> 1, H, W)))).isNaN();
    }
  }

  @Test
  void complexityOfKnownMaps() {
    try (var model = MetricSamples.sum(1, H, W)) {
      var context = context(model, input(1, H, W));
      var one = values(i -> i == 7 ? -3 : 0, H, W);
      var zeros = values(_ -> 0, H, W);
      var equal = values(i -> i % 2 == 0 ? 1 : -1, H, W);
      assertThat(figure(metric("complexity"), one, context)).isEqualTo(0);
      assertThat(figure(metric("complexity"), equal, context))
          .isCloseTo(Math.log(H * W), within(1e-12));
      assertThat(figure(metric("complexity"), zeros, context))
          .isCloseTo(Math.log(H * W), within(1e-12));
      assertThat(figure(metric("sparseness"), one, context))
          .isCloseTo(1 - 1.0 / (H * W), within(1e-12));
      assertThat(figure(metric("sparseness"), equal, context)).isCloseTo(0, within(1e-12));
      assertThat(figure(metric("sparseness"), zeros, context)).isEqualTo(0);
      assertThat(figure(metric("effective-complexity"), one, context)).isEqualTo(1);
      assertThat(figure(metric("effective-complexity"), zeros, context)).isEqualTo(0);
    }
  }

  static Stream<MetricDescriptor> all() {
    return Metrics.builtIn().stream();
  }

  /** Any map gives a figure, or NaN: zeros, equal values, NaN; one pixel and one row. */
  @ParameterizedTest
  @MethodSource("all")
  void takesAnyMap(MetricDescriptor descriptor) {
    for (var shape : List.of(new long[] {3, H, W}, new long[] {1, 1, 1}, new long[] {2, 1, 5})) {
      var pixels = (int) (shape[1] * shape[2]);
      var input = input(shape);
      var weights = new double[2][input.length()];
      weights[0][0] = 1;
      weights[1][input.length() - 1] = 2;
      try (var model =
          MetricSamples.linear((int) shape[0], (int) shape[1], (int) shape[2], weights)) {
        for (var map :
            List.of(
                values(_ -> 0, shape),
                values(_ -> 1, shape[1], shape[2]),
                values(i -> i % 2 - 0.5, shape),
                values(i -> i == 0 ? Double.NaN : 1, shape))) {
          var context =
              masked(
                  context(model, input, new MetricSamples.Constant(map)),
                  values(i -> i < Math.max(1, pixels / 2) ? 1 : 0, shape[1], shape[2]));
          var figure = figure(descriptor.standard(), map, context);
          if (!map.allFinite()) {
            assertThat(figure).isNaN();
          }
        }
      }
    }
  }

  /** Batches change nothing, and the figure names its parameters. */
  @ParameterizedTest
  @MethodSource("all")
  void isTheSameInAnyBatch(MetricDescriptor descriptor) {
    var input = input(3, H, W);
    try (var model = MetricSamples.linear(3, H, W, weights(3 * H * W, 0), weights(3 * H * W, 1))) {
      var options = RunOptions.standard().withSeed(5);
      var method = new InputTimesGradient();
      var evaluator = new Evaluator(Engine.portable(), model);
      var explained = method.explain(evaluator, input, Target.output(0), options);
      var mask = Optional.of(Mask.of(values(i -> i % 3, H, W)));
      var metric = descriptor.standard();
      var figures =
          Stream.of(options, options.withBatchSize(1), options.withBatchSize(7))
              .map(run -> new MetricContext(method, evaluator, input, mask, run))
              .map(context -> metric.quality(explained, context))
              .toList();
      for (var figure : figures) {
        // The portable kernels' sums may round differently in another batch.
        assertThat(figure.value()).isCloseTo(figures.getFirst().value(), within(1e-9));
        assertThat(figure.parameters()).isEqualTo(figures.getFirst().parameters());
      }
      assertThat(figures.getFirst().parameters()).containsAllEntriesOf(metric.parameters().asMap());
      assertThat(Metrics.of(figures.getFirst()).parameters()).isEqualTo(metric.parameters());
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void endsWhenInterrupted(MetricDescriptor descriptor) {
    var input = input(3, H, W);
    try (var model = MetricSamples.linear(3, H, W, new double[3 * H * W], new double[3 * H * W])) {
      var context = masked(context(model, input), values(_ -> 1, H, W));
      var explained = explanation(input, Target.output(0), Values.of(new float[2], 2));
      Thread.currentThread().interrupt();
      try {
        if (descriptor.effort() == Effort.MAP) {
          descriptor.standard().quality(explained, context);
        } else {
          assertThatThrownBy(() -> descriptor.standard().quality(explained, context))
              .isInstanceOf(CancellationException.class);
        }
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void showsTheImagesBehindItsCurve(MetricDescriptor descriptor) {
    if (!(descriptor.standard() instanceof CurveMetric metric)) {
      return;
    }
    var input = input(1, H, W);
    try (var model = MetricSamples.linear(1, H, W, new double[H * W], weights(H * W, 0))) {
      var context = context(model, input);
      var explained =
          explanation(input(H, W), Target.output(1), context.evaluator().outputs(input));
      var curve = metric.quality(explained, context).curve().orElseThrow();
      var score = Score.valueOf(curve.y().contains("probability") ? "PROBABILITY" : "TARGET");
      for (var point : List.of(0, curve.values().size() - 1)) {
        var image = metric.image(explained, context, point);
        var seen =
            new MetricContext(context.method(), context.evaluator(), image, RunOptions.standard());
        if (!descriptor.name().equals("road")) {
          assertThat(score.of(explained, seen)).isCloseTo(curve.values().get(point), within(1e-12));
        }
      }
      assertThatThrownBy(() -> metric.image(explained, context, 1000))
          .hasMessageContaining("no point 1000");
    }
  }

  private static double[] weights(int count, double phase) {
    var weights = new double[count];
    for (var i = 0; i < count; i++) {
      weights[i] = Math.cos(i + phase);
    }
    return weights;
  }

  @Test
  void refusesWhatItCannotMeasure() {
    try (var model = MetricSamples.sum(1, H, W)) {
      var context = context(model, input(1, H, W));
      assertThatThrownBy(() -> figure(metric("deletion"), input(3, 3), context))
          .hasMessageContaining("The map is of the shape [3, 3]");
      assertThatThrownBy(() -> figure(metric("random-logit"), input(H, W), context))
          .hasMessageContaining("needs a target that is one of several outputs");
      var plain = new QuadraticModel(new long[] {1, H, W}, 2);
      var other =
          new MetricContext(
              Saliency.standard(),
              new Evaluator(Engine.portable(), plain),
              input(1, H, W),
              RunOptions.standard());
      assertThatThrownBy(() -> figure(metric("cascading-randomisation"), input(H, W), other))
          .hasMessageContaining("let it implement RandomisableModel");
    }
    assertThatThrownBy(() -> Metrics.named(List.of("fidelity")))
        .hasMessageContaining("there is no metric fidelity; the metrics are completeness");
    assertThatThrownBy(() -> Metrics.named(List.of(), Map.of("road", Map.of("shares", "10,200"))))
        .hasMessageContaining("road.shares is 10,200, but must be numbers from 0 to 100");
  }
}
