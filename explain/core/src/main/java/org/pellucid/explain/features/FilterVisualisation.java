package org.pellucid.explain.features;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.optim.Adam;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.ParameterValues;

/**
 * An image changed step by step so that the sum of one filter's activation rises: by Adam on the
 * pixels, whose values are then not limited to any range (Erhan et al., 2009), or by Adam on an
 * image's frequencies (see {@link FeatureVisualisation}).
 *
 * @param layer the layer's name, such as {@code cnn.6}
 * @param feature of the layer
 * @param iterations the number of steps
 * @param learningRate the size of a step, in input units or in amplitudes
 * @param start what the steps begin with
 */
public record FilterVisualisation(
    String layer, FeatureObjective feature, int iterations, double learningRate, Start start)
    implements Method {

  /** What gradient ascent begins with. */
  public enum Start {
    /** The image that is explained. */
    PICTURE,
    /** Numbers spread evenly in 0..1. */
    NOISE,
    /** Almost nothing, in frequencies; the image that is explained has no part in it. */
    FOURIER
  }

  /**
   * The image after the last step, and the sum of the activation before each step and at the end.
   */
  private record Ascent(Values image, List<Double> objectives) {}

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if the number of iterations is negative
   */
  public FilterVisualisation {
    check(iterations >= 0, "%d iterations can't be taken", iterations);
  }

  /** The visualisation of one filter, from 0. */
  public FilterVisualisation(
      String layer, int filter, int iterations, double learningRate, Start start) {
    this(layer, new FeatureObjective.Channel(filter), iterations, learningRate, start);
  }

  @Override
  public MethodDescriptor descriptor() {
    return Filters.DESCRIPTOR;
  }

  @Override
  public String name() {
    return "filters-visualisation-" + LayerFiles.name(layer);
  }

  @Override
  public String title() {
    return "Filter visualisation, " + layer;
  }

  @Override
  public String sentence() {
    return "Each image changed step by step so that the filter responds more and more; the numbers"
        + " are the sum of its activation before and after.";
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(Filters.LAYER, List.of(layer))
        .with(Filters.FILTER, feature)
        .with(Filters.ITERATIONS, iterations)
        .with(Filters.LEARNING_RATE, learningRate)
        .with(Filters.START, start);
  }

  @Override
  public Display display() {
    return Display.IMAGE;
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    var ascent =
        start == Start.FOURIER
            ? fromFrequencies(evaluator, options)
            : ascend(evaluator, input, options);
    return explanation
        .quality(
            "objectiveAfter",
            ascent.objectives().getLast(),
            "The sum of the filter's activation after the last step; larger is better.")
        .quality(
            "objectiveBefore",
            ascent.objectives().getFirst(),
            "The sum of the filter's activation before the first step.")
        .detail("objectives", objectives(ascent))
        .end(ascent.image());
  }

  private static Values objectives(Ascent ascent) {
    var sums = ascent.objectives().stream().mapToDouble(Double::doubleValue).toArray();
    return Values.of(sums, sums.length);
  }

  private Ascent fromFrequencies(Evaluator evaluator, RunOptions options) {
    var shape = evaluator.model().inputShape();
    var made =
        FeatureVisualisation.standard(shape[shape.length - 1])
            .withIterations(iterations)
            .withLearningRate(learningRate)
            .of(evaluator, layer, List.of(feature), options)
            .getFirst();
    return new Ascent(made.image(), List.of(made.before(), made.after()));
  }

  private Tensor objective(Evaluator evaluator, Tape tape, Tensor x) {
    return FilterMap.objective(tape, FilterMap.of(evaluator, tape, x, layer, feature), feature);
  }

  private Ascent ascend(Evaluator evaluator, Values input, RunOptions options) {
    var objectives = new ArrayList<Double>();
    try (var x = evaluator.batch(first(input, options.seed()));
        var adam = new Adam(evaluator.engine(), AdamSettings.of(learningRate), List.of(x))) {
      for (var iteration = 0; iteration < iterations; iteration++) {
        options.progress().step(iteration, iterations);
        try (var tape = new Tape(evaluator.engine())) {
          tape.watch(x);
          var map = objective(evaluator, tape, x);
          objectives.add(Arrays.stream(map.toDoubles()).sum());
          adam.step(tape.gradient(Scale.apply(tape, map, -1), x));
        }
      }
      try (var tape = new Tape(evaluator.engine())) {
        var map = objective(evaluator, tape, x);
        objectives.add(Arrays.stream(map.toDoubles()).sum());
      }
      options.progress().step(iterations, iterations);
      return new Ascent(Values.of(x.toFloats(), input.shape()), List.copyOf(objectives));
    }
  }

  private float[] first(Values input, long seed) {
    if (start == Start.PICTURE) {
      return input.toArray();
    }
    var random = new Random(seed);
    var noise = new float[input.length()];
    for (var i = 0; i < noise.length; i++) {
      noise[i] = random.nextFloat();
    }
    return noise;
  }
}
