package org.pellucid.engine.kernels.vector;

import java.util.List;
import java.util.Optional;
import org.pellucid.engine.kernels.ConvolutionBands;
import org.pellucid.engine.kernels.ConvolutionKernels;
import org.pellucid.engine.kernels.ConvolutionLayer;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.Workspace;
import org.pellucid.engine.kernels.vector.Bottleneck.Pointwise;
import org.pellucid.engine.tensor.Tensor;

/**
 * Chooses the algorithm of a convolution and lays its weights out once.
 *
 * <p>The choice depends on the layer's shape alone, never on the batch or the number of threads, so
 * that an image's bits are the same in any batch. Only whether layers run band by band depends on
 * them as well, which changes no bits.
 */
final class VectorConvolutions implements ConvolutionKernels {
  /**
   * Below this many tiles of 4×4 in an image tiles of 2×2 are taken: the larger tile's transformed
   * weights are more than twice as many numbers, and reading them costs more than they save.
   */
  private static final int FEWEST_TILES = 16;

  private static final SlidingWindow ONE = SlidingWindow.square(1, 1, 0);
  private static final SlidingWindow THREE = SlidingWindow.square(3, 1, 1);

  /** How a convolution is computed. */
  private sealed interface Algorithm {
    record Winograd(WinogradTile tile) implements Algorithm {}

    record Colour() implements Algorithm {}

    record Direct() implements Algorithm {}
  }

  /** What a weight was laid out for. */
  private record Layout(Algorithm algorithm, boolean forInputGradient) {}

  private final Workers workers;
  private final StridedInputGradient strided;
  private final StridedColourGradient stridedColour;
  private final WinogradConvolution winograd;
  private final DirectConvolution direct;
  private final ThreeChannelInputGradient colour;
  private final WeightGradient weightGradient;
  private final GroupedConvolution grouped;
  private final DepthwiseConvolution depthwise;
  private final BottleneckConvolution bottleneck;

  VectorConvolutions(Workers workers) {
    this.workers = workers;
    strided = new StridedInputGradient(workers);
    stridedColour = new StridedColourGradient(workers);
    winograd = new WinogradConvolution(workers);
    direct = new DirectConvolution(workers);
    colour = new ThreeChannelInputGradient(workers);
    weightGradient = new WeightGradient(workers);
    grouped = new GroupedConvolution(workers);
    depthwise = new DepthwiseConvolution(workers);
    bottleneck = new BottleneckConvolution(workers);
  }

  @Override
  public Workspace workspace(Tensor weight, SlidingWindow window) {
    var channels = weight.size(2);
    var filters = weight.size(3);
    if (window.equals(THREE) && WinogradConvolution.fits(channels, filters)) {
      return WinogradConvolution.workspace(channels, filters, workers.threads());
    }
    var taps = weight.size(0) * weight.size(1);
    var forward = taps * channels * PanelProduct.panels((int) filters);
    var backward = taps * filters * PanelProduct.panels((int) channels);
    return new Workspace((forward + backward) * PanelProduct.WIDTH * Float.BYTES, 0);
  }

  @Override
  public void forward(
      Tensor input,
      Tensor weight,
      Optional<Tensor> bias,
      SlidingWindow window,
      Rectifier rectifier,
      Tensor out) {
    if (out.elements() == 0) {
      return;
    }
    var shift = bias.map(VectorKernels::address).orElse(0L);
    if (DepthwiseConvolution.fits(input.size(3), weight)) {
      depthwise.forward(input, weight, window, shift, rectifier, out);
      return;
    }
    if (isSparse(input, weight, window)) {
      grouped.forward(input, weight, bias, window, rectifier, out);
      return;
    }
    var algorithm = algorithm(input, weight.size(2), weight.size(3), window);
    // The algorithm for three filters knows neither bias nor rectifier, which no forward pass
    // lacks.
    var chosen = algorithm instanceof Algorithm.Colour ? new Algorithm.Direct() : algorithm;
    run(chosen, input, Optional.empty(), weight, false, window, shift, rectifier, out);
  }

  @Override
  public Optional<ConvolutionBands> inBands(
      long[] shape, List<ConvolutionLayer> layers, boolean withGradient) {
    var first = layers.getFirst().weight();
    var at = DepthwiseConvolution.fits(shape[3], first) ? 0 : 1;
    var channels = at == 0 ? shape[3] : first.size(3);
    if (layers.size() <= Math.max(1, at)
        || layers.size() > at + 2
        || !DepthwiseConvolution.fits(channels, layers.get(at).weight())) {
      return Optional.empty();
    }
    var before = layers.subList(0, at);
    var after = layers.subList(at + 1, layers.size());
    if (!before.stream().allMatch(layer -> isPointwise(shape[3], layer))
        || !after.stream().allMatch(layer -> isPointwise(channels, layer))) {
      return Optional.empty();
    }
    var chain = bottleneck(shape, before, layers.get(at), after);
    return chain.isWorthwhile(withGradient) ? Optional.of(chain) : Optional.empty();
  }

