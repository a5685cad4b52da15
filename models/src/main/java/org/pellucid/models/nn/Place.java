package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.Optional;
import org.pellucid.engine.kernels.SlidingWindow;

/**
 * The shape of one image's values between two layers: an image, or a row of features.
 *
 * @param height 1 for features
 * @param width 1 for features
 * @param channels or features
 * @param isImage whether the tensor is {@code [batch, height, width, channels]}, or {@code [batch,
 *     features]}
 * @param flattened the image whose pixels the features are, channels last; empty where they stand
 *     in PyTorch's order
 */
record Place(long height, long width, long channels, boolean isImage, Optional<Place> flattened) {

  static Place image(long height, long width, long channels) {
    return new Place(height, width, channels, true, Optional.empty());
  }

  static Place features(long count) {
    return new Place(1, 1, count, false, Optional.empty());
  }

  long elements() {
    return height * width * channels;
  }

  private Place with(long newChannels) {
    return new Place(height, width, newChannels, isImage, Optional.empty());
  }

  /** The features of this image, channels last. */
  Place flatten(boolean channelsFirst) {
    var inOrder = channelsFirst || channels == 1 || height * width == 1;
    return new Place(1, 1, elements(), false, inOrder ? Optional.empty() : Optional.of(this));
  }

  /** Where the numbers of weights over this image's features stand in PyTorch's order. */
  PyTorchLayout layout(int outputs) {
    return PyTorchLayout.ofFlattened(
        outputs, Math.toIntExact(channels), Math.toIntExact(height * width));
  }

  /** As text for messages, such as {@code 8x8 pixels of 16 channels}. */
  String text() {
    return isImage
        ? "%dx%d pixels of %d channels".formatted(height, width, channels)
        : channels + " features";
  }

  /**
   * The shape after a layer whose outputs and window are known; features are in PyTorch's order.
   *
   * @throws IllegalArgumentException if the layer can't take these inputs
   */
  static Place after(LayerKind kind, List<Place> inputs) {
    var in = inputs.getFirst();
    return switch (kind) {
      case LayerKind.Convolution convolution ->
          in.windows(convolution.window(), "a convolution").with(convolution.outputs());
      case LayerKind.MaxPool(var window) -> in.pooled(window);
      case LayerKind.AveragePool(var window, _) -> in.pooled(window);
      case LayerKind.AdaptivePool(_, var size) -> {
        check(in.isImage, "it pools %s where it needs an image", in.text());
        yield image(size.height(), size.width(), in.channels);
      }
      case LayerKind.Flatten() -> in.isImage ? in.flatten(true) : in;
      case LayerKind.Linear linear -> {
        check(
            in.height * in.width == 1,
            "it takes %s where it needs features; put a flatten before it",
            in.text());
        yield in.with(linear.outputs());
      }
      case LayerKind.Add() -> in.plus(inputs);
      case LayerKind.Concatenate() -> in.beside(inputs);
      case LayerKind.BatchNorm _,
          LayerKind.Relu _,
          LayerKind.Activation _,
          LayerKind.Softmax _,
          LayerKind.Dropout _,
          LayerKind.Normalise _ ->
          in;
    };
  }

  /**
   * The shape after a layer of a network.
   *
   * @throws IllegalArgumentException naming the layer, if it can't take these inputs
   */
  static Place after(String name, Layer layer, List<Place> inputs) {
    return layer instanceof Layer.Flatten(var channelsFirst) && inputs.getFirst().isImage
        ? inputs.getFirst().flatten(channelsFirst)
        : after(name, layer.kind(), inputs);
  }

  /** The shape after a layer, as {@link #after(LayerKind, List)} gives it. */
  static Place after(String name, LayerKind kind, List<Place> inputs) {
    try {
      var place = after(kind, inputs);
      check(
          place.elements() <= Integer.MAX_VALUE,
          "it would give %s, too many numbers for one image",
          place.text());
      return place;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The layer %s doesn't fit: %s".formatted(name, e.getMessage()), e);
    }
  }

  private Place windows(SlidingWindow window, String what) {
    check(isImage, "%s takes %s where it needs an image", what, text());
    check(
        window.spanHeight() <= height + 2L * window.paddingHeight()
            && window.spanWidth() <= width + 2L * window.paddingWidth(),
        "nothing would be left of %s under a window of %dx%d",
        text(),
        window.spanHeight(),
        window.spanWidth());
    return image(window.outputHeight(height), window.outputWidth(width), channels);
  }

  private Place pooled(SlidingWindow window) {
    check(
        2 * window.paddingHeight() <= window.height()
            && 2 * window.paddingWidth() <= window.width(),
        "its padding is more than half of its window");
    return windows(window, "a pooling");
  }

  private Place plus(List<Place> inputs) {
    for (var other : inputs) {
      check(equals(other), "it adds %s and %s, which don't match", text(), other.text());
    }
    checkOrder(inputs);
    return this;
  }

  private Place beside(List<Place> inputs) {
    for (var other : inputs) {
      check(
          height == other.height && width == other.width && isImage == other.isImage,
          "it joins %s and %s, which don't match",
          text(),
          other.text());
    }
    checkOrder(inputs);
    return with(inputs.stream().mapToLong(Place::channels).sum());
  }

  private static void checkOrder(List<Place> inputs) {
    check(
        inputs.stream().allMatch(place -> place.flattened.isEmpty()),
        "it joins images that were flattened channels last");
  }
}
