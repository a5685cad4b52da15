package org.pellucid.explain.attribution.cam;

import java.util.concurrent.atomic.AtomicReference;
import org.pellucid.explain.attribution.GradientMethod;
import org.pellucid.explain.attribution.layer.Layer;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.LayerGradients;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;

/** A class activation map that a layer's outputs and their gradients decide, channel by channel. */
interface GradientCam extends GradientMethod {
  /** The detail that holds the map at the layer's size. */
  String LAYER_MAP = "layer-map";

  /** How the map is made. */
  CamSettings settings();

  /** The same method with other settings. */
  GradientCam with(CamSettings settings);

  /** The parameter that says whether negative values are dropped. */
  default Parameter<Boolean> relu() {
    return CamSettings.RELU;
  }

  /**
   * Adds one channel to the map.
   *
   * @param activations of all channels
   * @param gradients of the target with respect to them
   * @param from where the channel begins
   * @param map {@code [height, width]} of the layer
   */
  void add(double[] activations, double[] gradients, int from, double[] map);

  @Override
  default ParameterValues parameters() {
    return settings().values(relu());
  }

  @Override
  default long[] mapShape(Evaluator evaluator) {
    var layer = settings().layer().withPlaces(evaluator);
    return layer.mapShape(evaluator.model().inputShape());
  }

  @Override
  default void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    var layer = settings().layer().withPlaces(evaluator);
    var inputShape = evaluator.model().inputShape();
    new LayerGradients(evaluator, layer.name())
        .compute(
            count,
            inputs,
            target,
            options,
            (number, row) ->
                receiver.accept(
                    number, settings().upsampled(map(layer, row), layer, inputShape), 0));
  }

  /** The map at the layer's size. */
  private double[] map(Layer layer, LayerGradients.Row row) {
    var map = new double[layer.places()];
    for (var from = 0; from < layer.size(); from += map.length) {
      add(row.values(), row.gradients(), from, map);
    }
    return settings().rectified(map);
  }

  @Override
  default Explanation explain(
      Evaluator evaluator, Values input, Target target, RunOptions options) {
    var layer = settings().layer().withPlaces(evaluator);
    var resolved = with(settings().withLayer(layer.name()));
    var explanation = Explanation.begin(resolved, evaluator, input, target, options);
    var found = new AtomicReference<double[]>();
    new LayerGradients(evaluator, layer.name())
        .compute(
            1,
            (number, into, offset) -> input.copyTo(into, offset),
            target,
            options,
            (number, row) -> found.set(map(layer, row)));
    var map = found.get();
    return explanation
        .detail(LAYER_MAP, layer.map(map))
        .end(
            Values.of(
                settings().upsampled(map, layer, input.shape()), layer.mapShape(input.shape())));
  }
}
