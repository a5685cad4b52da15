package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;
import org.pellucid.models.nn.NetworkDescription.Kind;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;

/** Layers as descriptions, the reverse of building them. */
final class LayerDescriptions {
  private LayerDescriptions() {}

  /**
   * The description of a layer.
   *
   * @throws IllegalArgumentException if none says what it does
   */
  static LayerDescription of(NamedLayer named) {
    var name = named.name();
    return switch (named.layer()) {
      case Layer.Convolution2d c -> {
        check(!c.relu(), "%s can't be described: give its ReLU a layer of its own", name);
        yield window(name, Kind.CONVOLUTION2D, c.weight().size(3), c.window());
      }
      case Layer.MaxPool2d p -> {
        check(
            p.window().height() == p.window().width(),
            "%s can't be described: its window isn't square",
            name);
        yield window(name, Kind.MAX_POOL2D, 0, p.window());
      }
      case Layer.BatchNorm b ->
          new LayerDescription(name, Kind.BATCH_NORM, 0, 0, 0, 0, b.epsilon(), 0);
      case Layer.Dropout d -> {
        check(d.probability() > 0, "%s can't be described: it drops nothing; leave it out", name);
        yield new LayerDescription(name, Kind.DROPOUT, 0, 0, 0, 0, 0, d.probability());
      }
      case Layer.Linear l ->
          new LayerDescription(
              name, Kind.LINEAR, Math.toIntExact(l.weight().size(0)), 0, 0, 0, 0, 0);
      case Layer.Relu _ -> LayerDescription.of(name, Kind.RELU);
      case Layer.Flatten _ -> LayerDescription.of(name, Kind.FLATTEN);
      case Layer.Normalise _ ->
          throw new IllegalArgumentException(
              "%s can't be described: a normalisation is only before the first layer."
                  .formatted(name));
    };
  }

  /** A size of 0 leaves it to the weight. */
  private static LayerDescription window(
      String name, Kind kind, long outputs, SlidingWindow window) {
    check(
        window.strideHeight() == window.strideWidth()
            && window.paddingHeight() == window.paddingWidth(),
        "%s can't be described: its stride or padding isn't the same in both directions",
        name);
    return new LayerDescription(
        name,
        kind,
        Math.toIntExact(outputs),
        window.height() == window.width() ? window.height() : 0,
        window.strideHeight(),
        window.paddingHeight(),
        0,
        0);
  }
}
