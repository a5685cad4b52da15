package org.pellucid.engine.kernels.vector;

import java.util.Optional;
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
 * image begins are some lines computed that the part before computes too, and noted twice with the
 * same bits.
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

  /**
   * One of the convolutions, forward or backward.
   *
   * @param entering which numbers of its input count, the others are zeros
   * @param noted where it is noted which of its results a gradient will pass
   */
  record Stage<T>(T convolution, Optional<GateBits> entering, Optional<GateBits> noted) {
    private void note(long line, long numbers) {
      if (noted.isPresent()) {
        noted.get().note(line, numbers);
      }
    }
  }

  /** The convolutions of a chain. */
  record Chain(
      Optional<Stage<PixelProducts>> expand,
      Stage<Lines> depthwise,
      Optional<Stage<PixelProducts>> project) {

    /** Whether the depthwise convolution reads the input where it lies. */
    boolean isDirect() {
      return expand.isEmpty() && depthwise.entering().isEmpty();
    }
  }

  /** What a call reads and writes, and how lines of results fall into bands. */
  private record Call(
      long input, long inputPixel, Chain chain, Lines lines, int bandLines, long output) {

    long inputLine() {
      return lines.columns().sources() * inputPixel;
    }

    long outputLine() {
      return lines.columns().results()
          * chain.project().map(stage -> stage.convolution().pixel()).orElse(lines.pixel());
    }
  }

  BottleneckConvolution(Workers workers) {
    this.workers = workers;
  }

  /** Runs a chain on images {@code [batch, height, width, channels]}. */
  void run(Tensor input, Chain chain, Tensor out) {
    var whole = chain.depthwise().convolution();
    var rows = whole.rows();
    var bandLines = bandLines(whole);
    var lines = chain.isDirect() ? whole : whole.holding(rows.sourcesOf(bandLines));
    var call =
        new Call(
            VectorKernels.address(input),
            input.size(3) * 4,
            chain,
            lines,
            bandLines,
            VectorKernels.address(out));
    var parts = parts(rows.results(), out.size(0));
    workers.run(
        Math.toIntExact(out.size(0) * parts),
        piece -> {
          var first = first(rows, piece % parts, parts);
          var end = first(rows, piece % parts + 1, parts);
          scratches.with(own -> part(call, piece / parts, first, end, own));
        });
  }

  /** The first line of a part of an image. */
  private static int first(WindowReach rows, int part, int parts) {
    return (int) ((long) rows.results() * part / parts);
  }

  /** Whether few enough lines are computed twice because two parts of an image meet them. */
  boolean isWorthwhile(WindowReach rows, long images) {
    var parts = parts(rows.results(), images);
    var twice = 0;
    for (var part = 1; part < parts; part++) {
      var first = first(rows, part, parts);
      twice += Math.max(0, rows.endSource(first - 1) - rows.firstSource(first));
    }
    return twice * MOST_TWICE <= rows.sources();
  }

  private int parts(int lines, long images) {
    var wanted = Math.ceilDiv(PARTS * workers.threads(), images);
    var least = Math.ceilDiv(workers.threads(), images);
    return (int) Math.clamp(Math.max(least, Math.min(wanted, lines / FEW)), 1, lines);
  }

  private static int bandLines(Lines lines) {
    var rows = lines.rows();
    var count = 1;
    while (count < rows.results() && numbers(lines, count + 1) <= BAND) {
      count++;
    }
    return count;
  }

  /** Numbers between the convolutions for so many lines of results. */
  private static long numbers(Lines lines, int count) {
    var sources = (long) lines.rows().sourcesOf(count) * lines.columns().sources();
    return (sources + 2L * count * lines.columns().results()) * lines.channels();
  }

  private static void part(Call call, int image, int first, int end, Scratch own) {
    var lines = call.lines();
    var rows = lines.rows();
    var input = call.input() + (long) image * rows.sources() * call.inputLine();
    var output = call.output() + (long) image * rows.results() * call.outputLine();
    var source =
        call.chain().isDirect() ? input : own.linesBefore(lines.held() * lines.sourceLine());
    var missing = rows.firstSource(first);
    for (int row = first, after; row < end; row = after) {
      after = Math.min(end, row + call.bandLines());
      missing = Math.max(missing, rows.firstSource(row));
      var met = Math.max(missing, rows.endSource(after - 1));
      provide(call, image, input, source, missing, met, own);
      missing = met;
      band(call, image, source, row, after, output + row * call.outputLine(), own);
    }
  }

  /** Computes lines of results, the sources of which are there. */
  private static void band(
      Call call, int image, long source, int row, int after, long to, Scratch own) {
    var lines = call.lines();
    var project = call.chain().project();
    var between = project.isPresent() ? own.linesAfter((after - row) * lines.resultLine()) : to;
    var line = (long) image * lines.rows().results() + row;
    for (var i = 0; i < after - row; i++) {
      var at = between + i * lines.resultLine();
      DepthwiseConvolution.line(lines, source, row + i, at, own);
      call.chain().depthwise().note(line + i, at);
    }
    if (project.isPresent()) {
      var pixels = lines.columns().results();
      var batch = new LineBatch(line, after - row, pixels, lines.channels());
      multiply(project.get(), batch, between, to, call.outputLine(), own);
    }
  }

  /** Provides the lines from {@code first} to {@code end − 1} of what the window moves over. */
  private static void provide(
      Call call, int image, long input, long source, int first, int end, Scratch own) {
    var lines = call.lines();
    var from = input + first * call.inputLine();
    if (call.chain().isDirect()) {
      DepthwiseConvolution.touch(from, (end - first) * call.inputLine(), own);
      return;
    }
    var line = (long) image * lines.rows().sources() + first;
    var channels = (int) (call.inputPixel() / 4);
    for (int i = 0, count; i < end - first; i += count) {
      var place = (first + i) % lines.held();
      count = Math.min(end - first - i, lines.held() - place);
      var batch = new LineBatch(line + i, count, lines.columns().sources(), channels);
      var begin = from + i * call.inputLine();
      provide(call, batch, begin, source + place * lines.sourceLine(), own);
    }
  }

  private static void provide(Call call, LineBatch batch, long from, long to, Scratch own) {
    var expand = call.chain().expand();
    var step = call.lines().sourceLine();
    expand.ifPresent(stage -> multiply(stage, batch, from, to, step, own));
    var entering = call.chain().depthwise().entering();
    if (entering.isPresent()) {
      for (var i = 0; i < batch.count(); i++) {
        var at = to + i * step;
        entering.get().pass(batch.first() + i, expand.isPresent() ? at : from + i * step, at);
      }
    }
  }

  /** Some lines of all images, counted from the first image's first one. */
  private record LineBatch(long first, int count, int pixels, int channels) {
    int lineNumbers() {
      return pixels * channels;
    }
  }

  /**
   * A 1×1 convolution of some lines.
   *
   * @param step bytes from one line of results to the next
   */
  private static void multiply(
      Stage<PixelProducts> stage, LineBatch batch, long from, long to, long step, Scratch own) {
    var lineNumbers = batch.lineNumbers();
    var left = own.rows(batch.count() * lineNumbers);
    if (stage.entering().isEmpty()) {
      Lanes.copy(from, left, 0, batch.count() * lineNumbers);
    } else {
      for (var i = 0; i < batch.count(); i++) {
        var line = from + i * lineNumbers * 4L;
        stage.entering().get().pass(batch.first() + i, line, left, i * lineNumbers);
      }
    }
    var pixels = batch.count() * batch.pixels();
    var starts = own.starts(pixels);
    for (int i = 0; i < pixels; i++) {
      starts[i] = i * batch.channels();
    }
    var products = stage.convolution();
    var panels = PanelProduct.panels(products.filters());
    products.multiply(left, starts, pixels, Rows.whole(batch.channels()), 0, panels, to, own);
    for (var i = 0; i < batch.count(); i++) {
      stage.note(batch.first() + i, to + i * step);
    }
  }
}
