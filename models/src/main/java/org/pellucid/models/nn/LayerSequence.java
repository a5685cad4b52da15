package org.pellucid.models.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.models.nn.LayerKind.Extent;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;

/** Layers of a published network, one after another. */
final class LayerSequence {
  private final List<LayerDescription> layers = new ArrayList<>();

  /** The name of the last layer. */
  String last() {
    return layers.getLast().name();
  }

  LayerSequence add(String name, LayerKind kind) {
    layers.add(new LayerDescription(name, kind));
    return this;
  }

  private LayerSequence add(String name, LayerKind kind, String... inputs) {
    layers.add(new LayerDescription(name, kind, List.of(inputs)));
    return this;
  }

  /** A convolution whose weights tell its size, outputs, groups and bias. */
  LayerSequence convolution(String name, int stride, int padding) {
    return add(name, convolution(stride, padding));
  }

  /** A convolution of an earlier layer's output. */
  LayerSequence convolution(String name, int stride, int padding, String input) {
    return add(name, convolution(stride, padding), input);
  }

  private static LayerKind convolution(int stride, int padding) {
    return new LayerKind.Convolution(
        0,
        Optional.empty(),
        Extent.square(stride),
        Extent.square(padding),
        Extent.ONE,
        0,
        Optional.empty());
  }

  LayerSequence batchNorm(String name) {
    return add(name, new LayerKind.BatchNorm(LayerKind.BatchNorm.PYTORCH_EPSILON));
  }

  LayerSequence relu(String name) {
    return add(name, new LayerKind.Relu());
  }

  LayerSequence relu6(String name) {
    return add(name, new LayerKind.Activation(ActivationFunction.Plain.RELU6));
  }

  LayerSequence maxPool(String name, int size, int stride, int padding) {
    return add(name, new LayerKind.MaxPool(SlidingWindow.square(size, stride, padding)));
  }

  LayerSequence averagePool(String name, int size) {
    return add(name, new LayerKind.AveragePool(SlidingWindow.square(size, size, 0), true));
  }

  /** The outputs of two layers, added. */
  LayerSequence sum(String name, String first, String second) {
    return add(name, new LayerKind.Add(), first, second);
  }

  /** The outputs of two layers, one behind the other along the channels. */
  LayerSequence both(String name, String first, String second) {
    return add(name, new LayerKind.Concatenate(), first, second);
  }

  /** Means over windows so that {@code size} by {@code size} are left, as rows of features. */
  LayerSequence pooled(int size) {
    add("avgpool", new LayerKind.AdaptivePool(false, Extent.square(size)));
    return add("flatten", new LayerKind.Flatten());
  }

  LayerSequence dropout(String name, double probability) {
    return add(name, new LayerKind.Dropout(probability));
  }

  LayerSequence linear(String name) {
    return add(name, new LayerKind.Linear(0, Optional.empty()));
  }

  /** These layers as a network of that name. */
  PublishedNetwork as(String name) {
    return new PublishedNetwork(
        name, new NetworkDescription(0, PublishedNetwork.SIZE, PublishedNetwork.SIZE, layers));
  }
}
