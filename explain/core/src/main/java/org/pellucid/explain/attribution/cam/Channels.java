package org.pellucid.explain.attribution.cam;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.pellucid.explain.attribution.layer.Layer;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;

/**
 * The channels that a layer gives for an input.
 *
 * @param values {@code [channels, height, width]}
 */
record Channels(Layer layer, Values values) {

  /** A channel's map, {@code [height, width]}. */
  double[] of(int channel) {
    var map = new double[layer.places()];
    Arrays.setAll(map, i -> values.get(channel * map.length + i));
    return map;
  }

  /** The numbers of the channels that have more than one value. */
  int[] thatVary() {
    return IntStream.range(0, layer.channels())
        .filter(channel -> Arrays.stream(of(channel)).distinct().limit(2).count() > 1)
        .toArray();
  }

  /** The sum of some channels, each with its weight. */
  double[] sum(int[] channels, double[] weights) {
    var map = new double[layer.places()];
    for (var k = 0; k < channels.length; k++) {
      var channel = of(channels[k]);
      for (var i = 0; i < map.length; i++) {
        map[i] += weights[k] * channel[i];
      }
    }
    return map;
  }

  /** Ends an explanation by a map of the layer's places. */
  Explanation end(
      Explanation.Builder explanation, CamSettings settings, double[] map, Values input) {
    var shape = layer.mapShape(input.shape());
    return explanation
        .detail(GradientCam.LAYER_MAP, layer.map(map))
        .end(Values.of(settings.upsampled(map, layer, input.shape()), shape));
  }
}
