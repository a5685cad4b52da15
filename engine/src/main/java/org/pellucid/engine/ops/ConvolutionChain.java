package org.pellucid.engine.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ConvolutionBands;
import org.pellucid.engine.kernels.ConvolutionLayer;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Several convolutions {@code xᵢ₊₁ = ρᵢ(xᵢ ⋆ Wᵢ + bᵢ)} one after the other, each with its rectifier
 * {@code ρ}. {@code dL/dxᵢ = (dL/dxᵢ₊₁ ⊙ ρᵢ') ⋆ Wᵢ} rotated by half a turn with its channels
 * exchanged, as in {@link Convolution2d}.
 *
 * <p>Kernels may compute all of them for a band of the image after the other, with the same bits,
 * so that what lies between them needs no memory; the tape keeps a bit for each number that a
 * rectifier gave. Such are the inverted bottlenecks of MobileNetV2 (Sandler et al., 2018), whose
 * inner images are six times as wide as the outer ones, and the depthwise separable convolutions of
 * MobileNetV1 (Howard et al., 2017). The gradient is the image's alone: convolutions whose weights
 * want one are operations of their own.
 */
public final class ConvolutionChain implements Operation {
  private final List<Step> steps;
  private Optional<Together> together = Optional.empty();
  private final List<Tensor> outputs = new ArrayList<>();

  /** A convolution without its weights. */
  private record Step(SlidingWindow window, Rectifier rectifier) {}

  /** How kernels ran all of them together, and what they noted for the gradient. */
  private record Together(ConvolutionBands bands, Optional<Tensor> gates) {}

  private ConvolutionChain(List<Step> steps) {
    this.steps = steps;
  }

  /**
   * Applies the layers to an image. Each is an operation of its own where the tape replaces the
   * backward step of one of them or of a rectifier, and where it tracks their weights.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param layers the first one's channels, or those of its groups, divide the image's
   * @return {@code [batch, height, width, output channels of the last layer]}
   * @throws IllegalArgumentException if there is no layer, or shapes don't fit
   */
  public static Tensor apply(Tape tape, Tensor x, List<ConvolutionLayer> layers) {
    Shapes.check(!layers.isEmpty(), "A chain of convolutions needs at least one");
    Shapes.checkRank("A chain's input", x, 4);
    outputShape(x.shape(), layers);
    if (layers.size() == 1 || layers.stream().anyMatch(layer -> isAlone(tape, x, layer))) {
      return applyEach(tape, x, layers);
    }
    var inputs = new ArrayList<Tensor>();
    inputs.add(x);
    layers.forEach(layer -> inputs.addAll(List.of(layer.weight(), layer.bias())));
    var steps = layers.stream().map(layer -> new Step(layer.window(), layer.rectifier())).toList();
    return tape.apply(new ConvolutionChain(steps), inputs.toArray(Tensor[]::new));
  }

  private static long[] outputShape(long[] x, List<ConvolutionLayer> layers) {
    var shape = x;
    for (var layer : layers) {
      var groups = groups(shape[3], layer.weight());
      shape =
          Convolution2d.outputShape(shape, layer.weight(), layer.bias(), layer.window(), groups);
    }
    return shape;
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

  /** Whether a layer has to run as an operation of its own. */
  private static boolean isAlone(Tape tape, Tensor x, ConvolutionLayer layer) {
    return tape.replacesBackward(Convolution2d.class)
        || Convolution2d.isReplaced(tape, layer.rectifier())
        || Stream.of(layer.weight(), layer.bias())
            .anyMatch(tensor -> tape.tracks(tensor) || tensor.type() != x.type());
  }

  private static Tensor applyEach(Tape tape, Tensor x, List<ConvolutionLayer> layers) {
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

  /** The number of convolutions. */
  public int layers() {
    return steps.size();
  }

  @Override
  public ConvolutionChain again() {
    return new ConvolutionChain(steps);
  }

  private List<ConvolutionLayer> layers(IntFunction<Tensor> inputs) {
    return IntStream.range(0, steps.size())
        .mapToObj(
            i ->
                new ConvolutionLayer(
                    inputs.apply(1 + 2 * i),
                    inputs.apply(2 + 2 * i),
                    steps.get(i).window(),
                    steps.get(i).rectifier()))
        .toList();
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var layers = layers(forward::input);
    layers.forEach(layer -> forward.saveFor(0, layer.weight()));
    return forward
        .kernels()
        .convolutions()
        .inBands(x.shape(), layers, forward.wants(0))
        .map(bands -> forwardTogether(forward, bands, outputShape(x.shape(), layers)))
        .orElseGet(() -> forwardEach(forward, layers));
  }

  private Tensor forwardTogether(Forward forward, ConvolutionBands bands, long[] shape) {
    var gates =
        forward.wants(0)
            ? Optional.of(forward.save(forward.allocate(ElementType.INT32, bands.gates())))
            : Optional.<Tensor>empty();
    together = Optional.of(new Together(bands, gates));
    var y = forward.allocate(shape);
    bands.forward(forward.input(0), gates, y);
    return y;
  }

  private Tensor forwardEach(Forward forward, List<ConvolutionLayer> layers) {
    var y = forward.input(0);
    for (var layer : layers) {
      var before = y;
      y = forward.allocate(outputShape(before.shape(), List.of(layer)));
      var bias = Optional.of(layer.bias());
      forward
          .kernels()
          .convolutions()
          .forward(before, layer.weight(), bias, layer.window(), layer.rectifier(), y);
      outputs.add(layer.rectifier().isPresent() ? forward.save(y) : y);
      if (before != forward.input(0)) {
        forward.discard(before);
      }
    }
    return y;
  }

  @Override
  public void backward(Backward backward) {
    if (!backward.wants(0)) {
      return;
    }
    if (together.isEmpty()) {
      backward.add(0, backwardEach(backward));
      return;
    }
    var gradient = backward.allocate(backward.input(0).shape());
    var gates = together.get().gates().orElseThrow();
    together.get().bands().inputGradient(backward.gradient(), gates, gradient);
    backward.add(0, gradient);
  }

  private Tensor backwardEach(Backward backward) {
    var layers = layers(backward::input);
    var gradient = backward.gradient();
    for (var i = layers.size() - 1; i >= 0; i--) {
      var after = gradient;
      var layer = layers.get(i);
      gradient = backward.allocate((i > 0 ? outputs.get(i - 1) : backward.input(0)).shape());
      var rectified = Rectified.of(outputs.get(i), layer.rectifier());
      backward
          .kernels()
          .convolutions()
          .inputGradient(after, rectified, layer.weight(), layer.window(), gradient);
      if (after != backward.gradient()) {
        backward.discard(after);
      }
    }
    return gradient;
  }
}
