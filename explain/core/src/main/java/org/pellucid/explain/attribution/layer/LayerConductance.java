package org.pellucid.explain.attribution.layer;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.LayerGradients;
import org.pellucid.explain.evaluation.PreciseInputs;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.ParameterValues;

/**
 * {@code ∫ ∂F/∂y dy}: how much of the score's change flows through each output {@code y} of a layer
 * while the input moves on a straight line from a baseline (Dhamdhere, Sundararajan and Yan, 2018).
 * The integral is a sum over steps of the change of {@code y} times the mean of the gradients at
 * both ends (Shrikumar, Su and Kundaje, 2018, and Captum take the gradient at one end). The
 * attributions sum to the difference of the scores; how far they miss it is reported as {@code
 * convergenceDelta}.
 *
 * @param layer whose outputs are explained by
 * @param steps on the line
 * @param baseline where the line begins
 * @param interpolation how the layer's map is brought to the input's size
 */
public record LayerConductance(
    LayerChoice layer, int steps, Baseline baseline, Upsampling interpolation) implements Method {
  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "layer-conductance",
          "Layer conductance",
          "How much of the score's change from a baseline flows through each place of a layer; red"
              + " speaks for the class, blue against it.",
          "K. Dhamdhere, M. Sundararajan, Q. Yan: How important is a neuron?, 2018",
          new Guidance(
              "Through which outputs of a layer does what the input changes reach the score?",
              "A forward pass and a backward pass down to the layer for each of the steps and one"
                  + " more, and three forward passes.",
              "It sums to the score's difference only where all that reaches the score passes"
                  + " through the layer: look at the convergence delta. The map sums over channels,"
                  + " which may cancel."),
          List.of(
              LayerParameters.LAYER,
              LayerParameters.STEPS,
              LayerParameters.BASELINE,
              LayerParameters.INTERPOLATION),
          (values, model) ->
              List.of(
                  new LayerConductance(
                      values.get(LayerParameters.LAYER).checked(model),
                      values.get(LayerParameters.STEPS),
                      values.get(LayerParameters.BASELINE).resolved(model),
                      values.get(LayerParameters.INTERPOLATION))));

  /**
   * Checks the number of steps.
   *
   * @throws IllegalArgumentException if there is none
   */
  public LayerConductance {
    check(steps > 0, "Layer conductance needs at least one step, not %d", steps);
  }

  /** 50 steps from black, of the last layer with places. */
  public static LayerConductance standard() {
    return new LayerConductance(LayerChoice.LAST, 50, Baseline.BLACK, Upsampling.BILINEAR);
  }

  /** This method of a layer by its name. */
  public LayerConductance withLayer(String name) {
    return new LayerConductance(LayerChoice.named(name), steps, baseline, interpolation);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(LayerParameters.LAYER, layer)
        .with(LayerParameters.STEPS, steps)
        .with(LayerParameters.BASELINE, baseline)
        .with(LayerParameters.INTERPOLATION, interpolation);
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var chosen = layer.any(evaluator);
    var explanation =
        Explanation.begin(withLayer(chosen.name()), evaluator, input, target, options);
    var numbers = input.toDoubles();
    var origin = baseline.of(numbers, input.shape(), options.seed());
    var found = conductance(evaluator, chosen, origin, numbers, target, options);
    var difference =
        evaluator.score(target, input) - evaluator.score(target, Values.of(origin, input.shape()));
    return found.end(
        explanation.completeness(found.sum(), difference), interpolation, input.shape());
  }

  private LayerAttributions conductance(
      Evaluator evaluator,
      Layer chosen,
      double[] origin,
      double[] input,
      Target target,
      RunOptions options) {
    var positions = IntStream.rangeClosed(0, steps).mapToDouble(k -> (double) k / steps).toArray();
    var sum = new double[chosen.size()];
    var before = new LayerGradients.Row[1];
    new LayerGradients(evaluator, chosen.name())
        .compute(
            positions.length,
            PreciseInputs.line(origin, input, positions),
            target,
            options,
            (number, row) -> {
              for (var i = 0; number > 0 && i < sum.length; i++) {
                var slope = (row.gradients()[i] + before[0].gradients()[i]) / 2;
                sum[i] += slope * (row.values()[i] - before[0].values()[i]);
              }
              before[0] = row;
            });
    return new LayerAttributions(chosen, sum);
  }
}
