package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.FloatVector;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.vector.PanelProduct.Rows;
import org.pellucid.engine.tensor.Tensor;

/**
 * The gradient of a convolution with respect to its weights: for each position in the window a
 * product {@code [channels, pixels] · [pixels, filters]} of the pixels that meet that position.
 *
 * <p>Image after image, the input is copied channel by channel, each a row of its own with the
 * image's zeros around it, and the output's gradient is cut into panels on the same grid, with
 * zeros where a row of windows ends before the padded row does. Then the pixels of every position
 * are the same rows, begun a little further: no patches are laid out. With a stride above 1 the
 * rows are sampled for each position instead.
 *
 * <p>The threads share out positions and panels; each sums over stretches of {@value #STRETCH}
 * pixels, whose panel stays in the second-level cache while all channels pass, and over images in
 * order. So the bits don't depend on the number of threads.
 */
final class WeightGradient {
  private static final int STRETCH = 512;
  private static final int LANES = Lanes.COUNT;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  private record Call(
      SlidingWindow window,
      int height,
      int width,
      int channels,
      int rows,
      int columns,
      int filters,
      long out) {

    boolean strided() {
      return window.strideHeight() > 1 || window.strideWidth() > 1;
    }

    /** Pixels in a row of the grid that input and gradient share. */
    int gridWidth() {
      return strided() ? columns : width + 2 * window.paddingWidth();
    }

    /** Pixels of the gradient's grid. */
    int depth() {
      return (rows - 1) * gridWidth() + columns;
    }

    /** Numbers in the copy of a channel. */
    int channelSize() {
      return strided() ? rows * columns : (height + 2 * window.paddingHeight()) * gridWidth();
    }
  }

  WeightGradient(Workers workers) {
    this.workers = workers;
  }

  /**
   * Computes the gradient.
   *
   * @param input {@code [batch, height, width, channels]}
   * @param gradient {@code [batch, rows, columns, filters]}
   * @param out {@code [window height, window width, channels, filters]}
   */
  void run(Tensor input, Tensor gradient, SlidingWindow window, Tensor out) {
    var call =
        new Call(
            window,
            (int) input.size(1),
            (int) input.size(2),
            (int) input.size(3),
            (int) gradient.size(1),
            (int) gradient.size(2),
            (int) gradient.size(3),
            VectorKernels.address(out));
    Lanes.clear(call.out(), out.elements() * Float.BYTES);
    scratches.with(
        shared -> {
          for (var image = 0L; image < input.size(0); image++) {
            var inputBytes = input.elements() / input.size(0) * Float.BYTES;
            var gradientBytes = gradient.elements() / gradient.size(0) * Float.BYTES;
            add(
                call,
                VectorKernels.address(input) + image * inputBytes,
                VectorKernels.address(gradient) + image * gradientBytes,
                shared);
          }
        });
  }

  private void add(Call call, long input, long gradient, Scratch shared) {
    var panels = PanelProduct.panels(call.filters());
    var gradientPanels = shared.patches(panels * call.depth() * PanelProduct.WIDTH);
    workers.run(call.rows(), row -> layOutGradient(call, gradient, row, panels, gradientPanels));
    var taps = call.window().height() * call.window().width();
    var copies = call.strided() ? taps : 1;
    var channels = shared.rows(copies * call.channels() * call.channelSize());
    if (call.strided()) {
      workers.run(taps, tap -> sample(call, input, tap, channels));
    } else {
      workers.run(
          call.height() + 2 * call.window().paddingHeight(),
          row -> transposeRow(call, input, row, channels));
    }
    workers.run(
        taps * panels,
        piece ->
            scratches.with(
                own ->
                    multiply(call, piece / panels, piece % panels, channels, gradientPanels, own)));
  }

