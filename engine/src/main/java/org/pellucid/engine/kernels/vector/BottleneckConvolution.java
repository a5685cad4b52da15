package org.pellucid.engine.kernels.vector;

import java.util.Optional;
import org.pellucid.engine.kernels.ConvolutionLayer;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.vector.DepthwiseConvolution.Lines;
import org.pellucid.engine.kernels.vector.PanelProduct.Rows;
import org.pellucid.engine.tensor.Tensor;

/**
 * A depthwise convolution with a 1×1 convolution before it, after it, or both, band by band: what
 * lies between them, several times as wide as what goes in and comes out, never leaves the cache.
 *
 * <p>A thread walks down a part of an image. For a few lines of results it computes the lines of
 * the first convolution that are still missing, into memory for as many lines as the window needs
 * at a time, where each takes the place of one that has served. The depthwise convolution reads
 * them there, and what it gives is multiplied by the last weights at once. Only where a part of the
 * image begins are some lines computed that the part before computes too.
 *
 * <p>Every number is computed by the same routines in the same order as in three passes, so it has
 * the same bits.
 */
final class BottleneckConvolution {
  /** Numbers of lines between the convolutions, about: half of a second-level cache. */
  private static final int BAND = 1 << 17;

  /** Parts of images for each thread, so that they end together. */
  private static final int PARTS = 4;

  /** Lines of results below which a part only exists to give each thread one. */
  private static final int FEW = 14;

  /** A quarter of all lines may be computed twice. */
  private static final int MOST_TWICE = 4;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  /** The weights of a 1×1 convolution in panels. */
  record Pointwise(ConvolutionLayer layer, Panels weights) {
    private PixelProducts products() {
      return new PixelProducts(weights, VectorKernels.address(layer.bias()), layer.rectifier());
    }
  }

  /** What a call reads and writes, and how lines of results fall into bands. */
  private record Call(
      long input,
      long inputPixel,
      Optional<PixelProducts> expand,
      Lines lines,
      Optional<PixelProducts> project,
      int bandLines,
      long output) {

    long inputLine() {
      return lines.columns().sources() * inputPixel;
    }

    long outputLine() {
      return lines.columns().results() * project.map(PixelProducts::pixel).orElse(lines.pixel());
    }
  }

  BottleneckConvolution(Workers workers) {
    this.workers = workers;
  }

  /**
   * Runs the convolutions if that is likely to take less time than one after the other.
   *
   * @param depthwise a convolution that {@link DepthwiseConvolution} can do
   * @return whether it did
   */
  boolean run(
      Tensor input,
      Optional<Pointwise> expand,
      ConvolutionLayer depthwise,
      Optional<Pointwise> project,
      Tensor out) {
    var rows = WindowReach.rows(depthwise.window(), input.size(1), out.size(1));
    var columns = WindowReach.columns(depthwise.window(), input.size(2), out.size(2));
    var parts = parts(rows.results(), Math.toIntExact(out.size(0)));
    var twice = (parts - 1) * Math.max(0, rows.endSource(0) + rows.padding() - rows.stride());
    if (expand.isPresent() && twice * MOST_TWICE > rows.sources()) {
      return false;
    }
    var channels = (int) depthwise.weight().size(3);
    var span = (rows.taps() - 1) * rows.dilation() + 1;
    var fixed = (long) Math.max(0, span - rows.stride()) * columns.sources() * channels;
    var line = ((long) rows.stride() * columns.sources() + 2L * columns.results()) * channels;
    var bandLines = (int) Math.clamp((BAND - fixed) / line, 1, rows.results());
    var lines =
        new Lines(
            rows,
            columns,
            VectorKernels.address(depthwise.weight()),
            VectorKernels.address(depthwise.bias()),
            depthwise.rectifier(),
            channels,
            expand.isPresent()
                ? Math.min(rows.sources(), (bandLines - 1) * rows.stride() + span)
                : rows.sources());
    var call =
        new Call(
            VectorKernels.address(input),
            input.size(3) * 4,
            expand.map(Pointwise::products),
            lines,
            project.map(Pointwise::products),
            bandLines,
            VectorKernels.address(out));
    workers.run(
        Math.toIntExact(out.size(0) * parts),
        piece -> {
          var part = piece % parts;
          var first = (int) ((long) rows.results() * part / parts);
          var end = (int) ((long) rows.results() * (part + 1) / parts);
          scratches.with(own -> part(call, piece / parts, first, end, own));
        });
    return true;
  }

  private int parts(int lines, int images) {
    var wanted = Math.ceilDiv(PARTS * workers.threads(), images);
    var least = Math.ceilDiv(workers.threads(), images);
    return Math.clamp(Math.max(least, Math.min(wanted, lines / FEW)), 1, lines);
  }

  private static void part(Call call, int image, int first, int end, Scratch own) {
    var lines = call.lines();
    var rows = lines.rows();
    var input = call.input() + (long) image * rows.sources() * call.inputLine();
    var output = call.output() + (long) image * rows.results() * call.outputLine();
    var source =
        call.expand().isPresent() ? own.linesBefore(lines.held() * lines.sourceLine()) : input;
    var missing = rows.firstSource(first);
    for (int row = first, after; row < end; row = after) {
      after = Math.min(end, row + call.bandLines());
      missing = Math.max(missing, rows.firstSource(row));
      var met = Math.max(missing, rows.endSource(after - 1));
      if (call.expand().isPresent()) {
        expand(call, call.expand().get(), input, source, missing, met, own);
      } else {
        DepthwiseConvolution.touch(
            input + missing * call.inputLine(), (met - missing) * call.inputLine(), own);
      }
      missing = met;
      var to = output + row * call.outputLine();
      var between =
          call.project().isPresent() ? own.linesAfter((after - row) * lines.resultLine()) : to;
      for (var each = row; each < after; each++) {
        DepthwiseConvolution.line(
            lines, source, each, between + (each - row) * lines.resultLine(), own);
      }
      if (call.project().isPresent()) {
        var pixels = (after - row) * lines.columns().results();
        multiply(call.project().get(), between, pixels, lines.channels(), to, own);
      }
    }
  }

  /** Computes the lines from {@code first} to {@code end − 1} of what the window moves over. */
  private static void expand(
      Call call, PixelProducts products, long input, long source, int first, int end, Scratch own) {
    var lines = call.lines();
    var width = lines.columns().sources();
    for (int line = first, count; line < end; line += count) {
      var place = line % lines.held();
      count = Math.min(end - line, lines.held() - place);
      multiply(
          products,
          input + line * call.inputLine(),
          count * width,
          (int) (call.inputPixel() / 4),
          source + place * lines.sourceLine(),
          own);
    }
  }

  private static void multiply(
      PixelProducts products, long from, int pixels, int channels, long to, Scratch own) {
    var left = own.rows(pixels * channels);
    Lanes.copy(from, left, 0, pixels * channels);
    var starts = own.starts(pixels);
    for (int i = 0; i < pixels; i++) {
      starts[i] = i * channels;
    }
    var panels = PanelProduct.panels(products.filters());
    products.multiply(left, starts, pixels, Rows.whole(channels), 0, panels, to, own);
  }
}
