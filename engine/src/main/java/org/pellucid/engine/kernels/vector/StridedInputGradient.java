package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
import java.util.Optional;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.vector.PanelProduct.Rows;
import org.pellucid.engine.tensor.Tensor;

/**
 * The gradient of a convolution with respect to its input where a stride leaves pixels out.
 *
 * <p>Pixels whose rows and columns have the same remainders by the strides, a phase, meet the
 * gradient by the same positions of the window, and neighbours in a phase meet neighbours there. So
 * each phase is a convolution of the gradient with stride 1 and a part of the window, and is
 * computed as {@link DirectConvolution} does; its results go out a stride apart. A phase without
 * positions is zero. On the way to an image's colours {@link StridedColourGradient} does the same.
 */
final class StridedInputGradient {
  /** Pixels in a band, about. */
  private static final int BAND = 128;

  /** Pieces of work for each thread, so that they end together. */
  private static final int PIECES = 4;

  private static final Rows NOTHING = new Rows(0, 0, 0);

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  /** What a call reads and writes. */
  private record Call(
      WindowReach rows,
      WindowReach columns,
      long gradient,
      Gate gate,
      long results,
      int filters,
      int channels) {

    int phases() {
      return rows.phases() * columns.phases();
    }

    long pixel() {
      return channels * 4L;
    }
  }

  /** A phase's part of the window and its weights, which are laid out once. */
  private record Phase(int row, int column, int[] rowTaps, int[] columnTaps, Panels weights) {

    boolean isEmpty() {
      return rowTaps.length == 0 || columnTaps.length == 0;
    }
  }

  /**
   * What weights are laid out for: the first tap of each direction, or −1, which the others follow
   * by the stride.
   */
  private record Layout(int rowTap, int columnTap, int strideHeight, int strideWidth) {}

  StridedInputGradient(Workers workers) {
    this.workers = workers;
  }

  void run(
      Tensor gradient,
      Optional<Rectified> rectified,
      Tensor weight,
      SlidingWindow window,
      Tensor out) {
    var call =
        new Call(
            WindowReach.rows(window, out.size(1), gradient.size(1)).backward(),
            WindowReach.columns(window, out.size(2), gradient.size(2)).backward(),
            VectorKernels.address(gradient),
            Gate.of(rectified),
            VectorKernels.address(out),
            (int) gradient.size(3),
            (int) out.size(3));
    var phases = new Phase[call.phases()];
    for (var i = 0; i < phases.length; i++) {
      phases[i] = phase(call, weight, i / call.columns().phases(), i % call.columns().phases());
    }
    var steps = call.rows().steps(0);
    var mostSteps = Math.clamp(BAND / Math.max(1, call.columns().steps(0)), 1, steps);
    var bands = Math.ceilDiv(steps, mostSteps);
    var bandSteps = Math.ceilDiv(steps, bands);
    var panels = PanelProduct.panels(call.channels());
    var whole = Math.toIntExact(out.size(0) * phases.length * bands);
    var groups = Math.min(panels, Math.ceilDiv(PIECES * workers.threads(), whole));
    workers.run(
        whole * groups,
        piece ->
            scratches.with(
                own -> {
                  var group = piece % groups;
                  var band = piece / groups % bands;
                  var phase = phases[piece / groups / bands % phases.length];
                  band(
                      call,
                      phase,
                      piece / groups / bands / phases.length,
                      band * bandSteps,
                      Math.min(call.rows().steps(phase.row()), (band + 1) * bandSteps),
                      panels * group / groups,
                      panels * (group + 1) / groups,
                      own);
                }));
  }

  private static Phase phase(Call call, Tensor weight, int row, int column) {
    var rows = call.rows();
    var columns = call.columns();
    var rowTaps = rows.tapsOf(row);
    var columnTaps = columns.tapsOf(column);
    var key =
        new Layout(
            rowTaps.length == 0 ? -1 : rowTaps[0],
            columnTaps.length == 0 ? -1 : columnTaps[0],
            rows.stride(),
            columns.stride());
    var weights =
        weight.derived(Panels.class, key, () -> lay(weight, rowTaps, columnTaps, columns));
    return new Phase(row, column, rowTaps, columnTaps, weights);
  }

