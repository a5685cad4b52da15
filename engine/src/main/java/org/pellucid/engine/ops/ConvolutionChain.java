package org.pellucid.engine.ops;

import java.lang.ref.Reference;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
    var shape = x.shape();
    for (var layer : layers) {
      var groups = groups(shape[3], layer.weight());
      shape =
          Convolution2d.outputShape(shape, layer.weight(), layer.bias(), layer.window(), groups);
    }
    var out =
        layers.size() > 1 && layers.stream().noneMatch(layer -> isAlone(tape, x, layer))
            ? inBands(tape, x, layers, shape)
            : Optional.<Tensor>empty();
    return out.orElseGet(() -> oneByOne(tape, x, layers));
  }

  private static int groups(long channels, Tensor weight) {
    Shapes.checkRank("A convolution's weight", weight, 4);
    Shapes.check(
        weight.size(2) > 0 && channels % weight.size(2) == 0,
        "A convolution of %d channels can't take %d",
        weight.size(2),
        channels);
    return Math.toIntExact(channels / weight.size(2));
  }

  /** Whether a layer has to run as an operation, which is recorded or refuses another type. */
  private static boolean isAlone(Tape tape, Tensor x, ConvolutionLayer layer) {
    return Stream.of(x, layer.weight(), layer.bias())
        .anyMatch(tensor -> tape.tracks(tensor) || tensor.type() != x.type());
  }

  private static Optional<Tensor> inBands(
      Tape tape, Tensor x, List<ConvolutionLayer> layers, long[] shape) {
    var out = tape.allocate(x.type(), shape);
    var kernels = tape.engine().kernels().forType(x.type()).convolutions();
    var done = kernels.forwardInBands(x, layers, out);
    // Kernels know addresses alone, and the memory of what nobody refers to is used again.
    Reference.reachabilityFence(layers);
    Reference.reachabilityFence(x);
    if (!done) {
      tape.discard(out);
    }
    return Optional.of(out).filter(_ -> done);
  }

  private static Tensor oneByOne(Tape tape, Tensor x, List<ConvolutionLayer> layers) {
    var y = x;
    for (var layer : layers) {
      var before = y;
      y =
          Convolution2d.apply(
              tape,
              before,
              layer.weight(),
              layer.bias(),
              layer.window(),
              groups(before.size(3), layer.weight()),
              layer.rectifier());
      if (before != x) {
        tape.discard(before);
      }
    }
    return y;
  }
}
