package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.pellucid.engine.kernels.PoolingKernels;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/**
 * Pooling over vectors of channels.
 *
 * <p>Forward, each output pixel compares or adds the pixels under its window. Backward, each line
 * of the image visits the windows that cover it, in row-major order, in a max pooling only those
 * where it won: so every number is written once, by one thread, and windows that overlap add up in
 * one order.
 */
final class VectorPooling implements PoolingKernels {
  private static final int LANES = Lanes.COUNT;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  /** The sizes of one call: of the large image, and of the one that windows shrink it to. */
  private record Call(
      SlidingWindow window, int height, int width, int rows, int columns, int channels) {

    static Call of(SlidingWindow window, Tensor large, Tensor small) {
      return new Call(
          window,
          (int) large.size(1),
          (int) large.size(2),
          (int) small.size(1),
          (int) small.size(2),
          (int) large.size(3));
    }

    long pixel() {
      return (long) channels * Float.BYTES;
    }
  }

  VectorPooling(Workers workers) {
    this.workers = workers;
  }

  @Override
  public void max(Tensor input, SlidingWindow window, Tensor winners, Tensor out) {
    var call = Call.of(window, input, out);
    var from = VectorKernels.address(input);
    var to = VectorKernels.address(out);
    var indices = VectorKernels.address(winners);
    var image = call.height() * call.width() * call.pixel();
    workers.run(
        Math.toIntExact(out.size(0)) * call.rows(),
        line -> {
          var shift = (long) line * call.columns() * call.pixel();
          for (var x = 0; x < call.columns(); x++) {
            largest(
                call,
                from + line / call.rows() * image,
                line % call.rows(),
                x,
                indices + shift + x * call.pixel(),
                to + shift + x * call.pixel());
          }
        });
  }

  private static void largest(Call call, long image, int row, int column, long winners, long out) {
    var window = call.window();
    var top = row * window.strideHeight() - window.paddingHeight();
    var left = column * window.strideWidth() - window.paddingWidth();
    var firstRow = Math.max(0, -top);
    var endRow = Math.min(window.height(), call.height() - top);
    var firstColumn = Math.max(0, -left);
    var endColumn = Math.min(window.width(), call.width() - left);
    for (int c = 0; c < call.channels(); c += LANES) {
      var channels = call.channels() - c;
      var offset = (long) c * Float.BYTES;
      var best = Lanes.broadcast(Float.NEGATIVE_INFINITY);
      var winner = IntVector.zero(Lanes.INTEGERS);
      for (int i = firstRow; i < endRow; i++) {
        var address = image + ((long) (top + i) * call.width() + left) * call.pixel() + offset;
        for (int j = firstColumn; j < endColumn; j++) {
          var value = Lanes.load(address + j * call.pixel(), channels);
          var better = value.compare(VectorOperators.GT, best);
          best = best.blend(value, better);
          winner = winner.blend(i * window.width() + j, better.cast(Lanes.INTEGERS));
        }
      }
      Lanes.store(best, out + offset, channels);
      Lanes.store(winner, winners + offset, channels);
    }
  }

  @Override
  public void maxGradient(Tensor gradient, Tensor winners, SlidingWindow window, Tensor out) {
    var call = Call.of(window, out, gradient);
    var from = VectorKernels.address(gradient);
    var indices = VectorKernels.address(winners);
    var to = VectorKernels.address(out);
    var small = call.rows() * call.columns() * call.pixel();
    workers.run(
        Math.toIntExact(out.size(0)) * call.height(),
        line ->
            scratches.with(
                own -> {
                  var shift = line / call.height() * small;
                  var length = call.width() * call.channels();
                  var sums = own.sums(length + LANES);
                  Arrays.fill(sums, 0, length, 0);
                  collect(call, from + shift, indices + shift, line % call.height(), sums);
                  Lanes.copy(sums, 0, to + (long) line * length * Float.BYTES, length);
                }));
  }

  /** Adds the gradients of the windows over one line of the large image where that line won. */
  private static void collect(Call call, long gradient, long winners, int y, float[] sums) {
    var window = call.window();
    var place = y + window.paddingHeight();
    var endRow = end(place, window.strideHeight(), call.rows());
    for (var row = first(place, window.height(), window.strideHeight()); row < endRow; row++) {
      var position = (place - row * window.strideHeight()) * window.width();
      for (int column = 0; column < call.columns(); column++) {
        var left = column * window.strideWidth() - window.paddingWidth();
        var endColumn = Math.min(window.width(), call.width() - left);
        var at = ((long) row * call.columns() + column) * call.pixel();
        for (int j = Math.max(0, -left); j < endColumn; j++) {
          collect(
              gradient + at,
              winners + at,
              position + j,
              call.channels(),
              sums,
              (left + j) * call.channels());
        }
      }
    }
  }

