package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * What a network's training did to its images in 0..1 before the first layer: {@code (x − mean) /
 * std}, channel by channel.
 *
 * @param mean one number for each channel
 * @param std one positive number for each channel, the standard deviation
 */
public record Normalisation(List<Double> mean, List<Double> std) {

  /** The name of the layer that a network does it in. */
  static final String LAYER = "normalise";

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are not as many means as deviations, one of them is
   *     not finite, or a deviation isn't positive
   */
  public Normalisation {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    check(
        !mean.isEmpty() && mean.size() == std.size(),
        "The normalisation has %d means and %d deviations; give one of each for every channel",
        mean.size(),
        std.size());
    check(
        mean.stream().allMatch(Double::isFinite),
        "The normalisation's means %s aren't all finite numbers",
        mean);
    check(
        std.stream().allMatch(deviation -> deviation > 0 && Double.isFinite(deviation)),
        "The normalisation's deviations %s aren't all positive numbers",
        std);
  }

  /**
   * The layer that does it.
   *
   * @throws IllegalArgumentException if the images have another number of channels
   */
  Layer.Normalise layer(ElementType type, int channels) {
    check(
        mean.size() == channels,
        "The normalisation has %d means and deviations for images of %d channels",
        mean.size(),
        channels);
    var moved = Tensor.uninitialised(type, channels);
    moved.set(mean.stream().mapToDouble(Double::doubleValue).toArray());
    var scaled = Tensor.uninitialised(type, channels);
    scaled.set(std.stream().mapToDouble(deviation -> 1 / deviation).toArray());
    return new Layer.Normalise(this, moved, scaled);
  }
}
