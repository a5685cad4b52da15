package org.pellucid.engine.kernels.vector;

import java.util.Optional;
import org.pellucid.engine.kernels.ConvolutionBands;
import org.pellucid.engine.kernels.ConvolutionLayer;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.vector.BottleneckConvolution.Chain;
import org.pellucid.engine.kernels.vector.BottleneckConvolution.Stage;
import org.pellucid.engine.kernels.vector.DepthwiseConvolution.Lines;
import org.pellucid.engine.tensor.Tensor;

/**
 * A depthwise convolution between 1×1 convolutions, one of which may be missing, for images of one
 * size, forward and backward.
 *
 * <p>Backward is a chain of the same kind: the gradient meets the last weights exchanged, then the
 * depthwise convolution's the other way round, then the first ones exchanged, and between them the
 * rectifiers let through what they let through forward.
 *
 * @param rows which lines of the depthwise convolution's input its results meet
 */
record Bottleneck(
    BottleneckConvolution kernel,
    long batch,
    Optional<Pointwise> expand,
    ConvolutionLayer depthwise,
    WindowReach rows,
    WindowReach columns,
    Optional<Pointwise> project)
    implements ConvolutionBands {

  /** The weights of a 1×1 convolution in panels, which are laid out when they are first wanted. */
  interface Panelling {
    /** As they are, or with channels and filters exchanged. */
    Panels of(ConvolutionLayer layer, boolean forInputGradient);
  }

  /** A 1×1 convolution. */
  record Pointwise(ConvolutionLayer layer, Panelling panelling) {
    private PixelProducts forward() {
      return new PixelProducts(
          panelling.of(layer, false), VectorKernels.address(layer.bias()), layer.rectifier());
    }

    private PixelProducts backward() {
      return new PixelProducts(panelling.of(layer, true), 0, Rectifier.NONE);
    }

    private int filters() {
      return (int) layer.weight().size(3);
    }
  }

  /** The results of a convolution, of which it is noted where a gradient passes the rectifier. */
  private record Results(ConvolutionLayer layer, long lines, int lineNumbers) {
    long bytes() {
      return layer.rectifier().isPresent() ? GateBits.bytes(lines, lineNumbers) : 0;
    }

    Optional<GateBits> bits(long address) {
      return layer.rectifier().isPresent()
          ? Optional.of(new GateBits(address, lineNumbers, layer.rectifier()))
          : Optional.empty();
    }
  }

  /** Where it is noted which numbers after each convolution a gradient passes. */
  private record Gates(
      Optional<GateBits> expanded, Optional<GateBits> convolved, Optional<GateBits> projected) {
    private static final Gates NONE =
        new Gates(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * Whether there is anything to do, and it is likely to take less time than one convolution after
   * the other.
   */
  boolean isWorthwhile(boolean withGradient) {
    var isEmpty =
        batch == 0
            || rows.sources() == 0
            || columns.sources() == 0
            || rows.results() == 0
            || columns.results() == 0;
    return !isEmpty
        && (expand.isEmpty() || kernel.isWorthwhile(rows, batch))
        && (!withGradient || project.isEmpty() || kernel.isWorthwhile(rows.backward(), batch));
  }

  private int channels() {
    return (int) depthwise.weight().size(3);
  }

  private Optional<Results> expanded() {
    var lines = batch * rows.sources();
    return expand.map(each -> new Results(each.layer(), lines, columns.sources() * channels()));
  }

  private Results convolved() {
    return new Results(depthwise, batch * rows.results(), columns.results() * channels());
  }

  private Optional<Results> projected() {
    var lines = batch * rows.results();
    return project.map(
        each -> new Results(each.layer(), lines, columns.results() * each.filters()));
  }

  private Gates gates(long address) {
    var second = address + expanded().map(Results::bytes).orElse(0L);
    var third = second + convolved().bytes();
    return new Gates(
        expanded().flatMap(results -> results.bits(address)),
        convolved().bits(second),
        projected().flatMap(results -> results.bits(third)));
  }

  @Override
  public long gates() {
    var bytes =
        expanded().map(Results::bytes).orElse(0L)
            + convolved().bytes()
            + projected().map(Results::bytes).orElse(0L);
    return Math.ceilDiv(bytes, Integer.BYTES);
  }

  @Override
  public void forward(Tensor input, Optional<Tensor> gates, Tensor out) {
    var noted = gates.map(tensor -> gates(VectorKernels.address(tensor))).orElse(Gates.NONE);
    var lines =
        lines(rows, columns, VectorKernels.address(depthwise.bias()), depthwise.rectifier());
    kernel.run(
        input,
        new Chain(
            expand.map(each -> new Stage<>(each.forward(), Optional.empty(), noted.expanded())),
            new Stage<>(lines, Optional.empty(), noted.convolved()),
            project.map(each -> new Stage<>(each.forward(), Optional.empty(), noted.projected()))),
        out);
  }

  @Override
  public void inputGradient(Tensor gradient, Tensor gates, Tensor out) {
    var noted = gates(VectorKernels.address(gates));
    var lines = lines(rows.backward(), columns.backward(), 0, Rectifier.NONE);
    kernel.run(
        gradient,
        new Chain(
            project.map(each -> new Stage<>(each.backward(), noted.projected(), Optional.empty())),
            new Stage<>(lines, noted.convolved(), Optional.empty()),
            expand.map(each -> new Stage<>(each.backward(), noted.expanded(), Optional.empty()))),
        out);
  }

  private Lines lines(WindowReach down, WindowReach across, long bias, Rectifier rectifier) {
    return new Lines(
        down,
        across,
        VectorKernels.address(depthwise.weight()),
        bias,
        rectifier,
        channels(),
        down.sources());
  }
}
