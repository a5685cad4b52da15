package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/**
 * The gradient of a convolution with a stride with respect to an image of three channels: the way
 * back through the first layer of most networks.
 *
 * <p>As in {@link StridedInputGradient}, pixels a stride apart, a phase, meet the gradient by the
 * same positions of the window, and neighbours in a phase meet neighbours there. Three channels
 * would leave most of a vector empty, so here a vector is made of neighbours in a phase. For that,
 * a band of the gradient is laid out filter by filter, {@code [lines][filters][columns]}, with
 * zeros around: then the neighbours of a position are one load away, and a number of the weights is
 * multiplied with all of them. Four vectors by three channels are twelve multiply-adds for seven
 * loads, and no sum over lanes is left for the end.
 *
 * <p>All phases read the same copy. A thread walks down a band of lines, and the copy has room for
 * those that one step needs, where each takes the place of one that has served. Each number is
 * summed in chains of at most {@value PanelProduct#CHAIN} multiply-adds, and then the chains.
 */
final class StridedColourGradient {
  /** The number of channels. */
  static final int CHANNELS = 3;

  /** The fewest steps in a band, since each lays out lines that the one before has laid out too. */
  private static final int FEW = 8;

  /** Pieces of work for each thread, so that they end together. */
  private static final int PIECES = 2;

  private static final int LANES = Lanes.COUNT;
  private static final int FOUR = 4 * LANES;
  private static final int CHAIN = PanelProduct.CHAIN;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  /**
   * What a call reads and writes.
   *
   * @param firstLine of the gradient that the first line of results may meet, also outside of it
   * @param held lines of the gradient that a step meets; line {@code y} takes the place of {@code y
   *     − held}
   * @param left columns of zeros before those of the gradient
   * @param pitch numbers from one filter's columns to the next one's
   */
  private record Call(
      WindowReach rows,
      WindowReach columns,
      long gradient,
      Gate gate,
      long results,
      int filters,
      List<StridedPhase> phases,
      int firstLine,
      int held,
      int left,
      int pitch) {

    /** Where a line is laid out. */
    int place(int line) {
      return Math.floorMod(line, held) * linePitch();
    }

    int linePitch() {
      return filters * pitch + LANES;
    }

    /** The steps of a column's phase that are computed, whole vectors. */
    int room() {
      return Lanes.roundedUp(columns.steps(0));
    }
  }

  StridedColourGradient(Workers workers) {
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
    var phases = StridedPhase.all(rows, columns, weight, StridedColourGradient::arrange);
    var firstLine = rows.sources();
    var endLine = 0;
    var left = 0;
    var end = Lanes.roundedUp(columns.sources());
    var room = Math.max(FOUR, Lanes.roundedUp(columns.steps(0)));
    for (var phase : phases) {
      firstLine = Math.min(firstLine, phase.rowOffset());
      endLine = Math.max(endLine, phase.rowOffset() + phase.rowTaps());
      left = Math.max(left, -phase.columnOffset());
      end = Math.max(end, phase.columnOffset() + phase.columnTaps() - 1 + room);
    }
    var call =
        new Call(
            rows,
            columns,
            VectorKernels.address(gradient),
            Gate.of(rectified),
            VectorKernels.address(out),
            (int) gradient.size(3),
            phases,
            firstLine,
            Math.max(1, endLine - firstLine),
            left,
            // An odd number of cache lines, so that filters don't share sets of the cache.
            (Lanes.roundedUp(left + end) / LANES | 1) * LANES);
    var steps = rows.steps(0);
    var images = Math.toIntExact(out.size(0));
    var wanted = Math.ceilDiv(PIECES * workers.threads(), images);
    var bands = Math.clamp(Math.min(wanted, steps / FEW), 1, steps);
    workers.run(
        images * bands,
        piece -> {
          var band = piece % bands;
          var first = (int) ((long) steps * band / bands);
          var after = (int) ((long) steps * (band + 1) / bands);
          scratches.with(own -> band(call, piece / bands, first, after, own));
        });
  }

