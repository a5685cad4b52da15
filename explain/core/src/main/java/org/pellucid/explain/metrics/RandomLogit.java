package org.pellucid.explain.metrics;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * How alike the map is to the maps of other outputs (Sixt et al., 2020). Near 1 if the map doesn't
 * depend on what is explained.
 *
 * @param classes how many other outputs, drawn at random, at most all
 * @param similarity how maps are compared
 * @param sign what of an attribution counts
 */
public record RandomLogit(int classes, Similarity similarity, Sign sign) implements Metric {
  private static final Parameter<Integer> CLASSES =
      Parameter.of(
          "classes",
          ParameterType.wholeNumber(1, 1_000_000),
          3,
          "How many other outputs, drawn at random, at most all.");
  private static final Parameter<Similarity> SIMILARITY = Similarity.parameter();
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.SIGNED);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "random-logit",
          "Random logit",
          "How alike the map is to those of other classes; lower is better, near 1 the map doesn't"
              + " depend on the class.",
          "L. Sixt, M. Granz, T. Landgraf: When explanations lie, 2020",
          Direction.LOWER,
          Effort.EXPLANATIONS,
          false,
          List.of(CLASSES, SIMILARITY, SIGN),
          values -> new RandomLogit(values.get(CLASSES), values.get(SIMILARITY), values.get(SIGN)));

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(CLASSES, classes)
        .with(SIMILARITY, similarity)
        .with(SIGN, sign);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the target isn't one of several outputs
   */
  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var outputs = context.evaluator().model().outputs();
    var index = explanation.target().indices();
    check(
        index.size() == 1 && outputs > 1,
        "random-logit needs a target that is one of several outputs, but %s of %d is explained;"
            + " leave the metric out",
        explanation.target().text(),
        outputs);
    var others = new ArrayList<Integer>();
    for (var output = 0; output < outputs; output++) {
      if (output != index.getFirst()) {
        others.add(output);
      }
    }
    var seed = context.options().seed();
    Collections.shuffle(others, new Random(seed));
    var map = AttributionMap.of(explanation.values());
    var own = map.pixels(sign);
    var used = Math.min(classes, others.size());
    var sum = 0.0;
    for (var i = 0; i < used; i++) {
      context.options().progress().step(i, used);
      var target = other(explanation.target(), others.get(i));
      var values = Repeated.explain(explanation, context, target);
      var pixels = AttributionMap.of(values).pixels(sign);
      sum += similarity.of(own, pixels, map.height(), map.width());
    }
    return Measurement.of(sum / used).seeded(seed);
  }

  private static Target other(Target target, int output) {
    return switch (target) {
      case Target.Probability _ -> new Target.Probability(output);
      case Target.Loss _ -> new Target.Loss(output);
      default -> Target.output(output);
    };
  }
}