  private Bottleneck bottleneck(
      long[] shape,
      List<ConvolutionLayer> before,
      ConvolutionLayer depthwise,
      List<ConvolutionLayer> after) {
    var window = depthwise.window();
    return new Bottleneck(
        bottleneck,
        shape[0],
        pointwise(before),
        depthwise,
        WindowReach.rows(window, shape[1], window.outputHeight(shape[1])),
        WindowReach.columns(window, shape[2], window.outputWidth(shape[2])),
        pointwise(after));
  }

  /** Whether a layer is a 1×1 convolution that panels compute, there and back. */
  private static boolean isPointwise(long channels, ConvolutionLayer layer) {
    var filters = layer.weight().size(3);
    return layer.window().equals(ONE)
        && layer.weight().size(2) == channels
        && !ThreeChannelInputGradient.fits(ONE, filters, channels);
  }

  private Optional<Pointwise> pointwise(List<ConvolutionLayer> layers) {
    Bottleneck.Panelling panelling =
        (layer, forInputGradient) ->
            laidOut(layer.weight(), new Layout(new Algorithm.Direct(), forInputGradient));
    return layers.stream().map(layer -> new Pointwise(layer, panelling)).findFirst();
  }

  /**
   * Whether channels fall into groups or the window has gaps, which most layers know nothing of.
   */
  private static boolean isSparse(Tensor image, Tensor weight, SlidingWindow window) {
    return window.isDilated() || image.size(3) != weight.size(2);
  }

  /** With stride 1 the input's gradient is a convolution with the window turned by half a turn. */
  private static boolean canTurn(SlidingWindow window) {
    return window.strideHeight() == 1
        && window.strideWidth() == 1
        && window.paddingHeight() < window.height()
        && window.paddingWidth() < window.width();
  }

  /** The window of the gradient's convolution; one with gaps never comes here. */
  private static SlidingWindow turned(SlidingWindow window) {
    return new SlidingWindow(
        window.height(),
        window.width(),
        1,
        1,
        window.height() - 1 - window.paddingHeight(),
        window.width() - 1 - window.paddingWidth());
  }

  @Override
  public void inputGradient(
      Tensor gradient,
      Optional<Rectified> rectified,
      Tensor weight,
      SlidingWindow window,
      Tensor out) {
    if (out.elements() > 0 && DepthwiseConvolution.fits(out.size(3), weight)) {
      depthwise.inputGradient(gradient, rectified, weight, window, out);
      return;
    }
    if (isSparse(out, weight, window)) {
      grouped.inputGradient(gradient, rectified, weight, window, out);
      return;
    }
    if (out.elements() == 0) {
      return;
    }
    if (!canTurn(window) && out.size(3) == StridedColourGradient.CHANNELS) {
      stridedColour.run(gradient, rectified, weight, window, out);
      return;
    }
    if (!canTurn(window)) {
      strided.run(gradient, rectified, weight, window, out);
      return;
    }
    var turned = turned(window);
    var algorithm = algorithm(gradient, weight.size(3), weight.size(2), turned);
    run(algorithm, gradient, rectified, weight, true, turned, 0, Rectifier.NONE, out);
  }

  @Override
  public void weightGradient(Tensor input, Tensor gradient, SlidingWindow window, Tensor out) {
    if (isSparse(input, out, window)) {
      grouped.weightGradient(input, gradient, window, out);
      return;
    }
    weightGradient.run(input, gradient, window, out);
  }

  private void run(
      Algorithm algorithm,
      Tensor input,
      Optional<Rectified> mask,
      Tensor weight,
      boolean turn,
      SlidingWindow window,
      long bias,
      Rectifier rectifier,
      Tensor out) {
    var panels = laidOut(weight, new Layout(algorithm, turn));
    switch (algorithm) {
      case Algorithm.Winograd(var tile) ->
          winograd.run(tile, input, mask, panels, bias, rectifier, out);
      case Algorithm.Colour() -> colour.run(input, mask, panels.values(), window, out);
      case Algorithm.Direct() -> direct.run(input, mask, panels, window, bias, rectifier, out);
    }
  }

  private static Algorithm algorithm(
      Tensor image, long channels, long filters, SlidingWindow window) {
    if (window.equals(THREE) && WinogradConvolution.fits(channels, filters)) {
      var four = new WinogradF4();
      var tiles = WinogradConvolution.tiles(four, image.size(1), image.size(2));
      return new Algorithm.Winograd(tiles >= FEWEST_TILES ? four : new WinogradF2());
    }
    return ThreeChannelInputGradient.fits(window, channels, filters)
        ? new Algorithm.Colour()
        : new Algorithm.Direct();
  }

  private Panels laidOut(Tensor weight, Layout layout) {
    var taps = (int) (weight.size(0) * weight.size(1));
    var channels = (int) weight.size(2);
    var filters = (int) weight.size(3);
    var turn = layout.forInputGradient();
    return weight.derived(
        Panels.class,
        layout,
        () -> {
          var values = weight.toFloats();
          return switch (layout.algorithm()) {
            case Algorithm.Winograd(var tile) ->
                WinogradWeights.transform(workers, tile, values, channels, filters, turn);
            case Algorithm.Colour() ->
                ThreeChannelInputGradient.turned(values, taps, channels, filters);
            case Algorithm.Direct() ->
                DirectConvolution.pack(values, taps, channels, filters, turn);
          };
        });
  }
}
