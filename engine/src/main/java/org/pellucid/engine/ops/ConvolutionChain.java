package org.pellucid.engine.ops;

import java.lang.ref.Reference;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ConvolutionLayer;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Several convolutions {@code xᵢ₊₁ = ρᵢ(xᵢ ⋆ Wᵢ + bᵢ)} one after the other, each with its rectifier
 * {@code ρ}; the gradients are those of each {@link Convolution2d}.
 *
 * <p>Where the tape records none of them, kernels may compute all of them for a band of the image
 * after the other, with the same bits, so that what lies between them needs no memory of the tape:
 * the inverted bottlenecks of MobileNetV2 (Sandler et al., 2018), whose inner images are six times
 * as wide as the outer ones, and the depthwise separable convolutions of MobileNetV1 (Howard et
 * al., 2017).
 */
public final class ConvolutionChain {
  private ConvolutionChain() {}

  /**
   * Applies the layers to an image.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param layers the first one's channels, or those of its groups, divide the image's
   * @return {@code [batch, height, width, output channels of the last layer]}
   * @throws IllegalArgumentException if there is no layer, or shapes don't fit
   */
  public static Tensor apply(Tape tape, Tensor x, List<ConvolutionLayer> layers) {
    Shapes.check(!layers.isEmpty(), "A chain of convolutions needs at least one");
    Shapes.checkRank("A chain's input", x, 4);
    return inBands(tape, x, layers).orElseGet(() -> oneByOne(tape, x, layers));
  }

  private static Tensor oneByOne(Tape tape, Tensor x, List<ConvolutionLayer> layers) {
    var y = x;
    for (var layer : layers) {
      var before = y;
      y = convolution(tape, before, layer);
      if (before != x) {
        tape.discard(before);
      }
    }
    return y;
  }

  private static Tensor convolution(Tape tape, Tensor x, ConvolutionLayer layer) {
    var weight = layer.weight();
    Shapes.check(
        weight.size(2) > 0 && x.size(3) % weight.size(2) == 0,
        "A convolution of %d channels can't take %d",
        weight.size(2),
        x.size(3));
    var groups = Math.toIntExact(x.size(3) / weight.size(2));
    return Convolution2d.apply(
        tape, x, weight, layer.bias(), layer.window(), groups, layer.rectifier());
  }

  private static Optional<Tensor> inBands(Tape tape, Tensor x, List<ConvolutionLayer> layers) {
    if (layers.size() < 2 || isRecorded(tape, x, layers) || !fit(x, layers)) {
      return Optional.empty();
    }
    var height = x.size(1);
    var width = x.size(2);
    for (var layer : layers) {
      height = layer.window().outputHeight(height);
      width = layer.window().outputWidth(width);
    }
    var out = tape.allocate(x.type(), x.size(0), height, width, layers.getLast().weight().size(3));
    var kernels = tape.engine().kernels().forType(x.type()).convolutions();
    var done = kernels.forwardInBands(x, layers, out);
    Reference.reachabilityFence(layers);
    Reference.reachabilityFence(x);
    if (!done) {
      tape.discard(out);
    }
    return Optional.of(out).filter(_ -> done);
  }

  private static boolean isRecorded(Tape tape, Tensor x, List<ConvolutionLayer> layers) {
    return tape.tracks(x)
        || layers.stream().anyMatch(each -> tape.tracks(each.weight()) || tape.tracks(each.bias()));
  }

  /** Whether types and channels fit; what doesn't is left to the layer that says so. */
  private static boolean fit(Tensor x, List<ConvolutionLayer> layers) {
    var channels = x.size(3);
    for (var layer : layers) {
      var weight = layer.weight();
      var window = layer.window();
      var fits =
          weight.rank() == 4
              && weight.size(0) == window.height()
              && weight.size(1) == window.width()
              && weight.size(2) > 0
              && channels % weight.size(2) == 0
              && weight.size(3) % (channels / weight.size(2)) == 0
              && layer.bias().elements() == weight.size(3)
              && weight.type() == x.type()
              && layer.bias().type() == x.type();
      if (!fits) {
        return false;
      }
      channels = weight.size(3);
    }
    return true;
  }
}
