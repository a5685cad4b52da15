package org.pellucid.explain.features;

import java.util.List;
import org.pellucid.engine.autograd.Tape;
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
 * Where one filter of a layer is active in an image: a map {@code [height, width]} of the layer. Of
 * a unit it is the map of its filter; of a direction, the output's product with it at each place.
 *
 * @param layer the layer's name, such as {@code cnn.6}
 * @param feature of the layer
 */
public record FilterActivation(String layer, FeatureObjective feature) implements Method {

  /** The map of one filter, from 0. */
  public FilterActivation(String layer, int filter) {
    this(layer, new FeatureObjective.Channel(filter));
  }

  @Override
  public MethodDescriptor descriptor() {
    return Filters.DESCRIPTOR;
  }

  @Override
  public String name() {
    return "filters-activation-" + LayerFiles.name(layer);
  }

  @Override
  public String title() {
    return "Filter activation, " + layer;
  }

  @Override
  public String sentence() {
    return "Where one filter of the layer is active in each image.";
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none().with(Filters.LAYER, List.of(layer)).with(Filters.FILTER, feature);
  }

  @Override
  public Display display() {
    return Display.ACTIVATION;
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    options.progress().step(0, 1);
    try (var x = evaluator.batch(input.toArray());
        var tape = new Tape(evaluator.engine())) {
      var map = FilterMap.of(evaluator, tape, x, layer, feature);
      options.progress().step(1, 1);
      return explanation.end(Values.of(map.toFloats(), map.size(1), map.size(2)));
    }
  }
}
