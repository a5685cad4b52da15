package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pellucid.explain.Explanation;

/**
 * The gradient of the score integrated along the straight line from a baseline to the image
 * (Sundararajan, Taly and Yan, 2017). Multiplied by image minus baseline, the attributions sum to
 * the difference of the two scores; how far they miss it is reported as {@code convergenceDelta}.
 *
 * @param steps the number of positions on the line
 * @param rule where they lie and what they weigh
 * @param baseline where the line begins
 * @param timesInput whether the integral is multiplied by image minus baseline
 */
public record IntegratedGradients(
    int steps, QuadratureRule rule, Baseline baseline, boolean timesInput) implements Attribution {

  /**
   * Checks the number of steps.
   *
   * @throws IllegalArgumentException if there are too few for the rule
   */
  public IntegratedGradients {
    check(steps > 0, "Integrated gradients need at least one step, not %d", steps);
    rule.nodes(steps);
  }

  /** 50 Gauss–Legendre positions from black, multiplied by the input. */
  public static IntegratedGradients standard() {
    return new IntegratedGradients(50, QuadratureRule.GAUSS_LEGENDRE, Baseline.BLACK, true);
  }

  /** The homework's definition: 10 left positions from black, not multiplied by the input. */
  public static IntegratedGradients homework() {
    return new IntegratedGradients(10, QuadratureRule.LEFT, Baseline.BLACK, false);
  }

  @Override
  public String method() {
    return "integrated-gradients";
  }

  @Override
  public Map<String, Object> parameters() {
    var parameters = new LinkedHashMap<String, Object>();
    parameters.put("steps", steps);
    parameters.put("rule", rule.text());
    parameters.put("baseline", baseline.text());
    parameters.put("times-input", timesInput);
    return parameters;
  }

  @Override
  public Explanation explain(InputGradients gradients, float[] image, int target, Run run) {
    var start = System.nanoTime();
    var origin = baseline.of(image);
    var integral = integral(gradients, image, origin, target, run);
    var products = new double[integral.length];
    var sum = 0.0;
    for (var i = 0; i < integral.length; i++) {
      products[i] = integral[i] * ((double) image[i] - origin[i]);
      sum += products[i];
    }
    var logits = gradients.logits(image);
    var difference = logits[target] - gradients.logits(origin)[target];
    var quality = new LinkedHashMap<String, Double>();
    quality.put("convergenceDelta", sum - difference);
    quality.put("scoreDifference", difference);
    var model = gradients.model();
    return Attribution.result(
        this,
        timesInput ? products : integral,
        new long[] {3, (int) model.inputShape()[1], (int) model.inputShape()[2]},
        target,
        Attribution.toFloats(logits),
        run,
        quality,
        start);
  }

  private double[] integral(
      InputGradients gradients, float[] image, float[] origin, int target, Run run) {
    var nodes = rule.nodes(steps);
    var integral = new double[Attribution.checked(gradients, image).length];
    gradients.forEach(
        steps,
        (step, into, offset) -> {
          var position = nodes.positions()[step];
          for (var i = 0; i < image.length; i++) {
            var value = origin[i] + position * ((double) image[i] - origin[i]);
            into[offset + i] = (float) value;
          }
        },
        Objective.SCORE,
        target,
        run,
        (step, gradient, offset) -> {
          var weight = nodes.weights()[step];
          for (var i = 0; i < integral.length; i++) {
            integral[i] += weight * gradient[offset + i];
          }
        });
    return integral;
  }
}