  private static void layOutGradient(
      Call call, long gradient, int row, int panels, float[] panelValues) {
    var pixel = (long) call.filters() * Float.BYTES;
    var end = row == call.rows() - 1 ? call.columns() : call.gridWidth();
    for (var panel = 0; panel < panels; panel++) {
      var count = Math.min(PanelProduct.WIDTH, call.filters() - panel * PanelProduct.WIDTH);
      for (var x = 0; x < end; x++) {
        var to = (panel * call.depth() + row * call.gridWidth() + x) * PanelProduct.WIDTH;
        var from =
            gradient
                + ((long) row * call.columns() + x) * pixel
                + (long) panel * PanelProduct.WIDTH * Float.BYTES;
        var present = x < call.columns() ? count : 0;
        for (var half = 0; half < PanelProduct.WIDTH; half += LANES) {
          var mask = Lanes.first(Math.max(0, present - half));
          Lanes.load(from + (long) half * Float.BYTES, mask).intoArray(panelValues, to + half);
        }
      }
    }
  }

  /** Copies one row of the padded image into all channels. */
  private static void transposeRow(Call call, long input, int row, float[] channels) {
    var window = call.window();
    var y = row - window.paddingHeight();
    for (var c = 0; c < call.channels(); c++) {
      var to = c * call.channelSize() + row * call.gridWidth();
      for (var x = 0; x < call.gridWidth(); x++) {
        channels[to + x] = pixel(call, input, y, x - window.paddingWidth(), c);
      }
    }
  }

  /** Copies the pixels that meet one position of a window that strides. */
  private static void sample(Call call, long input, int tap, float[] channels) {
    var window = call.window();
    for (var c = 0; c < call.channels(); c++) {
      var to = (tap * call.channels() + c) * call.channelSize();
      for (var i = 0; i < call.channelSize(); i++) {
        var y = i / call.columns() * window.strideHeight() + tap / window.width();
        var x = i % call.columns() * window.strideWidth() + tap % window.width();
        channels[to + i] =
            pixel(call, input, y - window.paddingHeight(), x - window.paddingWidth(), c);
      }
    }
  }

  private static float pixel(Call call, long input, int y, int x, int channel) {
    return y < 0 || x < 0 || y >= call.height() || x >= call.width()
        ? 0
        : Lanes.get(
            input + (((long) y * call.width() + x) * call.channels() + channel) * Float.BYTES);
  }

  private static void multiply(
      Call call, int tap, int panel, float[] channels, float[] gradient, Scratch own) {
    var window = call.window();
    var first =
        call.strided()
            ? tap * call.channels() * call.channelSize()
            : tap / window.width() * call.gridWidth() + tap % window.width();
    var starts = own.starts(call.channels());
    for (var c = 0; c < call.channels(); c++) {
      starts[c] = first + c * call.channelSize();
    }
    var products = own.products(call.channels() * PanelProduct.WIDTH);
    var out =
        call.out()
            + ((long) tap * call.channels() * call.filters() + panel * PanelProduct.WIDTH)
                * Float.BYTES;
    for (var from = 0; from < call.depth(); from += STRETCH) {
      var length = Math.min(STRETCH, call.depth() - from);
      PanelProduct.multiply(
          channels,
          from,
          starts,
          0,
          call.channels(),
          Rows.whole(length),
          gradient,
          (panel * call.depth() + from) * PanelProduct.WIDTH,
          products,
          0,
          PanelProduct.WIDTH);
      for (var half = 0; half < PanelProduct.WIDTH; half += LANES) {
        var filters = call.filters() - panel * PanelProduct.WIDTH - half;
        if (filters > 0) {
          accumulate(products, half, filters, call, out + (long) half * Float.BYTES);
        }
      }
    }
  }

  private static void accumulate(float[] products, int at, int filters, Call call, long out) {
    var mask = Lanes.first(filters);
    for (var c = 0; c < call.channels(); c++) {
      var address = out + (long) c * call.filters() * Float.BYTES;
      var sum =
          Lanes.load(address, mask)
              .add(FloatVector.fromArray(Lanes.SPECIES, products, at + c * PanelProduct.WIDTH));
      Lanes.store(sum, address, mask);
    }
  }
}
