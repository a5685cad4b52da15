package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
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
  private static final int SHORT = 32;

  /** Pieces of work for each thread, so that they end together. */
  private static final int PIECES = 4;

  private static final int LANES = Lanes.COUNT;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  private record Call(
      SlidingWindow window,
      long input,
      long mask,
      long output,
      long bias,
      boolean relu,
      int height,
      int width,
      int channels,
      int rows,
      int columns,
      int filters,
      Panels weights) {}

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
   * @param mask where it is not positive, the input counts as 0; of the shape of the input
   * @param bias the address of one number a filter, or 0 for none
   */
  void run(
      Tensor input,
      Optional<Tensor> mask,
      Panels weights,
      SlidingWindow window,
      long bias,
      boolean relu,
      Tensor out) {
    var call =
        new Call(
            window,
            VectorKernels.address(input),
            mask.map(VectorKernels::address).orElse(0L),
            VectorKernels.address(out),
            bias,
            relu,
            (int) input.size(1),
            (int) input.size(2),
            (int) input.size(3),
            (int) out.size(1),
            (int) out.size(2),
            weights.columns(),
            weights);
    var bandRows = Math.max(1, Math.min(call.rows(), BAND / call.columns()));
    var bands = Math.ceilDiv(call.rows(), bandRows);
    var batch = Math.toIntExact(out.size(0));
    var panels = PanelProduct.panels(call.filters());
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
            call.mask() == 0 ? 0 : call.mask() + image * imageBytes,
            call.height(),
            call.width(),
            call.channels(),
            window,
            firstRow * window.strideHeight(),
            lines,
            own);
    var pixels = (endRow - firstRow) * call.columns();
    var starts = own.starts(pixels);
    for (var i = 0; i < pixels; i++) {
      starts[i] =
          i / call.columns() * window.strideHeight() * copy.pitch()
              + i % call.columns() * window.strideWidth() * call.channels();
    }
    var left = copy.values();
    var rows = new Rows(window.height(), window.width() * call.channels(), copy.pitch());
    if (rows.length() < SHORT) {
      var patches = own.patches(pixels * call.weights().depth() + LANES);
      layOut(left, starts, pixels, rows, patches);
      left = patches;
      rows = Rows.whole(call.weights().depth());
    }
    var pixel = (long) call.filters() * Float.BYTES;
    var out = call.output() + ((long) image * call.rows() + firstRow) * call.columns() * pixel;
    var products = own.products(pixels * PanelProduct.WIDTH);
    for (var panel = firstPanel; panel < endPanel; panel++) {
      PanelProduct.multiply(
          left,
          0,
          starts,
          0,
          pixels,
          rows,
          call.weights().values(),
          call.weights().at(0, panel),
          products,
          0,
          PanelProduct.WIDTH);
      var filter = panel * PanelProduct.WIDTH;
      for (var half = 0; half < 2; half++) {
        var from = filter + half * LANES;
        if (from < call.filters()) {
          finish(call, products, half * LANES, from, pixels, out);
        }
      }
    }
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

  /** Adds bias and applies ReLU to one vector of filters of all pixels on the way to the output. */
  private static void finish(
      Call call, float[] products, int at, int filter, int pixels, long out) {
    var mask = Lanes.first(call.filters() - filter);
    var shift = (long) filter * Float.BYTES;
    var bias = call.bias() == 0 ? Lanes.zero() : Lanes.load(call.bias() + shift, mask);
    var least = Lanes.broadcast(call.relu() ? 0 : Float.NEGATIVE_INFINITY);
    var whole = mask.allTrue();
    for (var i = 0; i < pixels; i++) {
      var value =
          FloatVector.fromArray(SPECIES, products, at + i * PanelProduct.WIDTH)
              .add(bias)
              .max(least);
      var address = out + i * (long) call.filters() * Float.BYTES + shift;
      if (whole) {
        Lanes.store(value, address);
      } else {
        Lanes.store(value, address, mask);
      }
    }
  }
}
