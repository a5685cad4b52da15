package org.pellucid.explain.metrics;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.evaluation.Values;

/**
 * Attributions as metrics see them: a number for each pixel, which is the sum over its channels, or
 * one for each value of the input. One axis is taken for a row of pixels.
 */
final class AttributionMap {
  private final Values values;
  private final int channels;
  private final int height;
  private final int width;

  private AttributionMap(Values values) {
    check(
        values.rank() >= 1 && values.rank() <= 3,
        "A metric takes maps [channels, height, width] or [height, width], not %s",
        Shapes.text(values.shape()));
    check(values.length() > 0, "A map without values can't be measured");
    this.values = values;
    this.width = values.size(-1);
    this.height = values.rank() == 1 ? 1 : values.size(-2);
    this.channels = values.rank() == 3 ? values.size(0) : 1;
  }

  static AttributionMap of(Values values) {
    return new AttributionMap(values);
  }

  /**
   * A map of an input's pixels.
   *
   * @throws IllegalArgumentException if it is of another size
   */
  static AttributionMap of(Values values, Values input) {
    var map = new AttributionMap(values);
    var image = new AttributionMap(input);
    check(
        map.height == image.height
            && map.width == image.width
            && (map.channels == 1 || map.channels == image.channels),
        "The map is of the shape %s, which is not that of the input %s; the metric needs a number"
            + " for each pixel",
        Shapes.text(values.shape()),
        Shapes.text(input.shape()));
    return map;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** The number of pixels. */
  int size() {
    return height * width;
  }

  /** A number for each pixel: the sum over the channels, then its sign. */
  double[] pixels(Sign sign) {
    var pixels = new double[size()];
    for (var i = 0; i < values.length(); i++) {
      pixels[i % pixels.length] += values.get(i);
    }
    // Adding zero makes the negative zero, which would be ordered apart, a positive one.
    Arrays.setAll(pixels, i -> sign.of(pixels[i]) + 0.0);
    return pixels;
  }

  /** A number for each value of the input; what stands for a pixel stands for its channels. */
  double[] values(Values input, Sign sign) {
    var all = new double[input.length()];
    Arrays.setAll(all, i -> sign.of(values.get(i % values.length())) + 0.0);
    return all;
  }

  /** Places by their numbers, the largest first; of equal ones the first first. */
  static int[] descending(double[] numbers) {
    return IntStream.range(0, numbers.length)
        .boxed()
        .sorted((a, b) -> Double.compare(numbers[b], numbers[a]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Each place's position in an order. */
  static int[] ranks(int[] order) {
    var ranks = new int[order.length];
    for (var i = 0; i < order.length; i++) {
      ranks[order[i]] = i;
    }
    return ranks;
  }
}
