package org.pellucid.explain.metrics;

import java.util.List;
import java.util.SplittableRandom;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * How far the explanation moves at most if the input changes a little: {@code max ‖e(x + δ) − e(x)‖
 * / ‖e(x)‖} over random {@code δ} (Yeh et al., 2019), as Captum computes it; NaN for a map of
 * zeros.
 *
 * @param samples how many changes are tried
 * @param radius the largest change of a value in input units
 */
public record SensitivityMax(int samples, double radius) implements Metric {
  private static final Parameter<Integer> SAMPLES =
      Parameter.of(
          "samples", ParameterType.wholeNumber(1, 1_000_000), 10, "How many changes are tried.");
  private static final Parameter<Double> RADIUS =
      Parameter.of(
          "radius",
          ParameterType.positiveNumber(),
          0.02,
          "The largest change of a value, in input units.");

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "sensitivity-max",
          "Maximum sensitivity",
          "How far the map moves at most, relative to itself, if the input changes a little; lower"
              + " is steadier.",
          "C.-K. Yeh et al.: On the (in)fidelity and sensitivity of explanations, 2019",
          Direction.LOWER,
          Effort.EXPLANATIONS,
          false,
          List.of(SAMPLES, RADIUS),
          values -> new SensitivityMax(values.get(SAMPLES), values.get(RADIUS)));

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none().with(SAMPLES, samples).with(RADIUS, radius);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var seed = context.options().seed();
    var seeds = new SplittableRandom(seed).longs(samples).toArray();
    Infidelity.Changes changes =
        (sample, change) -> {
          var random = new SplittableRandom(seeds[sample]);
          for (var i = 0; i < change.length; i++) {
            change[i] = radius * (2 * random.nextDouble() - 1);
          }
        };
    return Measurement.of(of(explanation, context, changes)).seeded(seed);
  }

  double of(Explanation explanation, MetricContext context, Infidelity.Changes changes) {
    var input = context.input();
    var map = explanation.values();
    var norm = norm(map, Values.of(new float[map.length()], map.shape()));
    if (norm == 0) {
      return Double.NaN;
    }
    var change = new double[input.length()];
    var largest = 0.0;
    for (var sample = 0; sample < samples; sample++) {
      context.options().progress().step(sample, samples);
      changes.write(sample, change);
      var numbers = new float[change.length];
      for (var i = 0; i < numbers.length; i++) {
        numbers[i] = (float) (input.get(i) + change[i]);
      }
      var changed = Repeated.explain(explanation, context, Values.of(numbers, input.shape()));
      largest = Math.max(largest, norm(changed, map) / norm);
    }
    return largest;
  }

  private static double norm(Values a, Values b) {
    var sum = 0.0;
    for (var i = 0; i < a.length(); i++) {
      var difference = (double) a.get(i) - b.get(i);
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}
