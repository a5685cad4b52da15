package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.vector.DepthwiseConvolution.Lines;

/**
 * Four neighbouring pixels of a depthwise convolution whose window has three columns.
 *
 * <p>Four windows of three columns lie over six pixels of a line if they move by one, and over nine
 * if they move by two; each is loaded once, for as many sums as windows it lies in. A line then
 * takes nine loads or twelve, with the three weights, for twelve multiply-adds, where a list of
 * each window's pixels takes fifteen and has the addresses to load as well. Every sum takes its
 * products in the order of the pixels, whose weights run backwards where a gradient is passed back.
 */
final class SlidingPixels {
  private static final int LANES = Lanes.COUNT;
  private static final int PIXELS = DepthwiseConvolution.PIXELS;
  private static final int COLUMNS = 3;

  private SlidingPixels() {}

  /** Whether windows lie over a line in this way. */
  static boolean fit(WindowReach columns) {
    return columns.taps() == COLUMNS
        && columns.dilation() == 1
        && columns.stride() <= (columns.isBackward() ? 1 : 2);
  }

  /**
   * Computes pixels of a line whose windows stay inside.
   *
   * @param sources of each line of the window where its pixels lie; backward from right to left
   * @param weights of each line the addresses of the weights of these pixels
   * @param count the lines of the window that lie in the image
   * @param pixels how many, at least four
   * @param results the address of the first one's result
   */
  static void run(
      long[] sources, long[] weights, int count, int pixels, Lines lines, long results) {
    if (lines.columns().stride() == 1) {
      byOne(sources, weights, count, pixels, lines, results);
    } else {
      byTwo(sources, weights, count, pixels, lines, results);
    }
  }

  private static void byOne(
      long[] sources, long[] weights, int count, int pixels, Lines lines, long results) {
    long pixel = lines.pixel();
    int leftmost = lines.columns().isBackward() ? COLUMNS - 1 : 0;
    long next = lines.columns().isBackward() ? -pixel : pixel;
    long bias = lines.bias();
    int channels = lines.channels();
    var least = Lanes.broadcast(lines.rectifier().least());
    var most = Lanes.broadcast(lines.rectifier().most());
    for (int first = 0; first < pixels; first += PIXELS) {
      int begin = Math.min(first, pixels - PIXELS);
      long shift = begin * pixel;
      long out = results + begin * pixel;
      for (int k = 0; k < channels; k += LANES) {
        long c = Math.min(k, channels - LANES) * 4L;
        var s0 = Lanes.loadOrZeros(bias, c);
        var s1 = s0;
        var s2 = s0;
        var s3 = s0;
        for (int line = 0; line < count; line++) {
          long w = weights[COLUMNS * line + leftmost] + c;
          long at = sources[COLUMNS * line + leftmost] + shift + c;
          var w0 = Lanes.load(w);
          var w1 = Lanes.load(w + next);
          var w2 = Lanes.load(w + 2 * next);
          s0 = Lanes.load(at).fma(w0, s0);
          var x = Lanes.load(at + pixel);
          s0 = x.fma(w1, s0);
          s1 = x.fma(w0, s1);
          x = Lanes.load(at + 2 * pixel);
          s0 = x.fma(w2, s0);
          s1 = x.fma(w1, s1);
          s2 = x.fma(w0, s2);
          x = Lanes.load(at + 3 * pixel);
          s1 = x.fma(w2, s1);
          s2 = x.fma(w1, s2);
          s3 = x.fma(w0, s3);
          x = Lanes.load(at + 4 * pixel);
          s2 = x.fma(w2, s2);
          s3 = x.fma(w1, s3);
          s3 = Lanes.load(at + 5 * pixel).fma(w2, s3);
        }
        Lanes.store(Lanes.clamp(s0, least, most), out + c);
        Lanes.store(Lanes.clamp(s1, least, most), out + pixel + c);
        Lanes.store(Lanes.clamp(s2, least, most), out + 2 * pixel + c);
        Lanes.store(Lanes.clamp(s3, least, most), out + 3 * pixel + c);
      }
    }
  }

  private static void byTwo(
      long[] sources, long[] weights, int count, int pixels, Lines lines, long results) {
    long pixel = lines.pixel();
    long bias = lines.bias();
    int channels = lines.channels();
    var least = Lanes.broadcast(lines.rectifier().least());
    var most = Lanes.broadcast(lines.rectifier().most());
    for (int first = 0; first < pixels; first += PIXELS) {
      int begin = Math.min(first, pixels - PIXELS);
      long shift = begin * 2 * pixel;
      long out = results + begin * pixel;
      for (int k = 0; k < channels; k += LANES) {
        long c = Math.min(k, channels - LANES) * 4L;
        var s0 = Lanes.loadOrZeros(bias, c);
        var s1 = s0;
        var s2 = s0;
        var s3 = s0;
        for (int line = 0; line < count; line++) {
          long w = weights[COLUMNS * line] + c;
          long at = sources[COLUMNS * line] + shift + c;
          var w0 = Lanes.load(w);
          var w1 = Lanes.load(w + pixel);
          var w2 = Lanes.load(w + 2 * pixel);
          s0 = Lanes.load(at).fma(w0, s0);
          s0 = Lanes.load(at + pixel).fma(w1, s0);
          var x = Lanes.load(at + 2 * pixel);
          s0 = x.fma(w2, s0);
          s1 = x.fma(w0, s1);
          s1 = Lanes.load(at + 3 * pixel).fma(w1, s1);
          x = Lanes.load(at + 4 * pixel);
          s1 = x.fma(w2, s1);
          s2 = x.fma(w0, s2);
          s2 = Lanes.load(at + 5 * pixel).fma(w1, s2);
          x = Lanes.load(at + 6 * pixel);
          s2 = x.fma(w2, s2);
          s3 = x.fma(w0, s3);
          s3 = Lanes.load(at + 7 * pixel).fma(w1, s3);
          s3 = Lanes.load(at + 8 * pixel).fma(w2, s3);
        }
        Lanes.store(Lanes.clamp(s0, least, most), out + c);
        Lanes.store(Lanes.clamp(s1, least, most), out + pixel + c);
        Lanes.store(Lanes.clamp(s2, least, most), out + 2 * pixel + c);
        Lanes.store(Lanes.clamp(s3, least, most), out + 3 * pixel + c);
      }
    }
  }
}
