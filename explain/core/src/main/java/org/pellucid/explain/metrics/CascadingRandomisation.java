package org.pellucid.explain.metrics;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.method.Curve;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;
import org.pellucid.models.RandomisableModel;

/**
 * How alike the map stays while the model's layers get random parameters, one after another: the
 * mean similarity to the map of the trained model (Adebayo et al., 2018). Near 1 if the map doesn't
 * depend on what was learnt, as that of an edge detector; a map that depends on it loses its
 * likeness as soon as the layers at the top are random.
 *
 * @param order of the layers
 * @param stages how many points the curve has, spread over the layers; 0 for one for each layer
 * @param similarity how maps are compared
 * @param sign what of an attribution counts
 */
public record CascadingRandomisation(Order order, int stages, Similarity similarity, Sign sign)
    implements Metric {
  private static final Parameter<Order> ORDER =
      Parameter.of(
          "order",
          ParameterType.choice(Order.class),
          Order.TOP_DOWN,
          "The order in which layers become random: top-down or bottom-up and stay so, or each"
              + " alone.");
  private static final Parameter<Integer> STAGES =
      Parameter.of(
          "stages",
          ParameterType.wholeNumber(0, 10_000),
          6,
          "How many points the curve has, spread over the layers; 0 for one for each layer.");
  private static final Parameter<Similarity> SIMILARITY = Similarity.parameter();
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.ABSOLUTE);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "cascading-randomisation",
          "Cascading randomisation",
          "How alike the map stays while the model's layers become random; lower is better, near 1"
              + " the map doesn't depend on what was learnt.",
          "J. Adebayo et al.: Sanity checks for saliency maps, 2018",
          Direction.LOWER,
          Effort.EXPLANATIONS,
          false,
          List.of(ORDER, STAGES, SIMILARITY, SIGN),
          values ->
              new CascadingRandomisation(
                  values.get(ORDER), values.get(STAGES), values.get(SIMILARITY), values.get(SIGN)));

  /** In which order layers become random. */
  public enum Order {
    /** From the outputs on, all that were random staying so. */
    TOP_DOWN,
    /** From the input on, all that were random staying so. */
    BOTTOM_UP,
    /** Each alone. */
    INDEPENDENT
  }

  /** The metric with its standard parameters. */
  public static CascadingRandomisation standard() {
    return (CascadingRandomisation) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(ORDER, order)
        .with(STAGES, stages)
        .with(SIMILARITY, similarity)
        .with(SIGN, sign);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the model's layers can't be given random parameters
   */
  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    check(
        context.evaluator().model() instanceof RandomisableModel random
            && !random.layersWithParameters().isEmpty(),
        "cascading-randomisation gives layers random parameters, which this model doesn't offer;"
            + " let it implement RandomisableModel, or leave the metric out");
    var model = (RandomisableModel) context.evaluator().model();
    var random = randomLayers(model.layersWithParameters());
    var seed = context.options().seed();
    var map = AttributionMap.of(explanation.values());
    var own = map.pixels(sign);
    var positions = new ArrayList<Double>();
    var values = new ArrayList<Double>();
    for (var stage = 0; stage < random.size(); stage++) {
      context.options().progress().step(stage, random.size());
      try (var randomised = model.randomised(random.get(stage), seed)) {
        var evaluator = new Evaluator(context.evaluator().engine(), randomised);
        var changed = Repeated.explain(explanation, context, evaluator);
        check(
            changed.allFinite(),
            "The map of the randomised model holds NaN; leave cascading-randomisation out");
        var pixels = AttributionMap.of(changed).pixels(sign);
        values.add(similarity.of(own, pixels, map.height(), map.width()));
        positions.add(order == Order.INDEPENDENT ? stage + 1.0 : (double) random.get(stage).size());
      }
    }
    var mean = values.stream().mapToDouble(value -> value).average().orElseThrow();
    var x = order == Order.INDEPENDENT ? "random layer" : "random layers";
    var y = "similarity (" + ParameterType.text(similarity) + ")";
    return Measurement.of(mean, new Curve(x, y, positions, values)).seeded(seed);
  }

  /** The layers that are random at each stage. */
  private List<Set<String>> randomLayers(List<String> layers) {
    check(!layers.isEmpty(), "The model has no layer with parameters that could become random");
    var ordered = order == Order.TOP_DOWN ? layers.reversed() : layers;
    var count = stages == 0 ? ordered.size() : Math.min(stages, ordered.size());
    var sets = new ArrayList<Set<String>>();
    for (var stage = 1; stage <= count; stage++) {
      var last = (int) ((long) ordered.size() * stage / count);
      var first = order == Order.INDEPENDENT ? last - 1 : 0;
      sets.add(new LinkedHashSet<>(ordered.subList(first, last)));
    }
    return sets;
  }
}
