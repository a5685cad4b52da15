package org.pellucid.engine.kernels.vector;

import java.util.List;
import java.util.Optional;
import org.pellucid.engine.kernels.Rectified;
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
 * computed as {@link DirectConvolution} does; its results go out a stride apart. All phases of a
 * band read the same copy of the gradient. A phase without positions is zero. On the way to an
 * image's colours {@link StridedColourGradient} does the same.
 */
final class StridedInputGradient {
  /** Pixels in a band, about. */
  private static final int BAND = 128;

  /** Pieces of work for each thread, so that they end together. */
  private static final int PIECES = 4;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  /**
   * What a call reads and writes.
   *
   * @param firstLine of the gradient that the first step of any phase may meet, also outside of it
   * @param halo lines more than steps that the steps of a band meet
   * @param left columns of zeros before those of the gradient, and {@code right} after them
   */
  private record Call(
      WindowReach rows,
      WindowReach columns,
      long gradient,
      Gate gate,
      long results,
      int filters,
      int channels,
      List<StridedPhase> phases,
      int firstLine,
      int halo,
      int left,
      int right) {

    long pixel() {
      return channels * 4L;
    }
  }

  StridedInputGradient(Workers workers) {
    this.workers = workers;
  }

  void run(
      Tensor gradient,
      Optional<Rectified> rectified,
      Tensor weight,
      SlidingWindow window,
      Tensor out) {
    var rows = WindowReach.rows(window, out.size(1), gradient.size(1)).backward();
    var columns = WindowReach.columns(window, out.size(2), gradient.size(2)).backward();
    var phases = StridedPhase.all(rows, columns, weight, StridedInputGradient::arrange);
    var call = call(rows, columns, phases, gradient, rectified, out);
    var steps = rows.steps(0);
    var mostSteps = Math.clamp(BAND / Math.max(1, columns.steps(0)), 1, steps);
    var bands = Math.ceilDiv(steps, mostSteps);
    var bandSteps = Math.ceilDiv(steps, bands);
    var panels = PanelProduct.panels(call.channels());
    var whole = Math.toIntExact(out.size(0) * bands);
    var groups = Math.min(panels, Math.ceilDiv(PIECES * workers.threads(), whole));
    workers.run(
        whole * groups,
        piece ->
            scratches.with(
                own -> {
                  var group = piece % groups;
                  var band = piece / groups % bands;
                  band(
                      call,
                      piece / groups / bands,
                      band * bandSteps,
                      Math.min(steps, (band + 1) * bandSteps),
                      panels * group / groups,
                      panels * (group + 1) / groups,
                      own);
                }));
  }

  private static Call call(
      WindowReach rows,
      WindowReach columns,
      List<StridedPhase> phases,
      Tensor gradient,
      Optional<Rectified> rectified,
      Tensor out) {
    var firstLine = Integer.MAX_VALUE;
    var halo = 0;
    var left = 0;
    var right = 0;
    for (var phase : phases) {
      if (!phase.isEmpty()) {
        firstLine = Math.min(firstLine, phase.rowOffset());
        halo = Math.max(halo, phase.rowOffset() + phase.rowTaps() - 1);
        left = Math.max(left, -phase.columnOffset());
        var last =
            columns.steps(phase.column()) - 1 + phase.columnOffset() + phase.columnTaps() - 1;
        right = Math.max(right, last - (columns.sources() - 1));
      }
    }
    return new Call(
        rows,
        columns,
        VectorKernels.address(gradient),
        Gate.of(rectified),
        VectorKernels.address(out),
        (int) gradient.size(3),
        (int) out.size(3),
        phases,
        firstLine,
        halo - firstLine,
        left,
        right);
  }

  private static Panels arrange(float[] weights, int depth, int channels) {
    var panels = Panels.zeros(1, depth, channels);
    for (var at = 0; at < weights.length; at++) {
      panels.set(0, at / channels, at % channels, weights[at]);
    }
    return panels;
  }

  /**
   * The results of some panels of the steps from {@code first} to {@code end − 1} of all phases.
   */
  private static void band(
      Call call, int image, int first, int end, int firstPanel, int endPanel, Scratch own) {
    var rows = call.rows();
    var columns = call.columns();
    var offset = (long) image * rows.sources() * columns.sources() * call.filters() * 4;
    var copy =
        PaddedRows.copy(
            call.gradient() + offset,
            call.gate().plus(offset),
            rows.sources(),
            columns.sources(),
            call.filters(),
            first + call.firstLine(),
            end - first + call.halo(),
            call.left(),
            call.right(),
            own);
    var out = call.results() + (long) image * rows.results() * columns.results() * call.pixel();
    for (var phase : call.phases()) {
      var after = Math.min(rows.steps(phase.row()), end);
      if (phase.isEmpty()) {
        clear(call, phase, first, after, firstPanel, endPanel, out);
      } else if (first < after && columns.steps(phase.column()) > 0) {
        multiply(call, phase, copy, first, after, firstPanel, endPanel, out, own);
      }
    }
  }

  private static void clear(
      Call call, StridedPhase phase, int first, int end, int firstPanel, int endPanel, long out) {
    var channel = firstPanel * PanelProduct.WIDTH;
    var channels = Math.min(endPanel * PanelProduct.WIDTH, call.channels()) - channel;
    var steps = call.columns().steps(phase.column());
    var apart = call.columns().phases() * call.pixel();
    for (var step = first; step < end; step++) {
      PanelOutput.clear(steps, channels, line(call, phase, step, out) + channel * 4L, apart);
    }
  }

  private static void multiply(
      Call call,
      StridedPhase phase,
      PaddedRows copy,
      int first,
      int end,
      int firstPanel,
      int endPanel,
      long out,
      Scratch own) {
    var columns = call.columns();
    var steps = columns.steps(phase.column());
    var count = (end - first) * steps;
    var begin =
        (phase.rowOffset() - call.firstLine()) * copy.pitch()
            + (phase.columnOffset() + call.left()) * call.filters();
    var shape = new Rows(phase.rowTaps(), phase.columnTaps() * call.filters(), copy.pitch());
    var starts = own.starts(count);
    for (int row = 0, i = 0; row < end - first; row++) {
      for (var step = 0; step < steps; step++) {
        starts[i++] = row * copy.pitch() + begin + step * call.filters();
      }
    }
    var products = own.products(count * PanelProduct.WIDTH);
    for (var panel = firstPanel; panel < endPanel; panel++) {
      PanelProduct.multiply(
          copy.values(),
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
        PanelOutput.copy(
            products,
            (step - first) * steps,
            steps,
            call.channels() - channel,
            line(call, phase, step, out) + channel * 4L,
            columns.phases() * call.pixel());
      }
    }
  }

  /** The address of the first of a phase's results in one row of an image. */
  private static long line(Call call, StridedPhase phase, int step, long out) {
    var row = (long) call.rows().result(phase.row(), step);
    return out + (row * call.columns().results() + phase.column()) * call.pixel();
  }
}