  /** Adds the gradients of one window's channels where a position won. */
  private static void collect(
      long gradient, long winners, int position, int channels, float[] sums, int at) {
    var zero = Lanes.zero();
    int whole = (int) Lanes.whole(channels);
    for (int c = 0; c < whole; c += LANES) {
      var won =
          Lanes.loadIntegers(winners + c * 4L)
              .compare(VectorOperators.EQ, position)
              .cast(Lanes.SPECIES);
      var sum = FloatVector.fromArray(Lanes.SPECIES, sums, at + c);
      sum.add(zero.blend(Lanes.load(gradient + c * 4L), won)).intoArray(sums, at + c);
    }
    for (int c = whole; c < channels; c++) {
      if (Lanes.getInt(winners + c * 4L) == position) {
        sums[at + c] += Lanes.get(gradient + c * 4L);
      }
    }
  }

  /** The first window along one axis that reaches a place of the padded image. */
  private static int first(int place, int window, int stride) {
    return Math.max(0, Math.ceilDiv(place - window + 1, stride));
  }

  /** The window after the last one along one axis that reaches a place. */
  private static int end(int place, int stride, int windows) {
    return Math.min(windows, place / stride + 1);
  }

  @Override
  public void average(Tensor input, SlidingWindow window, Tensor out) {
    var call = Call.of(window, input, out);
    var from = VectorKernels.address(input);
    var to = VectorKernels.address(out);
    var image = call.height() * call.width() * call.pixel();
    workers.run(
        Math.toIntExact(out.size(0)) * call.rows(),
        line -> {
          for (var x = 0; x < call.columns(); x++) {
            mean(
                call,
                from + line / call.rows() * image,
                line % call.rows(),
                x,
                to + ((long) line * call.columns() + x) * call.pixel());
          }
        });
  }

  private static void mean(Call call, long image, int row, int column, long out) {
    var window = call.window();
    var top = row * window.strideHeight() - window.paddingHeight();
    var left = column * window.strideWidth() - window.paddingWidth();
    var endRow = Math.min(window.height(), call.height() - top);
    var endColumn = Math.min(window.width(), call.width() - left);
    for (int c = 0; c < call.channels(); c += LANES) {
      var channels = call.channels() - c;
      var offset = (long) c * Float.BYTES;
      var sum = Lanes.zero();
      for (int i = Math.max(0, -top); i < endRow; i++) {
        var address = image + ((long) (top + i) * call.width() + left) * call.pixel() + offset;
        for (int j = Math.max(0, -left); j < endColumn; j++) {
          sum = sum.add(Lanes.load(address + j * call.pixel(), channels));
        }
      }
      Lanes.store(sum.div(window.pixels()), out + offset, channels);
    }
  }

  @Override
  public void averageGradient(Tensor gradient, SlidingWindow window, Tensor out) {
    var call = Call.of(window, out, gradient);
    var from = VectorKernels.address(gradient);
    var to = VectorKernels.address(out);
    var small = call.rows() * call.columns() * call.pixel();
    workers.run(
        Math.toIntExact(out.size(0)) * call.height(),
        line -> {
          for (var x = 0; x < call.width(); x++) {
            spread(
                call,
                from + line / call.height() * small,
                line % call.height(),
                x,
                to + ((long) line * call.width() + x) * call.pixel());
          }
        });
  }

  private static void spread(Call call, long gradient, int y, int x, long out) {
    var window = call.window();
    var endRow = end(y + window.paddingHeight(), window.strideHeight(), call.rows());
    var firstColumn = first(x + window.paddingWidth(), window.width(), window.strideWidth());
    var endColumn = end(x + window.paddingWidth(), window.strideWidth(), call.columns());
    for (int c = 0; c < call.channels(); c += LANES) {
      var channels = call.channels() - c;
      var offset = (long) c * Float.BYTES;
      var sum = Lanes.zero();
      var row = first(y + window.paddingHeight(), window.height(), window.strideHeight());
      for (; row < endRow; row++) {
        var line = gradient + (long) row * call.columns() * call.pixel() + offset;
        for (int column = firstColumn; column < endColumn; column++) {
          sum = sum.add(Lanes.load(line + column * call.pixel(), channels));
        }
      }
      Lanes.store(sum.div(window.pixels()), out + offset, channels);
    }
  }
}
