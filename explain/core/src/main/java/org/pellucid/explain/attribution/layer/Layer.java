package org.pellucid.explain.attribution.layer;

import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.evaluation.Values;

/**
 * A layer of a model with the shape of what it gives.
 *
 * @param name of the layer
 * @param shape of its output for one input, {@code [channels, height, width]} of an image layer
 */
public record Layer(String name, long[] shape) {

  /** Whether its output has places, so that a map can be drawn of it. */
  public boolean hasPlaces() {
    return shape.length == 3;
  }

  /** The number of channels of a layer with places. */
  public int channels() {
    return Math.toIntExact(shape[0]);
  }

  /** The height of a layer with places. */
  public int height() {
    return Math.toIntExact(shape[1]);
  }

  /** The width of a layer with places. */
  public int width() {
    return Math.toIntExact(shape[2]);
  }

  /** The number of places. */
  public int places() {
    return height() * width();
  }

  /** The number of values. */
  public int size() {
    return Math.toIntExact(Shapes.elements(shape));
  }

  /** The shape of a map at the input's size, {@code [height, width]}. */
  public long[] mapShape(long[] inputShape) {
    return inputShape.length == 3
        ? new long[] {inputShape[1], inputShape[2]}
        : new long[] {height(), width()};
  }

  /** A map of the layer's places at the input's size, {@link #mapShape}. */
  public double[] upsampled(double[] map, Upsampling upsampling, long[] inputShape) {
    var size = mapShape(inputShape);
    return upsampling.of(map, height(), width(), (int) size[0], (int) size[1]);
  }

  /** The sum over the channels, {@code [height, width]}. */
  public double[] overChannels(double[] values) {
    var map = new double[places()];
    for (var i = 0; i < values.length; i++) {
      map[i % map.length] += values[i];
    }
    return map;
  }

  /** A map of the layer's places, {@code [height, width]}. */
  public Values map(double[] map) {
    return Values.of(map, height(), width());
  }
}
