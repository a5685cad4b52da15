package org.pellucid.explain.attribution.layer;

import java.util.List;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.attribution.QuadratureRule;
import org.pellucid.explain.evaluation.Evaluator;
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
 * {@link IntegratedGradients} of what follows a layer, on the straight line from what the layer
 * gives for a baseline to what it gives for the input (Captum's layer integrated gradients). The
 * attributions sum to the difference of the scores; how far they miss it is reported as {@code
 * convergenceDelta}.
 *
 * @param layer whose outputs are explained by
 * @param steps the number of positions on the line
 * @param rule where they lie and what they weigh
 * @param baseline the input whose outputs of the layer begin the line
 * @param interpolation how the layer's map is brought to the input's size
 */
public record LayerIntegratedGradients(
    LayerChoice layer, int steps, QuadratureRule rule, Baseline baseline, Upsampling interpolation)
    implements Method {
  private static final Parameter<QuadratureRule> RULE =
      Parameter.of(
              "rule",
              ParameterType.choice(QuadratureRule.class),
              QuadratureRule.GAUSS_LEGENDRE,
              "Where the positions lie and what they weigh.")
          .texts(QuadratureRule.TRAPEZOID);

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "layer-integrated-gradients",
              "Layer Integrated Gradients",
              "What each place of a layer adds to the score, by Integrated Gradients from the"
                  + " layer's outputs for a baseline; red speaks for the class, blue against it.",
              "M. Sundararajan, A. Taly, Q. Yan: Axiomatic attribution for deep networks, 2017;"
                  + " N. Kokhlikyan et al.: Captum, a unified and generic model interpretability"
                  + " library for PyTorch, 2020",
              new Guidance(
                  "How is the difference between the scores of the image and of a baseline shared"
                      + " among a layer's outputs?",
                  "A forward and a backward pass for each of the steps, and four forward passes.",
                  "The line between two outputs of a layer may pass outputs that no image has. The"
                      + " map sums over channels, which may cancel."),
              List.of(
                  LayerParameters.LAYER,
                  LayerParameters.STEPS,
                  RULE,
                  LayerParameters.BASELINE,
                  LayerParameters.INTERPOLATION),
              (values, model) ->
                  List.of(
                      new LayerIntegratedGradients(
                          values.get(LayerParameters.LAYER).checked(model),
                          values.get(LayerParameters.STEPS),
                          values.get(RULE),
                          values.get(LayerParameters.BASELINE).resolved(model),
                          values.get(LayerParameters.INTERPOLATION))))
          .texts(MethodDescriptor.TextInput.EMBEDDINGS);

  /**
   * Checks the number of steps.
   *
   * @throws IllegalArgumentException if there are too few for the rule
   */
  public LayerIntegratedGradients {
    integral(steps, rule, baseline);
  }

  private static IntegratedGradients integral(int steps, QuadratureRule rule, Baseline baseline) {
    return new IntegratedGradients(steps, rule, baseline, true);
  }

  /** 50 Gauss–Legendre positions from black, of the last layer with places. */
  public static LayerIntegratedGradients standard() {
    return new LayerIntegratedGradients(
        LayerChoice.LAST, 50, QuadratureRule.GAUSS_LEGENDRE, Baseline.BLACK, Upsampling.BILINEAR);
  }

  /** This method of a layer by its name. */
  public LayerIntegratedGradients withLayer(String name) {
    return new LayerIntegratedGradients(
        LayerChoice.named(name), steps, rule, baseline, interpolation);
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
    var origin = evaluator.layerOutput(chosen.name(), baseline.of(input, options.seed()));
    var values = evaluator.layerOutput(chosen.name(), input);
    var found =
        integral(steps, rule, new Baseline.Given(origin))
            .explain(evaluator.at(chosen.name(), input), values, target, options);
    found
        .quality()
        .forEach(figure -> explanation.quality(figure.name(), figure.value(), figure.meaning()));
    return new LayerAttributions(chosen, found.values().toDoubles())
        .end(explanation, interpolation, input.shape());
  }
}