  private static Panels arrange(float[] weights, int depth, int channels) {
    return new Panels(weights, depth, channels);
  }

  /** The results of the steps from {@code first} to {@code end − 1} of all phases. */
  private static void band(Call call, int image, int first, int end, Scratch own) {
    var rows = call.rows();
    var width = call.columns().results();
    var planes = own.patches(call.held() * call.linePitch());
    var line = own.tile(width * CHANNELS);
    var next = first + call.firstLine();
    for (var step = first; step < end; step++) {
      for (; next < step + call.firstLine() + call.held(); next++) {
        lay(call, image, next, planes, own);
      }
      for (var row = 0; row < rows.phases() && rows.result(row, step) < rows.results(); row++) {
        line(call, planes, row, step, line, own);
        var at = (long) image * rows.results() + rows.result(row, step);
        Lanes.copy(line, 0, call.results() + at * width * CHANNELS * 4, width * CHANNELS);
      }
    }
  }

  /** Lays one line of the gradient out filter by filter. */
  private static void lay(Call call, int image, int line, float[] planes, Scratch own) {
    var rows = call.rows();
    var width = call.columns().sources();
    var filters = call.filters();
    var at = call.place(line);
    if (line < 0 || line >= rows.sources()) {
      Arrays.fill(planes, at, at + call.linePitch(), 0);
      return;
    }
    var offset = (long) image * rows.sources() * width * filters * 4;
    var copy =
        PaddedRows.copy(
            call.gradient() + offset,
            call.gate().plus(offset),
            rows.sources(),
            width,
            filters,
            line,
            1,
            0,
            0,
            own);
    for (int k = 0; k < filters; k++) {
      int begin = at + k * call.pitch();
      Arrays.fill(planes, begin, begin + call.left(), 0);
      Arrays.fill(planes, begin + call.left() + width, begin + call.pitch(), 0);
    }
    PixelTranspose.run(
        copy.values(),
        width,
        filters,
        planes,
        at + call.left(),
        call.pitch(),
        own.sums(PixelTranspose.SQUARE));
  }

  /**
   * One line of results.
   *
   * @param step of the line in its phase
   */
  private static void line(
      Call call, float[] planes, int row, int step, float[] line, Scratch own) {
    var columns = call.columns();
    var room = call.room();
    var sums = own.products(CHANNELS * Math.max(FOUR, room));
    for (var column = 0; column < columns.phases(); column++) {
      var phase = call.phases().get(row * columns.phases() + column);
      var from = step + phase.rowOffset();
      var at = call.left() + phase.columnOffset();
      var steps = columns.steps(column);
      if (room < FOUR) {
        for (int x = 0; x < steps; x += LANES) {
          oneVector(call, phase, planes, from, at + x, sums, x, room);
        }
      } else {
        for (int x = 0; x < steps; x += FOUR) {
          int begin = Math.min(x, room - FOUR);
          fourVectors(call, phase, planes, from, at + begin, sums, begin, room);
        }
      }
      for (int c = 0; c < CHANNELS; c++) {
        int to = columns.result(column, 0) * CHANNELS + c;
        int apart = columns.phases() * CHANNELS;
        for (int x = 0; x < steps; x++) {
          line[to + x * apart] = sums[c * room + x];
        }
      }
    }
  }

