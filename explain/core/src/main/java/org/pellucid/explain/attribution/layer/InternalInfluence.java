package org.pellucid.explain.attribution.layer;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.attribution.QuadratureRule;
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
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;

/**
 * {@code ∫ ∂F/∂y dα}: the mean of the score's gradient with respect to each output {@code y} of a
 * layer while the input moves on a straight line from a baseline (Leino et al., 2018).
 *
 * @param layer whose outputs are explained by
 * @param steps the number of positions on the line
 * @param rule where they lie and what they weigh
 * @param baseline where the line begins
 * @param interpolation how the layer's map is brought to the input's size
 */
public record InternalInfluence(
    LayerChoice layer, int steps, QuadratureRule rule, Baseline baseline, Upsampling interpolation)
    implements Method {
  private static final Parameter<QuadratureRule> RULE =
      Parameter.of(
          "rule",
          ParameterType.choice(QuadratureRule.class),
          QuadratureRule.GAUSS_LEGENDRE,
          "Where the positions lie and what they weigh.");

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "internal-influence",
          "Internal influence",
          "How much each place of a layer would move the score, on average from a baseline to the"
              + " image; red raises it, blue lowers it.",
          "K. Leino et al.: Influence-directed explanations for deep convolutional networks, 2018",
          new Guidance(
              "Which outputs of a layer would move the score most, all the way from a baseline?",
              "A forward pass and a backward pass down to the layer for each of the steps.",
              "It tells what would move the score, not what did: an output that never changes can"
                  + " have much influence. The map sums over channels, which may cancel."),
          List.of(
              LayerParameters.LAYER,
              LayerParameters.STEPS,
              RULE,
              LayerParameters.BASELINE,
              LayerParameters.INTERPOLATION),
          (values, model) ->
              List.of(
                  new InternalInfluence(
                      values.get(LayerParameters.LAYER).checked(model),
                      values.get(LayerParameters.STEPS),
                      values.get(RULE),
                      values.get(LayerParameters.BASELINE).resolved(model),
                      values.get(LayerParameters.INTERPOLATION))));

  /**
   * Checks the number of steps.
   *
   * @throws IllegalArgumentException if there are too few for the rule
   */
  public InternalInfluence {
    check(steps > 0, "Internal influence needs at least one step, not %d", steps);
    rule.nodes(steps);
  }

  /** 50 Gauss–Legendre positions from black, of the last layer with places. */
  public static InternalInfluence standard() {
    return new InternalInfluence(
        LayerChoice.LAST, 50, QuadratureRule.GAUSS_LEGENDRE, Baseline.BLACK, Upsampling.BILINEAR);
  }

  /** This method of a layer by its name. */
  public InternalInfluence withLayer(String name) {
    return new InternalInfluence(LayerChoice.named(name), steps, rule, baseline, interpolation);
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
        .with(RULE, rule)
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
    var nodes = rule.nodes(steps);
    var mean = new double[chosen.size()];
    new LayerGradients(evaluator, chosen.name())
        .compute(
            steps,
            PreciseInputs.line(origin, numbers, nodes.positions()),
            target,
            options,
            (step, row) -> {
              for (var i = 0; i < mean.length; i++) {
                mean[i] += nodes.weights()[step] * row.gradients()[i];
              }
            });
    return new LayerAttributions(chosen, mean).end(explanation, interpolation, input.shape());
  }
}