  private static Panels lay(Tensor weight, int[] rowTaps, int[] columnTaps, WindowReach columns) {
    var channels = (int) weight.size(2);
    var filters = (int) weight.size(3);
    var depth = rowTaps.length * columnTaps.length * filters;
    var values = weight.toFloats();
    var panels = Panels.zeros(1, depth, channels);
    for (var at = 0; at < depth; at++) {
      var i = rowTaps[at / filters / columnTaps.length];
      var j = columnTaps[at / filters % columnTaps.length];
      for (var c = 0; c < channels; c++) {
        panels.set(
            0, at, c, values[((i * columns.taps() + j) * channels + c) * filters + at % filters]);
      }
    }
    return panels;
  }

  private static void band(
      Call call,
      Phase phase,
      int image,
      int first,
      int end,
      int firstPanel,
      int endPanel,
      Scratch own) {
    var rows = call.rows();
    var columns = call.columns();
    var steps = columns.steps(phase.column());
    if (first >= end || steps == 0) {
      return;
    }
    var out = call.results() + (long) image * rows.results() * columns.results() * call.pixel();
    if (phase.isEmpty()) {
      var starts = own.starts((end - first) * steps);
      Arrays.fill(starts, 0, (end - first) * steps, 0);
      for (var panel = firstPanel; panel < endPanel; panel++) {
        multiply(call, phase, new float[0], starts, NOTHING, first, end, panel, out, own);
      }
      return;
    }
    var firstColumn = columns.offset(phase.column(), phase.columnTaps()[0]);
    var lastColumn = steps - 1 + firstColumn + phase.columnTaps().length - 1;
    var left = Math.max(0, -firstColumn);
    var offset = (long) image * rows.sources() * columns.sources() * call.filters() * 4;
    var copy =
        PaddedRows.copy(
            call.gradient() + offset,
            call.gate().plus(offset),
            rows.sources(),
            columns.sources(),
            call.filters(),
            first + rows.offset(phase.row(), phase.rowTaps()[0]),
            end - first - 1 + phase.rowTaps().length,
            left,
            Math.max(0, lastColumn - (columns.sources() - 1)),
            own);
    var begin = (firstColumn + left) * call.filters();
    var length = phase.columnTaps().length * call.filters();
    var shape = new Rows(phase.rowTaps().length, length, copy.pitch());
    var starts = own.starts((end - first) * steps);
    for (int row = 0, i = 0; row < end - first; row++) {
      for (var step = 0; step < steps; step++) {
        starts[i++] = row * copy.pitch() + begin + step * call.filters();
      }
    }
    for (var panel = firstPanel; panel < endPanel; panel++) {
      multiply(call, phase, copy.values(), starts, shape, first, end, panel, out, own);
    }
  }

  private static void multiply(
      Call call,
      Phase phase,
      float[] left,
      int[] starts,
      Rows shape,
      int first,
      int end,
      int panel,
      long out,
      Scratch own) {
    var steps = call.columns().steps(phase.column());
    var count = (end - first) * steps;
    var products = own.products(count * PanelProduct.WIDTH);
    PanelProduct.multiply(
        left,
        0,
        starts,
        0,
        count,
        shape,
        phase.weights().values(),
        phase.weights().at(0, panel),
        products,
        0,
        PanelProduct.WIDTH);
    var channel = panel * PanelProduct.WIDTH;
    for (var step = first; step < end; step++) {
      PanelOutput.store(
          products,
          (step - first) * steps,
          steps,
          call.channels() - channel,
          0,
          Rectifier.NONE,
          line(call, phase, step, out) + channel * 4L,
          call.columns().phases() * call.pixel());
    }
  }

  /** The address of the first of a phase's results in one row of an image. */
  private static long line(Call call, Phase phase, int step, long out) {
    var row = (long) call.rows().result(phase.row(), step);
    return out + (row * call.columns().results() + phase.column()) * call.pixel();
  }
}
