package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/**
 * Convolutions in which each channel has one filter of its own, by vectors along the channels.
 *
 * <p>The output is cut into bands of rows. The input rows that a band needs are copied with zeros
 * around them, so that no window leaves the image; a band's copy stays in the second-level cache.
 * Then four neighbouring pixels of one vector of channels are summed together: each position of the
 * window loads its weights once and four pixels, for four multiply-adds that don't wait for each
 * other.
 *
 * <p>The last vector of channels ends with the last channel, and the last four pixels with the last
 * pixel, so some are computed twice, with the same result. Every number is one sum in the order of
 * the window's positions, whatever its neighbours.
 */
final class DepthwiseConvolution {
  /** Numbers in a band's copy, about: half of a small second-level cache. */
  private static final int BAND = 1 << 16;

  /** Numbers in the copy for one row of the output, at most. */
  private static final int MOST_COPIED = 1 << 26;

  private static final int LANES = Lanes.COUNT;
  private static final int PIXELS = 4;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  /**
   * The parts of a call.
   *
   * @param tap bytes from the weights of one position of the window to those of the next, negative
   *     where the window is turned
   */
  private record Call(
      SlidingWindow window,
      long input,
      long mask,
      long output,
      long weights,
      long tap,
      long bias,
      boolean relu,
      int height,
      int width,
      int channels,
      int rows,
      int columns) {}

  DepthwiseConvolution(Workers workers) {
    this.workers = workers;
  }

  /** Whether a convolution of an image can be computed here, whose copies then aren't too large. */
  static boolean fits(Tensor image, Tensor weight, SlidingWindow window) {
    var channels = image.size(3);
    var row = (image.size(2) + 2.0 * window.paddingWidth()) * channels;
    return weight.size(2) == 1
        && weight.size(3) == channels
        && channels >= LANES
        && row * window.spanHeight() <= MOST_COPIED;
  }

  /**
   * Convolves {@code input} into {@code out}.
   *
   * @param mask where it is not positive, the input counts as 0; of the shape of the input
   * @param weight {@code [window height, window width, 1, channels]}
   * @param turned whether the window's positions are taken from the last to the first
   * @param bias the address of one number a channel, or 0 for none
   */
  void run(
      Tensor input,
      Optional<Tensor> mask,
      Tensor weight,
      boolean turned,
      SlidingWindow window,
      long bias,
      boolean relu,
      Tensor out) {
    var channels = (int) input.size(3);
    var tap = (long) channels * Float.BYTES;
    var weights = VectorKernels.address(weight);
    var call =
        new Call(
            window,
            VectorKernels.address(input),
            mask.map(VectorKernels::address).orElse(0L),
            VectorKernels.address(out),
            turned ? weights + (window.pixels() - 1) * tap : weights,
            turned ? -tap : tap,
            bias,
            relu,
            (int) input.size(1),
            (int) input.size(2),
            channels,
            (int) out.size(1),
            (int) out.size(2));
    var lines = BAND / ((call.width() + 2 * window.paddingWidth()) * channels);
    var bandRows =
        Math.clamp((lines - window.spanHeight()) / window.strideHeight() + 1, 1, call.rows());
    var bands = Math.ceilDiv(call.rows(), bandRows);
    workers.run(
        Math.toIntExact(out.size(0) * bands),
        piece ->
            scratches.with(
                own -> {
                  var first = piece % bands * bandRows;
                  var end = Math.min(call.rows(), first + bandRows);
                  band(call, piece / bands, first, end, own);
                }));
  }

