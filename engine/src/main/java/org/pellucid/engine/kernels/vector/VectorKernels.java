package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
import java.util.Optional;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.Window;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * The fast kernels for the CPU, in single precision: Winograd's and patch convolutions with the
 * JDK's Vector API, matrix products by BLAS straight on the tensors' memory. What isn't hot, and
 * everything in other types, goes to the portable kernels.
 */
public final class VectorKernels implements Kernels {
  /** Below this many tiles Winograd's transformed weights cost more to read than they save. */
  private static final int FEWEST_TILES = 24;

  /** Bytes that a thread takes for the patches or tiles in work, for up to 512 channels. */
  private static final long MOST_SCRATCH = 8_000_000;

  private final PortableKernels portable = new PortableKernels();
  private final Workers workers;
  private final Elementwise elementwise;
  private final WinogradConvolution winograd;
  private final PatchConvolution patches;
  private final Pooling pooling;

  private enum Packing {
    WINOGRAD,
    WINOGRAD_GRADIENT,
    PATCHES,
    PATCHES_GRADIENT
  }

  /** Kernels that use all processors. */
  public VectorKernels() {
    this(Runtime.getRuntime().availableProcessors());
  }

  /**
   * Kernels that use the given number of threads.
   *
   * @throws IllegalArgumentException if it isn't positive
   */
  public VectorKernels(int threads) {
    this(new Workers(threads));
  }

  /** Kernels that compute with the given threads. */
  public VectorKernels(Workers workers) {
    this.workers = workers;
    elementwise = new Elementwise(workers);
    winograd = new WinogradConvolution(workers);
    patches = new PatchConvolution(workers);
    pooling = new Pooling(workers);
  }

  /** Where a tensor's first element lies. */
  static long address(Tensor tensor) {
    return tensor.memory().address();
  }

  private static boolean fast(Tensor tensor) {
    return tensor.type() == ElementType.FLOAT32;
  }

  /** Whether {@code small} repeats along the last axes of {@code large} without gaps. */
  private static boolean repeats(Tensor small, Tensor large, Tensor out) {
    return Arrays.equals(large.shape(), out.shape())
        && small.elements() > 0
        && Arrays.equals(
            Shapes.padded(small.shape(), large.rank()), suffix(large.shape(), small.elements()));
  }

  private static long[] suffix(long[] shape, long elements) {
    var result = new long[shape.length];
    Arrays.fill(result, 1);
    var product = 1L;
    for (var axis = shape.length - 1; axis >= 0 && product < elements; axis--) {
      result[axis] = shape[axis];
      product *= shape[axis];
    }
    return result;
  }

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public Workspace workspace(Tensor weight, Window window) {
    if (!fast(weight)) {
      return Workspace.NONE;
    }
    var bytes = weight.elements() * Float.BYTES;
    var square = window.equals(Window.square(3, 1, 1));
    var scratch = workers.threads() * MOST_SCRATCH;
    var winograd = square && WinogradConvolution.fits(weight.size(2), weight.size(3));
    return winograd
        ? new Workspace(2 * 36 / 9 * bytes, scratch)
        : new Workspace(2 * bytes, scratch);
  }

  @Override
  public void add(Tensor first, Tensor second, Tensor out) {
    if (fast(out) && repeats(second, first, out)) {
      elementwise.add(first, second, out);
    } else {
      portable.add(first, second, out);
    }
  }

  @Override
  public void multiply(Tensor first, Tensor second, Tensor out) {
    if (fast(out) && repeats(second, first, out)) {
      elementwise.multiply(first, second, out);
    } else {
      portable.multiply(first, second, out);
    }
  }

  @Override
  public void scale(Tensor x, double factor, Tensor out) {
    if (fast(out)) {
      elementwise.scale(x, factor, out);
    } else {
      portable.scale(x, factor, out);
    }
  }

  @Override
  public void addScaled(Tensor x, double factor, Tensor accumulator) {
    if (fast(x)) {
      elementwise.addScaled(x, factor, accumulator);
    } else {
      portable.addScaled(x, factor, accumulator);
    }
  }

  @Override
  public void fill(double value, Tensor out) {
    if (fast(out)) {
      elementwise.fill(value, out);
    } else {
      portable.fill(value, out);
    }
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    out.memory().copyFrom(x.memory());
  }

