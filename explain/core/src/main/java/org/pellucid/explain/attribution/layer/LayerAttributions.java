package org.pellucid.explain.attribution.layer;

import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;

/**
 * What a method found for a layer.
 *
 * @param values of the layer's shape, in C order
 */
record LayerAttributions(Layer layer, double[] values) {
  /** The detail that holds the layer's attributions as they are. */
  static final String DETAIL = "layer";

  double sum() {
    var sum = 0.0;
    for (var value : values) {
      sum += value;
    }
    return sum;
  }

  /**
   * Ends an explanation: by the sum over the channels at the input's size where the layer has
   * places, so that it lies on the input, and by the values as they are where it hasn't.
   */
  Explanation end(Explanation.Builder explanation, Upsampling upsampling, long[] inputShape) {
    var all = Values.of(values, layer.shape());
    if (!layer.hasPlaces()) {
      return explanation.end(all);
    }
    var map = layer.upsampled(layer.overChannels(values), upsampling, inputShape);
    return explanation.detail(DETAIL, all).end(Values.of(map, layer.mapShape(inputShape)));
  }
}
