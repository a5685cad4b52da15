package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.vector.PanelProduct.Rows;
import org.pellucid.engine.tensor.Tensor;

/**
 * Convolution for every window, stride and number of channels, as matrix products of the pixels
 * under the window with the weights in panels.
 *
 * <p>The output is cut into bands of rows. The input rows that a band needs are copied once, with
 * zeros around the image, into an array of the thread. There the pixels under one row of the window
 * lie side by side, so a window is as many segments as it has rows, and {@link PanelProduct} reads
 * them in place; only short segments, as of images with three channels, are laid out as patches.
 */
final class DirectConvolution {
  /** Output pixels in a band, about: enough to use a panel often, few enough for the cache. */
  private static final int BAND = 128;

  /** Segments of fewer numbers are laid out side by side. */
  private static final int SHORT = 8;

  /** Pieces of work for each thread, so that they end together. */
  private static final int PIECES = 4;

  private static final int LANES = Lanes.COUNT;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  private record Call(
      SlidingWindow window,
      long input,
      Gate mask,
      long output,
      int height,
      int width,
      int channels,
      int rows,
      int columns,
      PixelProducts products) {}

  DirectConvolution(Workers workers) {
    this.workers = workers;
  }

  /**
   * Weights as panels.
   *
   * @param weight {@code [taps, channels, filters]}
   * @param forInputGradient whether the window is turned by half a turn and channels and filters
   *     exchange their roles
   */
  static Panels pack(
      float[] weight, int taps, int channels, int filters, boolean forInputGradient) {
    var depth = forInputGradient ? filters : channels;
    var columns = forInputGradient ? channels : filters;
    var panels = Panels.zeros(1, taps * depth, columns);
    for (var tap = 0; tap < taps; tap++) {
      var to = forInputGradient ? taps - 1 - tap : tap;
      for (var c = 0; c < channels; c++) {
        for (var k = 0; k < filters; k++) {
          var value = weight[(tap * channels + c) * filters + k];
          panels.set(0, to * depth + (forInputGradient ? k : c), forInputGradient ? c : k, value);
        }
      }
    }
    return panels;
  }

  /**
   * Convolves {@code input} into {@code out}.
   *
   * @param mask where it is closed, the input counts as 0; of the shape of the input
   * @param bias the address of one number a filter, or 0 for none
   */
  void run(
      Tensor input,
      Optional<Rectified> mask,
      Panels weights,
      SlidingWindow window,
      long bias,
      Rectifier rectifier,
      Tensor out) {
    var call =
        new Call(
            window,
            VectorKernels.address(input),
            Gate.of(mask),
            VectorKernels.address(out),
            (int) input.size(1),
            (int) input.size(2),
            (int) input.size(3),
            (int) out.size(1),
            (int) out.size(2),
            new PixelProducts(weights, bias, rectifier));
    var mostRows = Math.clamp(BAND / call.columns(), 1, call.rows());
    var bands = Math.ceilDiv(call.rows(), mostRows);
    var bandRows = Math.ceilDiv(call.rows(), bands);
    var batch = Math.toIntExact(out.size(0));
    var panels = PanelProduct.panels(call.products().filters());
    var groups = Math.min(panels, Math.ceilDiv(PIECES * workers.threads(), batch * bands));
    workers.run(
        batch * bands * groups,
        piece ->
            scratches.with(
                own -> {
                  var group = piece % groups;
                  var first = piece / groups % bands * bandRows;
                  band(
                      call,
                      piece / groups / bands,
                      first,
                      Math.min(call.rows(), first + bandRows),
                      panels * group / groups,
                      panels * (group + 1) / groups,
                      own);
                }));
  }

  private static void band(
      Call call, int image, int firstRow, int endRow, int firstPanel, int endPanel, Scratch own) {
    var window = call.window();
    var lines = (endRow - firstRow - 1) * window.strideHeight() + window.height();
    var imageBytes = (long) call.height() * call.width() * call.channels() * Float.BYTES;
    var copy =
        PaddedRows.copy(
            call.input() + image * imageBytes,
            call.mask().plus(image * imageBytes),
            call.height(),
            call.width(),
            call.channels(),
            firstRow * window.strideHeight() - window.paddingHeight(),
            lines,
            window.paddingWidth(),
            window.paddingWidth(),
            own);
    var pixels = (endRow - firstRow) * call.columns();
    var starts = own.starts(pixels);
    for (int row = 0, i = 0; row < endRow - firstRow; row++) {
      for (int column = 0; column < call.columns(); column++) {
        starts[i++] =
            row * window.strideHeight() * copy.pitch()
                + column * window.strideWidth() * call.channels();
      }
    }
    var left = copy.values();
    var rows = new Rows(window.height(), window.width() * call.channels(), copy.pitch());
    if (rows.length() < SHORT) {
      var depth = rows.segments() * rows.length();
      var patches = own.patches(pixels * depth + LANES);
      layOut(left, starts, pixels, rows, patches);
      left = patches;
      rows = Rows.whole(depth);
    }
    var first = ((long) image * call.rows() + firstRow) * call.columns();
    var out = call.output() + first * call.products().pixel();
    call.products().multiply(left, starts, pixels, rows, firstPanel, endPanel, out, own);
  }

  /**
   * Lays short segments of a row side by side, since loops over them would hardly get going. Whole
   * vectors are copied; what is too much, the next segment overwrites.
   */
  private static void layOut(float[] copy, int[] starts, int pixels, Rows rows, float[] patches) {
    int to = 0;
    for (int i = 0; i < pixels; i++) {
      int from = starts[i];
      starts[i] = to;
      for (int segment = 0; segment < rows.segments(); segment++) {
        for (int k = 0; k < rows.length(); k += LANES) {
          FloatVector.fromArray(SPECIES, copy, from + k).intoArray(patches, to + k);
        }
        from += rows.pitch();
        to += rows.length();
      }
    }
  }
}
