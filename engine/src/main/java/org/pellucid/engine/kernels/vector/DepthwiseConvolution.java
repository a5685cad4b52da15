package org.pellucid.engine.kernels.vector;

import java.util.Optional;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/**
 * Convolutions in which each channel has one filter of its own, and their gradients, by vectors
 * along the channels.
 *
 * <p>A line of results meets some lines of the source, and each of its pixels some pixels there,
 * one for each position of the window that stays inside. {@link WindowReach} says which: forward
 * the source is the image, backward the gradient, of which a stride leaves positions out. The
 * addresses of a pixel's sources and weights are listed once; four neighbouring pixels whose
 * windows stay inside share the list, since their sources lie at the same distance from each other.
 * Then the channels run by, one vector of four pixels at a time: a position loads its weights once
 * and four pixels, for four multiply-adds that don't wait for each other.
 *
 * <p>Images are read where they lie. Only a gradient that a rectifier lets through in part is
 * copied for a band of lines, with zeros where it is closed.
 *
 * <p>The last vector of channels ends with the last channel, and the last four pixels with the last
 * pixel inside, so some are computed twice, with the same result. Every number is one sum in the
 * order of the window's positions, or of the pixels under it ({@link SlidingPixels}), which depends
 * on its place in the line alone.
 */
final class DepthwiseConvolution {
  /**
   * Numbers of the source that a band of lines meets, about: half of a small second-level cache.
   */
  private static final int BAND = 1 << 16;

  private static final int LANES = Lanes.COUNT;
  static final int PIXELS = 4;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  /**
   * How lines of results are made of lines of the source.
   *
   * @param held lines of the source that memory has room for; line {@code y} takes the place of
   *     {@code y − held}
   */
  record Lines(
      WindowReach rows,
      WindowReach columns,
      long weights,
      long bias,
      Rectifier rectifier,
      int channels,
      int held) {

    /** The same with memory for some lines of the source alone. */
    Lines holding(int lines) {
      return new Lines(rows, columns, weights, bias, rectifier, channels, lines);
    }

    long pixel() {
      return channels * 4L;
    }

    long sourceLine() {
      return columns.sources() * pixel();
    }

    long resultLine() {
      return columns.results() * pixel();
    }
  }

  /** What a call reads and writes. */
  private record Call(Lines lines, long source, Gate gate, long results) {}

  DepthwiseConvolution(Workers workers) {
    this.workers = workers;
  }

  /** Whether an image with so many channels can be convolved here by a weight. */
  static boolean fits(long channels, Tensor weight) {
    return weight.size(2) == 1 && weight.size(3) == channels && channels >= LANES;
  }

  /**
   * Convolves {@code input} into {@code out}.
   *
   * @param weight {@code [window height, window width, 1, channels]}
   * @param bias the address of one number a channel, or 0 for none
   */
  void forward(
      Tensor input,
      Tensor weight,
      SlidingWindow window,
      long bias,
      Rectifier rectifier,
      Tensor out) {
    var lines =
        new Lines(
            WindowReach.rows(window, input.size(1), out.size(1)),
            WindowReach.columns(window, input.size(2), out.size(2)),
            VectorKernels.address(weight),
            bias,
            rectifier,
            (int) input.size(3),
            (int) input.size(1));
    run(
        new Call(
            lines,
            VectorKernels.address(input),
            Gate.of(Optional.empty()),
            VectorKernels.address(out)),
        out.size(0));
  }

  /** The gradient of {@link #forward} with respect to its input. */
  void inputGradient(
      Tensor gradient,
      Optional<Rectified> rectified,
      Tensor weight,
      SlidingWindow window,
      Tensor out) {
    var lines =
        new Lines(
            WindowReach.rows(window, out.size(1), gradient.size(1)).backward(),
            WindowReach.columns(window, out.size(2), gradient.size(2)).backward(),
            VectorKernels.address(weight),
            0,
            Rectifier.NONE,
            (int) out.size(3),
            (int) gradient.size(1));
    run(
        new Call(
            lines, VectorKernels.address(gradient), Gate.of(rectified), VectorKernels.address(out)),
        out.size(0));
  }

  private void run(Call call, long images) {
    var rows = call.lines().rows();
    var lineNumbers = call.lines().columns().sources() * call.lines().channels();
    var most = Math.max(1, BAND / Math.max(1, lineNumbers));
    var bandLines = Math.clamp(rows.resultsOf(most), 1, rows.results());
    var bands = Math.ceilDiv(rows.results(), bandLines);
    workers.run(
        Math.toIntExact(images * bands),
        piece ->
            scratches.with(
                own -> {
                  var first = piece % bands * bandLines;
                  var end = Math.min(rows.results(), first + bandLines);
                  band(call, piece / bands, first, end, own);
                }));
  }

  private static void band(Call call, int image, int first, int end, Scratch own) {
    var lines = call.lines();
    var rows = lines.rows();
    var offset = (long) image * rows.sources() * lines.sourceLine();
    var source = call.source() + offset;
    var from = rows.firstSource(first);
    var count = Math.max(0, rows.endSource(end - 1) - from);
    var skipped = from * lines.sourceLine();
    if (!call.gate().isPresent()) {
      touch(source + skipped, count * lines.sourceLine(), own);
    } else {
      var copy = own.gated(count * lines.sourceLine());
      pass(
          source + skipped,
          call.gate().plus(offset + skipped),
          copy,
          count * lines.columns().sources() * (long) lines.channels());
      source = copy - skipped;
    }
    var before = (long) image * rows.results();
    for (var row = first; row < end; row++) {
      line(lines, source, row, call.results() + (before + row) * lines.resultLine(), own);
    }
  }