  @Override
  public void relu(Tensor x, Tensor out) {
    if (fast(x)) {
      elementwise.relu(x, out);
    } else {
      portable.relu(x, out);
    }
  }

  @Override
  public void reluGradient(Tensor output, Tensor gradient, Tensor out) {
    if (fast(out)) {
      elementwise.reluGradient(output, gradient, out);
    } else {
      portable.reluGradient(output, gradient, out);
    }
  }

  @Override
  public void permute(Tensor x, int[] axes, Tensor out) {
    if (fast(x) && x.rank() == 4) {
      elementwise.permute(x, axes, out);
    } else {
      portable.permute(x, axes, out);
    }
  }

  @Override
  public void matmul(
      Tensor first, boolean transposeFirst, Tensor second, boolean transposeSecond, Tensor out) {
    var sharedSecond = second.rank() == 2 && first.rank() > 2;
    if (!fast(out) || out.elements() == 0 || sharedSecond && transposeFirst) {
      portable.matmul(first, transposeFirst, second, transposeSecond, out);
      return;
    }
    var n = out.size(-1);
    var m = sharedSecond ? out.elements() / n : out.size(-2);
    var k = first.size(transposeFirst ? -2 : -1);
    var stacks = out.elements() / (m * n);
    workers.alone(
        () -> {
          for (var s = 0L; s < stacks; s++) {
            Blas.multiply(
                address(first) + s * m * k * Float.BYTES,
                transposeFirst,
                address(second) + s * k * n * Float.BYTES,
                transposeSecond,
                address(out) + s * m * n * Float.BYTES,
                m,
                n,
                k,
                0);
          }
        });
  }

  @Override
  public void linear(Tensor x, Tensor weight, Optional<Tensor> bias, Tensor out) {
    if (!fast(x) || out.elements() == 0) {
      portable.linear(x, weight, bias, out);
      return;
    }
    var outputs = weight.size(0);
    bias.ifPresent(b -> elementwise.repeat(b, out));
    workers.alone(
        () ->
            Blas.multiply(
                address(x),
                false,
                address(weight),
                true,
                address(out),
                out.elements() / outputs,
                outputs,
                weight.size(1),
                bias.isPresent() ? 1 : 0));
  }

  @Override
  public void convolution(
      Tensor input, Tensor weight, Optional<Tensor> bias, Window window, boolean relu, Tensor out) {
    if (!fast(input)) {
      portable.convolution(input, weight, bias, window, relu, out);
      return;
    }
    var shift = bias.map(VectorKernels::address).orElse(0L);
    if (suitsWinograd(input, weight.size(2), weight.size(3), window)) {
      winograd.run(input, packed(weight, Packing.WINOGRAD), shift, relu, out);
    } else {
      patches.run(input, packed(weight, Packing.PATCHES), window, shift, relu, out);
    }
  }

  @Override
  public void convolutionInputGradient(Tensor gradient, Tensor weight, Window window, Tensor out) {
    var turned = turned(window);
    if (!fast(gradient) || turned.isEmpty()) {
      portable.convolutionInputGradient(gradient, weight, window, out);
    } else if (suitsWinograd(gradient, weight.size(3), weight.size(2), window)) {
      winograd.run(gradient, packed(weight, Packing.WINOGRAD_GRADIENT), 0, false, out);
    } else {
      var panels = packed(weight, Packing.PATCHES_GRADIENT);
      patches.run(gradient, panels, turned.get(), 0, false, out);
    }
  }

  /** With stride 1 the input's gradient is a convolution with the window turned by half a turn. */
  private static Optional<Window> turned(Window window) {
    var paddingHeight = window.height() - 1 - window.paddingHeight();
    var paddingWidth = window.width() - 1 - window.paddingWidth();
    return window.strideHeight() == 1
            && window.strideWidth() == 1
            && paddingHeight >= 0
            && paddingWidth >= 0
        ? Optional.of(
            new Window(window.height(), window.width(), 1, 1, paddingHeight, paddingWidth))
        : Optional.empty();
  }

  private static boolean suitsWinograd(Tensor picture, long channels, long filters, Window window) {
    return window.equals(Window.square(3, 1, 1))
        && WinogradConvolution.fits(channels, filters)
        && WinogradConvolution.tiles(picture) >= FEWEST_TILES;
  }

