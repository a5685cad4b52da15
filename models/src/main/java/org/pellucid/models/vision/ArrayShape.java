package org.pellucid.models.vision;

import java.util.Arrays;
import java.util.Optional;
import org.pellucid.weights.DType;

/**
 * How an array's axes stand for an image.
 *
 * @param channels 1 or more
 * @param height rows
 * @param width pixels in a row
 * @param channelsLast whether a pixel's channels lie side by side
 */
record ArrayShape(int channels, int height, int width, boolean channelsLast) {

  /** The image of an array's shape for a network of so many channels, if it can be one. */
  static Optional<ArrayShape> of(long[] shape, int channels, DType type) {
    var axes = shape.length == 4 && shape[0] == 1 ? Arrays.copyOfRange(shape, 1, 4) : shape;
    if (Arrays.stream(axes).anyMatch(side -> side < 1 || side > Integer.MAX_VALUE)) {
      return Optional.empty();
    }
    return type == DType.U8
        ? ofBytes(axes)
        : type.isFloatingPoint() ? ofFloats(axes, channels) : Optional.empty();
  }

  private static Optional<ArrayShape> ofBytes(long[] axes) {
    return switch (axes.length) {
      case 2 -> Optional.of(last(axes, 1));
      case 3 ->
          axes[2] == 1 || axes[2] == Image.CHANNELS
              ? Optional.of(last(axes, (int) axes[2]))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<ArrayShape> ofFloats(long[] axes, int channels) {
    if (axes.length == 2 && channels == 1) {
      return Optional.of(last(axes, 1));
    }
    if (axes.length != 3) {
      return Optional.empty();
    }
    if (axes[0] == channels) {
      return Optional.of(new ArrayShape(channels, (int) axes[1], (int) axes[2], false));
    }
    return axes[2] == channels ? Optional.of(last(axes, channels)) : Optional.empty();
  }

  private static ArrayShape last(long[] axes, int channels) {
    return new ArrayShape(channels, (int) axes[0], (int) axes[1], true);
  }

  /** The values {@code [channels, height, width]}. */
  float[] channelsFirst(float[] values) {
    if (!channelsLast || channels == 1) {
      return values;
    }
    var result = new float[values.length];
    var plane = height * width;
    for (var pixel = 0; pixel < plane; pixel++) {
      for (var channel = 0; channel < channels; channel++) {
        result[channel * plane + pixel] = values[pixel * channels + channel];
      }
    }
    return result;
  }
}