  private static void band(Call call, int image, int firstRow, int endRow, Scratch own) {
    var window = call.window();
    var imageBytes = (long) call.height() * call.width() * call.channels() * Float.BYTES;
    var copy =
        PaddedRows.copy(
            call.input() + image * imageBytes,
            call.mask() == 0 ? 0 : call.mask() + image * imageBytes,
            call.height(),
            call.width(),
            call.channels(),
            window,
            firstRow * window.strideHeight(),
            (endRow - firstRow - 1) * window.strideHeight() + window.spanHeight(),
            own);
    var rowBytes = (long) call.columns() * call.channels() * Float.BYTES;
    for (var row = firstRow; row < endRow; row++) {
      var from = (row - firstRow) * window.strideHeight() * copy.pitch();
      var to = call.output() + ((long) image * call.rows() + row) * rowBytes;
      for (var c = 0; c < call.channels(); c += LANES) {
        row(call, copy, from, Math.min(c, call.channels() - LANES), to);
      }
    }
  }

  /** One row of the output for one vector of channels. */
  private static void row(Call call, PaddedRows copy, int from, int channel, long to) {
    var window = call.window();
    var step = window.strideWidth() * call.channels();
    var values = copy.values();
    var down = window.dilationHeight() * copy.pitch();
    var along = window.dilationWidth() * call.channels();
    var weights = call.weights() + channel * 4L;
    var bias = call.bias() == 0 ? 0 : call.bias() + channel * 4L;
    var pixel = call.channels() * 4L;
    for (var column = 0; column < call.columns(); column += PIXELS) {
      if (call.columns() < PIXELS) {
        for (var x = 0; x < call.columns(); x++) {
          one(
              values,
              from + channel + x * step,
              down,
              along,
              window.height(),
              window.width(),
              weights,
              call.tap(),
              bias,
              call.relu(),
              to + channel * 4L + x * pixel);
        }
        return;
      }
      var x = Math.min(column, call.columns() - PIXELS);
      four(
          values,
          from + channel + x * step,
          step,
          down,
          along,
          window.height(),
          window.width(),
          weights,
          call.tap(),
          bias,
          call.relu(),
          to + channel * 4L + x * pixel,
          pixel);
    }
  }

  private static void four(
      float[] x,
      int at,
      int step,
      int down,
      int along,
      int height,
      int width,
      long weights,
      long tap,
      long bias,
      boolean relu,
      long out,
      long pixel) {
    var s0 = bias == 0 ? Lanes.zero() : Lanes.load(bias);
    var s1 = s0;
    var s2 = s0;
    var s3 = s0;
    long w = weights;
    for (int i = 0; i < height; i++) {
      int from = at + i * down;
      for (int j = 0; j < width; j++) {
        var weight = Lanes.load(w);
        s0 = FloatVector.fromArray(SPECIES, x, from).fma(weight, s0);
        s1 = FloatVector.fromArray(SPECIES, x, from + step).fma(weight, s1);
        s2 = FloatVector.fromArray(SPECIES, x, from + 2 * step).fma(weight, s2);
        s3 = FloatVector.fromArray(SPECIES, x, from + 3 * step).fma(weight, s3);
        from += along;
        w += tap;
      }
    }
    var least = Lanes.broadcast(relu ? 0 : Float.NEGATIVE_INFINITY);
    Lanes.store(s0.max(least), out);
    Lanes.store(s1.max(least), out + pixel);
    Lanes.store(s2.max(least), out + 2 * pixel);
    Lanes.store(s3.max(least), out + 3 * pixel);
  }

  private static void one(
      float[] x,
      int at,
      int down,
      int along,
      int height,
      int width,
      long weights,
      long tap,
      long bias,
      boolean relu,
      long out) {
    var sum = bias == 0 ? Lanes.zero() : Lanes.load(bias);
    long w = weights;
    for (int i = 0; i < height; i++) {
      int from = at + i * down;
      for (int j = 0; j < width; j++) {
        sum = FloatVector.fromArray(SPECIES, x, from).fma(Lanes.load(w), sum);
        from += along;
        w += tap;
      }
    }
    Lanes.store(sum.max(Lanes.broadcast(relu ? 0 : Float.NEGATIVE_INFINITY)), out);
  }
}