  private static Panels packed(Tensor weight, Packing packing) {
    var taps = (int) (weight.size(0) * weight.size(1));
    var channels = (int) weight.size(2);
    var filters = (int) weight.size(3);
    return weight.derived(
        Panels.class,
        packing,
        () -> {
          var values = weight.toFloats();
          return switch (packing) {
            case WINOGRAD -> WinogradConvolution.transform(values, channels, filters, false);
            case WINOGRAD_GRADIENT ->
                WinogradConvolution.transform(values, channels, filters, true);
            case PATCHES -> PatchConvolution.pack(values, taps, channels, filters, false);
            case PATCHES_GRADIENT -> PatchConvolution.pack(values, taps, channels, filters, true);
          };
        });
  }

  @Override
  public void maxPool(Tensor input, Window window, Tensor winners, Tensor out) {
    if (fast(input)) {
      pooling.forward(input, window, winners, out);
    } else {
      portable.maxPool(input, window, winners, out);
    }
  }

  @Override
  public void maxPoolGradient(Tensor gradient, Tensor winners, Window window, Tensor out) {
    if (fast(gradient)) {
      pooling.gradient(gradient, winners, window, out);
    } else {
      portable.maxPoolGradient(gradient, winners, window, out);
    }
  }

  @Override
  public void inverseSquareRoot(Tensor x, double epsilon, Tensor out) {
    portable.inverseSquareRoot(x, epsilon, out);
  }

  @Override
  public void gelu(Tensor x, Tensor out) {
    portable.gelu(x, out);
  }

  @Override
  public void geluGradient(Tensor x, Tensor gradient, Tensor out) {
    portable.geluGradient(x, gradient, out);
  }

  @Override
  public void tanh(Tensor x, Tensor out) {
    portable.tanh(x, out);
  }

  @Override
  public void tanhGradient(Tensor output, Tensor gradient, Tensor out) {
    portable.tanhGradient(output, gradient, out);
  }

  @Override
  public void sum(Tensor x, Tensor out) {
    portable.sum(x, out);
  }

  @Override
  public void slice(Tensor x, int axis, long start, Tensor out) {
    portable.slice(x, axis, start, out);
  }

  @Override
  public void place(Tensor part, int axis, long start, Tensor out) {
    portable.place(part, axis, start, out);
  }

  @Override
  public void convolutionWeightGradient(Tensor input, Tensor gradient, Window window, Tensor out) {
    portable.convolutionWeightGradient(input, gradient, window, out);
  }

  @Override
  public void softmax(Tensor x, double factor, Optional<Tensor> mask, Tensor out) {
    portable.softmax(x, factor, mask, out);
  }

  @Override
  public void softmaxGradient(Tensor output, Tensor gradient, double factor, Tensor out) {
    portable.softmaxGradient(output, gradient, factor, out);
  }

  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    portable.logSoftmax(x, out);
  }

  @Override
  public void logSoftmaxGradient(Tensor output, Tensor gradient, Tensor out) {
    portable.logSoftmaxGradient(output, gradient, out);
  }

  @Override
  public void negativeLogLikelihood(Tensor logProbabilities, Tensor targets, Tensor out) {
    portable.negativeLogLikelihood(logProbabilities, targets, out);
  }

  @Override
  public void crossEntropyGradient(
      Tensor logProbabilities, Tensor targets, Tensor gradient, Tensor out) {
    portable.crossEntropyGradient(logProbabilities, targets, gradient, out);
  }

  @Override
  public void layerNorm(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      Tensor normalised,
      Tensor inverseDeviation,
      Tensor out) {
    portable.layerNorm(x, gamma, beta, epsilon, normalised, inverseDeviation, out);
  }

  @Override
  public void layerNormGradient(
      Tensor normalised, Tensor inverseDeviation, Tensor gamma, Tensor gradient, Tensor out) {
    portable.layerNormGradient(normalised, inverseDeviation, gamma, gradient, out);
  }

  @Override
  public void gather(Tensor table, Tensor ids, Tensor out) {
    portable.gather(table, ids, out);
  }

  @Override
  public void scatterAdd(Tensor gradient, Tensor ids, Tensor out) {
    portable.scatterAdd(gradient, ids, out);
  }

  @Override
  public void adam(
      Tensor gradient,
      AdamSettings settings,
      long step,
      Tensor firstMoment,
      Tensor secondMoment,
      Tensor parameter) {
    portable.adam(gradient, settings, step, firstMoment, secondMoment, parameter);
  }
}
