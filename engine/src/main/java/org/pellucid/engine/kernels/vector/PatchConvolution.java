package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
import org.pellucid.engine.kernels.Window;
import org.pellucid.engine.tensor.Tensor;

/**
 * Convolution for every window, stride and number of channels: the pixels under the window are laid
 * out as rows of a matrix, a block of output pixels at a time, which meets the weights in panels.
 *
 * <p>Each result is one chain of multiply-adds in the order of the window, whatever the position of
 * its pixel; so equal surroundings give equal bits, and ties in flat regions of a picture stay ties
 * for the max pooling behind.
 */
final class PatchConvolution {
  private static final int BLOCK = 48;

  /** Few pixels are shared out by filters as well, so that all threads have work. */
  private static final int FEW_BLOCKS = 8;

  private static final int FILTER_GROUPS = 4;

  private final Workers workers;
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

  private static final class Scratch {
    private float[] patches = new float[0];
    private final float[] products = new float[BLOCK * PanelProduct.WIDTH];

    float[] patches(int size) {
      patches = patches.length < size ? new float[size] : patches;
      return patches;
    }
  }

  private record Call(
      Window window,
      long input,
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

  PatchConvolution(Workers workers) {
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
   * @param bias the address of one number a filter, or 0 for none
   */
  void run(Tensor input, Panels weights, Window window, long bias, boolean relu, Tensor out) {
    var call =
        new Call(
            window,
            VectorKernels.address(input),
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
    var pixels = out.size(0) * out.size(1) * out.size(2);
    var blocks = (int) ((pixels + BLOCK - 1) / BLOCK);
    var panels = PanelProduct.panels(call.filters());
    var groups = blocks < FEW_BLOCKS ? Math.min(FILTER_GROUPS, panels) : 1;
    workers.run(
        blocks * groups,
        piece -> {
          var first = (long) (piece / groups) * BLOCK;
          var count = (int) Math.min(BLOCK, pixels - first);
          var group = piece % groups;
          block(call, first, count, panels * group / groups, panels * (group + 1) / groups);
        });
  }

  private void block(Call call, long firstPixel, int count, int firstPanel, int endPanel) {
    var own = scratch.get();
    var depth = call.weights().depth();
    var patches = own.patches(BLOCK * depth);
    for (var i = 0; i < count; i++) {
      gather(call, firstPixel + i, patches, i * depth);
    }
    for (var panel = firstPanel; panel < endPanel; panel++) {
      PanelProduct.multiply(
          patches,
          0,
          depth,
          count,
          depth,
          call.weights().values(),
          call.weights().at(0, panel),
          own.products,
          0,
          PanelProduct.WIDTH);
      for (var i = 0; i < count; i++) {
        finish(call, own.products, i * PanelProduct.WIDTH, firstPixel + i, panel);
      }
    }
  }

  private static void gather(Call call, long pixel, float[] patches, int at) {
    var window = call.window();
    var channels = call.channels();
    var column = (int) (pixel % call.columns()) * window.strideWidth() - window.paddingWidth();
    var row =
        (int) (pixel / call.columns() % call.rows()) * window.strideHeight()
            - window.paddingHeight();
    var picture = pixel / call.columns() / call.rows();
    var before = Math.max(0, -column);
    var inside = Math.min(window.width(), call.width() - column) - before;
    for (var i = 0; i < window.height(); i++) {
      var to = at + i * window.width() * channels;
      var y = row + i;
      if (y < 0 || y >= call.height() || inside <= 0) {
        Arrays.fill(patches, to, to + window.width() * channels, 0);
        continue;
      }
      Arrays.fill(patches, to, to + before * channels, 0);
      var from = ((picture * call.height() + y) * call.width() + column + before) * channels;
      Lanes.copy(
          call.input() + from * Float.BYTES, patches, to + before * channels, inside * channels);
      Arrays.fill(patches, to + (before + inside) * channels, to + window.width() * channels, 0);
    }
  }

  private static void finish(Call call, float[] products, int from, long pixel, int panel) {
    var filter = panel * PanelProduct.WIDTH;
    var count = Math.min(PanelProduct.WIDTH, call.filters() - filter);
    for (var k = 0; k < count; k++) {
      var value = products[from + k];
      if (call.bias() != 0) {
        value += Lanes.get(call.bias() + (filter + k) * 4L);
      }
      products[from + k] = call.relu() ? Math.max(value, 0) : value;
    }
    Lanes.copy(products, from, call.output() + (pixel * call.filters() + filter) * 4, count);
  }
}
