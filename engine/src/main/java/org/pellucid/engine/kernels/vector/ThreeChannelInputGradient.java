package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/**
 * Convolution with stride 1 into three channels, which is what the gradient of a network's first
 * layer is: the way back to the colours of an image.
 *
 * <p>Three filters would leave most of a vector empty, so here the vectors run along the depth of
 * the window: each output number is a dot product. Four pixels by three filters are computed at a
 * time, twelve accumulators, which are summed over their lanes at the end. A row of the window must
 * fill whole vectors. As in {@link DirectConvolution} a band of rows is copied with zeros around.
 */
final class ThreeChannelInputGradient {
  /** The number of filters. */
  static final int FILTERS = 3;

  /** Numbers that the sums of a row's pixels need. */
  static final int SUMS = 4 * FILTERS * Lanes.COUNT;

  private static final int PIXELS = 4;
  private static final long PIXEL = FILTERS * Float.BYTES;
  private static final int LANES = Lanes.COUNT;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  ThreeChannelInputGradient(Workers workers) {
    this.workers = workers;
  }

  /** Whether the algorithm fits: three filters, stride 1, and rows that fill whole vectors. */
  static boolean fits(SlidingWindow window, long channels, long filters) {
    return filters == FILTERS
        && window.strideHeight() == 1
        && window.strideWidth() == 1
        && window.width() * channels % LANES == 0;
  }

  /**
   * The weights of a first layer turned around for its input's gradient, {@code [3, taps,
   * filters]}.
   *
   * @param weight {@code [taps, 3, filters]}
   */
  static Panels turned(float[] weight, int taps, int channels, int filters) {
    var turned = new float[weight.length];
    for (var tap = 0; tap < taps; tap++) {
      for (var c = 0; c < channels; c++) {
        for (var k = 0; k < filters; k++) {
          turned[(c * taps + taps - 1 - tap) * filters + k] =
              weight[(tap * channels + c) * filters + k];
        }
      }
    }
    return new Panels(turned, taps * filters, channels);
  }

  /**
   * Convolves {@code input} into {@code out}.
   *
   * @param mask where it is closed, the input counts as 0; of the shape of the input
   * @param weights the filters one after the other, {@code [3, window height, window width,
   *     channels]}
   */
  void run(
      Tensor input, Optional<Rectified> mask, float[] weights, SlidingWindow window, Tensor out) {
    var height = (int) input.size(1);
    var width = (int) input.size(2);
    var channels = (int) input.size(3);
    var rows = (int) out.size(1);
    var columns = (int) out.size(2);
    var image = (long) height * width * channels * Float.BYTES;
    var from = VectorKernels.address(input);
    var masks = Gate.of(mask);
    var to = VectorKernels.address(out);
    workers.run(
        Math.toIntExact(out.size(0)) * rows,
        line ->
            scratches.with(
                own -> {
                  var copy =
                      PaddedRows.copy(
                          from + line / rows * image,
                          masks.plus(line / rows * image),
                          height,
                          width,
                          channels,
                          line % rows - window.paddingHeight(),
                          window.height(),
                          window.paddingWidth(),
                          window.paddingWidth(),
                          own);
                  var sums = own.tile(SUMS);
                  var length = window.width() * channels;
                  var target = to + (long) line * columns * FILTERS * Float.BYTES;
                  pixels(copy, columns, channels, window.height(), length, weights, sums, target);
                }));
  }

  /**
   * The pixels of one row.
   *
   * @param channels from one pixel's window to the next one's
   * @param segments rows of the window, of {@code length} numbers each
   */
  private static void pixels(
      PaddedRows rows,
      int count,
      int channels,
      int segments,
      int length,
      float[] weights,
      float[] sums,
      long out) {
    var x = 0;
    for (; x + PIXELS <= count; x += PIXELS) {
      fourPixels(rows, x * channels, channels, segments, length, weights, sums, out + x * PIXEL);
    }
    for (; x < count; x++) {
      onePixel(rows, x * channels, segments, length, weights, sums, out + x * PIXEL);
    }
  }