  private static void fourVectors(
      Call call,
      StridedPhase phase,
      float[] planes,
      int line,
      int at,
      float[] out,
      int o,
      int apart) {
    FloatVector s00 = Lanes.zero(), s01 = s00, s02 = s00, s10 = s00, s11 = s00, s12 = s00;
    FloatVector s20 = s00, s21 = s00, s22 = s00, s30 = s00, s31 = s00, s32 = s00;
    var weights = phase.weights().values();
    int pitch = call.pitch();
    int w = 0;
    for (int i = 0; i < phase.rowTaps(); i++) {
      int place = call.place(line + i) + at;
      for (int j = 0; j < phase.columnTaps(); j++) {
        for (int from = 0; from < call.filters(); from += CHAIN) {
          FloatVector c00 = Lanes.zero(), c01 = c00, c02 = c00, c10 = c00, c11 = c00, c12 = c00;
          FloatVector c20 = c00, c21 = c00, c22 = c00, c30 = c00, c31 = c00, c32 = c00;
          int a = place + j + from * pitch;
          int count = Math.min(call.filters() - from, CHAIN);
          for (int k = 0; k < count; k++) {
            var x0 = FloatVector.fromArray(SPECIES, planes, a);
            var x1 = FloatVector.fromArray(SPECIES, planes, a + LANES);
            var x2 = FloatVector.fromArray(SPECIES, planes, a + 2 * LANES);
            var x3 = FloatVector.fromArray(SPECIES, planes, a + 3 * LANES);
            a += pitch;
            var weight = FloatVector.broadcast(SPECIES, weights[w]);
            c00 = x0.fma(weight, c00);
            c10 = x1.fma(weight, c10);
            c20 = x2.fma(weight, c20);
            c30 = x3.fma(weight, c30);
            weight = FloatVector.broadcast(SPECIES, weights[w + 1]);
            c01 = x0.fma(weight, c01);
            c11 = x1.fma(weight, c11);
            c21 = x2.fma(weight, c21);
            c31 = x3.fma(weight, c31);
            weight = FloatVector.broadcast(SPECIES, weights[w + 2]);
            c02 = x0.fma(weight, c02);
            c12 = x1.fma(weight, c12);
            c22 = x2.fma(weight, c22);
            c32 = x3.fma(weight, c32);
            w += CHANNELS;
          }
          s00 = s00.add(c00);
          s01 = s01.add(c01);
          s02 = s02.add(c02);
          s10 = s10.add(c10);
          s11 = s11.add(c11);
          s12 = s12.add(c12);
          s20 = s20.add(c20);
          s21 = s21.add(c21);
          s22 = s22.add(c22);
          s30 = s30.add(c30);
          s31 = s31.add(c31);
          s32 = s32.add(c32);
        }
      }
    }
    s00.intoArray(out, o);
    s10.intoArray(out, o + LANES);
    s20.intoArray(out, o + 2 * LANES);
    s30.intoArray(out, o + 3 * LANES);
    s01.intoArray(out, o + apart);
    s11.intoArray(out, o + apart + LANES);
    s21.intoArray(out, o + apart + 2 * LANES);
    s31.intoArray(out, o + apart + 3 * LANES);
    s02.intoArray(out, o + 2 * apart);
    s12.intoArray(out, o + 2 * apart + LANES);
    s22.intoArray(out, o + 2 * apart + 2 * LANES);
    s32.intoArray(out, o + 2 * apart + 3 * LANES);
  }

  private static void oneVector(
      Call call,
      StridedPhase phase,
      float[] planes,
      int line,
      int at,
      float[] out,
      int o,
      int apart) {
    FloatVector s0 = Lanes.zero(), s1 = s0, s2 = s0;
    var weights = phase.weights().values();
    int w = 0;
    for (int i = 0; i < phase.rowTaps(); i++) {
      int place = call.place(line + i) + at;
      for (int j = 0; j < phase.columnTaps(); j++) {
        for (int from = 0; from < call.filters(); from += CHAIN) {
          FloatVector c0 = Lanes.zero(), c1 = c0, c2 = c0;
          int a = place + j + from * call.pitch();
          int count = Math.min(call.filters() - from, CHAIN);
          for (int k = 0; k < count; k++) {
            var x = FloatVector.fromArray(SPECIES, planes, a);
            a += call.pitch();
            c0 = x.fma(FloatVector.broadcast(SPECIES, weights[w]), c0);
            c1 = x.fma(FloatVector.broadcast(SPECIES, weights[w + 1]), c1);
            c2 = x.fma(FloatVector.broadcast(SPECIES, weights[w + 2]), c2);
            w += CHANNELS;
          }
          s0 = s0.add(c0);
          s1 = s1.add(c1);
          s2 = s2.add(c2);
        }
      }
    }
    s0.intoArray(out, o);
    s1.intoArray(out, o + apart);
    s2.intoArray(out, o + 2 * apart);
  }
}
