package org.pellucid.models.onnx;

import static org.pellucid.models.ModelFileException.check;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pellucid.weights.DType;
import org.pellucid.weights.onnx.GraphNode;
import org.pellucid.weights.onnx.GraphValue;
import org.pellucid.weights.onnx.GraphValue.Axis;

/**
 * The image that a graph takes, as far as the file tells: PyTorch exports {@code [batch, channels,
 * height, width]}, Keras and TensorFlow {@code [batch, height, width, channels]}.
 *
 * @param input the name of the graph's input
 * @param channelsLast whether the channels are the last axis
 * @param channels 1 or 3
 * @param height in pixels; empty if it is chosen with each image
 * @param width in pixels; empty if it is chosen with each image
 */
public record GraphImage(
    String input, boolean channelsLast, int channels, OptionalInt height, OptionalInt width) {
  private static final int COLOURS = 3;

  /**
   * What a model's only input says.
   *
   * @param channels what is known of the channels besides, where the graph leaves them open
   * @throws org.pellucid.models.ModelFileException if the graph takes anything but images of one or
   *     three channels
   */
  public static GraphImage of(OnnxModel model, OptionalInt channels) {
    var inputs = model.inputs();
    check(
        inputs.size() == 1,
        "%s takes %d inputs, %s, where a classifier of images takes one; explain it by pellucid"
            + " model explain",
        model.graph().path(),
        inputs.size(),
        inputs);
    var input = inputs.getFirst();
    check(
        input.type().map(DType::isFloatingPoint).orElse(true),
        "%s takes whole numbers, %s, which have no gradients; export it without the conversion to"
            + " numbers with fractions",
        model.graph().path(),
        input);
    var rank = input.axes().map(axes -> axes.size()).orElse(4);
    check(
        rank == 4,
        "%s takes %s, but images have four axes: batch, channels, height and width; explain it by"
            + " pellucid model explain",
        model.graph().path(),
        input);
    return of(model, input, channels);
  }

  private static GraphImage of(OnnxModel model, GraphValue input, OptionalInt channels) {
    var first = size(input, 1);
    var last = size(input, 3);
    // What fits both is PyTorch's order, in which most graphs are written.
    var channelsLast = !isColours(first) && (isColours(last) || first.isPresent());
    var stated = channelsLast ? last : first;
    var found =
        stated.isPresent()
            ? OptionalInt.of((int) Math.min(stated.getAsLong(), Integer.MAX_VALUE))
            : ofConvolution(model, input.name())
                .or(() -> boxed(channels))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    check(
        found.isPresent(),
        "%s doesn't tell how many channels its images have (%s); give --channels 1 or 3",
        model.graph().path(),
        input);
    var count = found.getAsInt();
    check(
        count == 1 || count == COLOURS,
        "%s takes %s, images of %d channels, where grey ones have 1 and coloured ones 3; explain it"
            + " by pellucid model explain",
        model.graph().path(),
        input,
        count);
    return new GraphImage(
        input.name(),
        channelsLast,
        count,
        whole(size(input, channelsLast ? 1 : 2)),
        whole(size(input, channelsLast ? 2 : 3)));
  }

  private static OptionalLong size(GraphValue input, int axis) {
    return input.axes().map(axes -> axes.get(axis)).map(Axis::size).orElse(OptionalLong.empty());
  }

  private static boolean isColours(OptionalLong size) {
    return size.isPresent() && (size.getAsLong() == 1 || size.getAsLong() == COLOURS);
  }

  private static Optional<Integer> boxed(OptionalInt number) {
    return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
  }

  private static OptionalInt whole(OptionalLong size) {
    return size.isPresent()
        ? OptionalInt.of((int) Math.min(size.getAsLong(), Integer.MAX_VALUE))
        : OptionalInt.empty();
  }

  /** The channels that a convolution of the image itself takes. */
  private static Optional<Integer> ofConvolution(OnnxModel model, String input) {
    return model.graph().nodes().stream()
        .filter(node -> node.operation().equals("Conv") && node.inputs().getFirst().equals(input))
        .flatMap(node -> channelsOf(model, node).stream())
        .findFirst();
  }

  private static Optional<Integer> channelsOf(OnnxModel model, GraphNode convolution) {
    return model
        .program()
        .constant(convolution.inputs().get(1))
        .map(NumericArray::shape)
        .filter(shape -> shape.length == 4)
        .map(shape -> Math.toIntExact(shape[1]));
  }
}