  private static void fourPixels(
      PaddedRows rows,
      int at,
      int channels,
      int segments,
      int length,
      float[] weights,
      float[] sums,
      long out) {
    FloatVector s00 = Lanes.zero(), s01 = s00, s02 = s00, s10 = s00, s11 = s00, s12 = s00;
    FloatVector s20 = s00, s21 = s00, s22 = s00, s30 = s00, s31 = s00, s32 = s00;
    var left = rows.values();
    int filter = segments * length;
    for (int segment = 0; segment < segments; segment++) {
      int a = at + segment * rows.pitch();
      int b = segment * length;
      for (int k = 0; k < length; k += LANES) {
        var w0 = FloatVector.fromArray(SPECIES, weights, b + k);
        var w1 = FloatVector.fromArray(SPECIES, weights, b + k + filter);
        var w2 = FloatVector.fromArray(SPECIES, weights, b + k + 2 * filter);
        var x = FloatVector.fromArray(SPECIES, left, a + k);
        s00 = x.fma(w0, s00);
        s01 = x.fma(w1, s01);
        s02 = x.fma(w2, s02);
        x = FloatVector.fromArray(SPECIES, left, a + k + channels);
        s10 = x.fma(w0, s10);
        s11 = x.fma(w1, s11);
        s12 = x.fma(w2, s12);
        x = FloatVector.fromArray(SPECIES, left, a + k + 2 * channels);
        s20 = x.fma(w0, s20);
        s21 = x.fma(w1, s21);
        s22 = x.fma(w2, s22);
        x = FloatVector.fromArray(SPECIES, left, a + k + 3 * channels);
        s30 = x.fma(w0, s30);
        s31 = x.fma(w1, s31);
        s32 = x.fma(w2, s32);
      }
    }
    s00.intoArray(sums, 0);
    s01.intoArray(sums, 1 * LANES);
    s02.intoArray(sums, 2 * LANES);
    s10.intoArray(sums, 3 * LANES);
    s11.intoArray(sums, 4 * LANES);
    s12.intoArray(sums, 5 * LANES);
    s20.intoArray(sums, 6 * LANES);
    s21.intoArray(sums, 7 * LANES);
    s22.intoArray(sums, 8 * LANES);
    s30.intoArray(sums, 9 * LANES);
    s31.intoArray(sums, 10 * LANES);
    s32.intoArray(sums, 11 * LANES);
    for (int pixel = 0; pixel < PIXELS; pixel++) {
      sumLanes(sums, pixel * FILTERS, out + pixel * PIXEL);
    }
  }

  private static void onePixel(
      PaddedRows rows, int at, int segments, int length, float[] weights, float[] sums, long out) {
    FloatVector s0 = Lanes.zero(), s1 = s0, s2 = s0;
    int filter = segments * length;
    for (int segment = 0; segment < segments; segment++) {
      int a = at + segment * rows.pitch();
      int b = segment * length;
      for (int k = 0; k < length; k += LANES) {
        var x = FloatVector.fromArray(SPECIES, rows.values(), a + k);
        s0 = x.fma(FloatVector.fromArray(SPECIES, weights, b + k), s0);
        s1 = x.fma(FloatVector.fromArray(SPECIES, weights, b + k + filter), s1);
        s2 = x.fma(FloatVector.fromArray(SPECIES, weights, b + k + 2 * filter), s2);
      }
    }
    s0.intoArray(sums, 0);
    s1.intoArray(sums, LANES);
    s2.intoArray(sums, 2 * LANES);
    sumLanes(sums, 0, out);
  }

  /**
   * Sums the lanes of a pixel's vectors, always in one order: the reductions of the Vector API give
   * other bits before they are compiled than after.
   */
  private static void sumLanes(float[] vectors, int first, long out) {
    for (int i = 0; i < FILTERS; i++) {
      float sum = 0;
      for (int lane = 0; lane < LANES; lane++) {
        sum += vectors[(first + i) * LANES + lane];
      }
      Lanes.set(out + i * (long) Float.BYTES, sum);
    }
  }
}
