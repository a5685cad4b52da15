package org.pellucid.explain.metrics;

import java.util.List;
import java.util.SplittableRandom;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * How badly attributions foretell what small changes of the input do: the mean of {@code (β Σ I·a −
 * (f(x) − f(x − I)))²} over random changes {@code I} (Yeh et al., 2019), as Captum computes it. 0
 * for the gradient of a linear model.
 *
 * <p>Attributions are taken for a sensitivity, a gradient; those that are a gradient times the
 * input are divided by the input if {@code timesInput} says so.
 *
 * @param samples how many changes are tried
 * @param sigma the standard deviation of the changes in input units
 * @param normalised whether attributions are scaled to fit best, {@code β = Σ I·a Δ / Σ (I·a)²},
 *     without which methods of other scales can't be compared; else {@code β} is 1
 * @param timesInput whether attributions are divided by the input
 */
public record Infidelity(int samples, double sigma, boolean normalised, boolean timesInput)
    implements Metric {
  private static final Parameter<Integer> SAMPLES =
      Parameter.of(
          "samples", ParameterType.wholeNumber(1, 1_000_000), 50, "How many changes are tried.");
  private static final Parameter<Double> SIGMA =
      Parameter.of(
          "sigma",
          ParameterType.positiveNumber(),
          0.03,
          "The standard deviation of the changes, in input units.");
  private static final Parameter<Boolean> NORMALISED =
      Parameter.of(
          "normalised",
          ParameterType.trueOrFalse(),
          true,
          "Whether attributions are scaled to fit best, so that their scale doesn't count.");
  private static final Parameter<Boolean> TIMES_INPUT =
      Parameter.of(
          "times-input",
          ParameterType.trueOrFalse(),
          false,
          "Whether attributions are divided by the input, for those that are a gradient times it.");

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "infidelity",
          "Infidelity",
          "How badly the attributions, taken for a gradient, foretell what small changes of the"
              + " input do to the target's number; lower is better, 0 is perfect.",
          "C.-K. Yeh et al.: On the (in)fidelity and sensitivity of explanations, 2019",
          Direction.LOWER,
          Effort.OUTPUTS,
          false,
          List.of(SAMPLES, SIGMA, NORMALISED, TIMES_INPUT),
          values ->
              new Infidelity(
                  values.get(SAMPLES),
                  values.get(SIGMA),
                  values.get(NORMALISED),
                  values.get(TIMES_INPUT)));

  /** Where changes come from. */
  @FunctionalInterface
  interface Changes {
    /** Writes the change of a sample, a number for each value; several threads call this. */
    void write(int sample, double[] change);
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(SAMPLES, samples)
        .with(SIGMA, sigma)
        .with(NORMALISED, normalised)
        .with(TIMES_INPUT, timesInput);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var seed = context.options().seed();
    var seeds = new SplittableRandom(seed).longs(samples).toArray();
    Changes changes =
        (sample, change) -> {
          var random = new SplittableRandom(seeds[sample]);
          for (var i = 0; i < change.length; i++) {
            change[i] = sigma * random.nextGaussian();
          }
        };
    return Measurement.of(of(explanation, context, changes)).seeded(seed);
  }

  double of(Explanation explanation, MetricContext context, Changes changes) {
    var input = context.input();
    var map = AttributionMap.of(explanation.values(), input).values(input, Sign.SIGNED);
    var whole = Score.TARGET.of(explanation, context);
    var scores =
        Score.TARGET.of(
            explanation,
            context,
            samples,
            (sample, into, offset) -> {
              var change = new double[input.length()];
              changes.write(sample, change);
              for (var i = 0; i < change.length; i++) {
                into[offset + i] = (float) (input.get(i) - change[i]);
              }
            });
    var foretold = new double[samples];
    var fallen = new double[samples];
    var change = new double[input.length()];
    for (var sample = 0; sample < samples; sample++) {
      changes.write(sample, change);
      for (var i = 0; i < change.length; i++) {
        var sensitivity = timesInput ? perInput(map[i], input.get(i)) : map[i];
        foretold[sample] += sensitivity * change[i];
      }
      fallen[sample] = whole - scores[sample];
    }
    return error(foretold, fallen);
  }

  private static double perInput(double attribution, float value) {
    return value == 0 ? 0 : attribution / value;
  }

  private double error(double[] foretold, double[] fallen) {
    var product = 0.0;
    var square = 0.0;
    for (var i = 0; i < samples; i++) {
      product += foretold[i] * fallen[i];
      square += foretold[i] * foretold[i];
    }
    var scale = !normalised ? 1 : square == 0 ? 0 : product / square;
    var sum = 0.0;
    for (var i = 0; i < samples; i++) {
      sum += (scale * foretold[i] - fallen[i]) * (scale * foretold[i] - fallen[i]);
    }
    return sum / samples;
  }
}