  /**
   * Reads a number of each cache line, in order, so that the processor fetches what comes next
   * ahead of time; the kernel itself hops between pixels, which no prefetcher follows. The sum is
   * for nobody, but keeps the compiler from leaving the loads out.
   */
  static void touch(long from, long bytes, Scratch own) {
    float sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
    long i = 0;
    for (; i + 256 <= bytes; i += 256) {
      sum0 += Lanes.get(from + i);
      sum1 += Lanes.get(from + i + 64);
      sum2 += Lanes.get(from + i + 128);
      sum3 += Lanes.get(from + i + 192);
    }
    Lanes.set(own.sink(4), sum0 + sum1 + sum2 + sum3);
  }

  /** Copies what a gate lets through, and zeros. */
  private static void pass(long from, Gate gate, long to, long count) {
    for (long i = 0; i < count; i += LANES) {
      var present = Lanes.first(count - i);
      var open = gate.open(Lanes.load(gate.address() + i * 4, present));
      Lanes.store(Lanes.load(from + i * 4, open), to + i * 4, present);
    }
  }

  /**
   * One line of results.
   *
   * @param source the address of the image's first line
   */
  static void line(Lines lines, long source, int row, long results, Scratch own) {
    var columns = lines.columns();
    var taps = lines.rows().taps() * columns.taps();
    var sources = own.pixels(taps);
    var weights = own.masks(taps);
    for (var phase = 0; phase < columns.phases(); phase++) {
      var inside = columns.firstInside(phase);
      var end = columns.endInside(phase);
      var steps = columns.steps(phase);
      for (var step = 0; step < steps; step++) {
        if (step == inside && end - inside >= PIXELS) {
          inside(lines, source, row, phase, results, sources, weights);
          step = end - 1;
          continue;
        }
        var count = list(lines, source, row, columns.result(phase, step), sources, weights);
        var to = results + columns.result(phase, step) * lines.pixel();
        onePixel(sources, weights, count, lines.bias(), lines.rectifier(), to, lines.channels());
      }
    }
  }

  /** The pixels of a line whose windows stay inside, four at a time. */
  private static void inside(
      Lines lines, long source, int row, int phase, long results, long[] sources, long[] weights) {
    var columns = lines.columns();
    var first = columns.firstInside(phase);
    var end = columns.endInside(phase);
    var count = list(lines, source, row, columns.result(phase, first), sources, weights);
    var apart = columns.sourceStep() * lines.pixel();
    var out = results + columns.result(phase, first) * lines.pixel();
    if (SlidingPixels.fit(columns)) {
      SlidingPixels.run(sources, weights, count / columns.taps(), end - first, lines, out);
      return;
    }
    var outApart = columns.phases() * lines.pixel();
    for (var pixel = 0; pixel < end - first; pixel += PIXELS) {
      var begin = Math.min(pixel, end - first - PIXELS);
      fourPixels(
          sources, weights, count, begin * apart, apart, lines, out + begin * outApart, outApart);
    }
  }

  /** Lists where a pixel's sources and their weights lie; returns how many there are. */
  private static int list(
      Lines lines, long source, int row, int column, long[] sources, long[] weights) {
    var count = 0;
    for (var i = 0; i < lines.rows().taps(); i++) {
      var y = lines.rows().source(row, i);
      for (var j = 0; j < lines.columns().taps() && y >= 0; j++) {
        var x = lines.columns().source(column, j);
        if (x >= 0) {
          sources[count] = source + y % lines.held() * lines.sourceLine() + x * lines.pixel();
          weights[count++] = lines.weights() + (i * lines.columns().taps() + j) * lines.pixel();
        }
      }
    }
    return count;
  }

  private static void fourPixels(
      long[] sources,
      long[] weights,
      int count,
      long shift,
      long apart,
      Lines lines,
      long out,
      long outApart) {
    var channels = lines.channels();
    var bias = lines.bias();
    var rectifier = lines.rectifier();
    var least = Lanes.broadcast(rectifier.least());
    var most = Lanes.broadcast(rectifier.most());
    for (int k = 0; k < channels; k += LANES) {
      long c = Math.min(k, channels - LANES) * 4L;
      var s0 = Lanes.loadOrZeros(bias, c);
      var s1 = s0;
      var s2 = s0;
      var s3 = s0;
      for (int tap = 0; tap < count; tap++) {
        var weight = Lanes.load(weights[tap] + c);
        long at = sources[tap] + shift + c;
        s0 = Lanes.load(at).fma(weight, s0);
        s1 = Lanes.load(at + apart).fma(weight, s1);
        s2 = Lanes.load(at + 2 * apart).fma(weight, s2);
        s3 = Lanes.load(at + 3 * apart).fma(weight, s3);
      }
      Lanes.store(Lanes.clamp(s0, least, most), out + c);
      Lanes.store(Lanes.clamp(s1, least, most), out + outApart + c);
      Lanes.store(Lanes.clamp(s2, least, most), out + 2 * outApart + c);
      Lanes.store(Lanes.clamp(s3, least, most), out + 3 * outApart + c);
    }
  }

  private static void onePixel(
      long[] sources,
      long[] weights,
      int count,
      long bias,
      Rectifier rectifier,
      long out,
      int channels) {
    var least = Lanes.broadcast(rectifier.least());
    var most = Lanes.broadcast(rectifier.most());
    for (int k = 0; k < channels; k += LANES) {
      long c = Math.min(k, channels - LANES) * 4L;
      var sum = Lanes.loadOrZeros(bias, c);
      for (int tap = 0; tap < count; tap++) {
        sum = Lanes.load(sources[tap] + c).fma(Lanes.load(weights[tap] + c), sum);
      }
      Lanes.store(Lanes.clamp(sum, least, most), out + c);
    }
  }
}
