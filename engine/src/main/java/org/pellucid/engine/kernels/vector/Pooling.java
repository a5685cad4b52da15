package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
import org.pellucid.engine.kernels.Window;
import org.pellucid.engine.tensor.Tensor;

/** Max pooling over runs of channels: one output pixel after another, all its channels at once. */
final class Pooling {
  /** Lines of output in one piece of work. */
  private static final long LINES = 8;

  private final Workers workers;

  Pooling(Workers workers) {
    this.workers = workers;
  }

  void forward(Tensor input, Window window, Tensor winners, Tensor out) {
    var channels = (int) input.size(3);
    var source = VectorKernels.address(input);
    var target = VectorKernels.address(out);
    var indices = VectorKernels.address(winners);
    workers.ranges(
        out.size(0) * out.size(1),
        LINES,
        (start, end) -> {
          var best = new float[channels];
          var winner = new int[channels];
          var pixels = new float[channels];
          for (var pixel = start * out.size(2); pixel < end * out.size(2); pixel++) {
            var line = (int) (pixel / out.size(2));
            var x = (int) (pixel % out.size(2));
            largest(input, window, source, line, x, (int) out.size(1), best, winner, pixels);
            var at = pixel * channels;
            Lanes.copy(best, 0, target + at * Float.BYTES, channels);
            Lanes.copy(winner, 0, indices + at * Integer.BYTES, channels);
          }
        });
  }

  private static void largest(
      Tensor input,
      Window window,
      long source,
      int line,
      int column,
      int rows,
      float[] best,
      int[] winner,
      float[] pixels) {
    var channels = best.length;
    var picture = line / rows;
    Arrays.fill(best, Float.NEGATIVE_INFINITY);
    Arrays.fill(winner, 0);
    for (var i = 0; i < window.height(); i++) {
      var y = line % rows * window.strideHeight() - window.paddingHeight() + i;
      for (var j = 0; j < window.width(); j++) {
        var x = column * window.strideWidth() - window.paddingWidth() + j;
        if (y < 0 || x < 0 || y >= input.size(1) || x >= input.size(2)) {
          continue;
        }
        var at = ((picture * input.size(1) + y) * input.size(2) + x) * channels;
        Lanes.copy(source + at * Float.BYTES, pixels, 0, channels);
        var position = i * window.width() + j;
        for (var c = 0; c < channels; c++) {
          var better = pixels[c] > best[c];
          best[c] = better ? pixels[c] : best[c];
          winner[c] = better ? position : winner[c];
        }
      }
    }
  }

  /** Pictures are independent; within one, overlapping windows add up in row-major order. */
  void gradient(Tensor gradient, Tensor winners, Window window, Tensor out) {
    var channels = (int) out.size(3);
    var source = VectorKernels.address(gradient);
    var indices = VectorKernels.address(winners);
    var target = VectorKernels.address(out);
    var pictureBytes = out.size(1) * out.size(2) * channels * Float.BYTES;
    var disjoint = window.strideHeight() >= window.height();
    var rows = (int) gradient.size(1);
    Lanes.clear(target, out.elements() * Float.BYTES);
    var lines = disjoint ? 1 : rows;
    workers.run(
        (int) gradient.size(0) * rows / lines,
        piece -> {
          for (var line = piece * lines; line < (piece + 1) * lines; line++) {
            var picture = target + line / rows * pictureBytes;
            for (var x = 0; x < gradient.size(2); x++) {
              var at = (line * gradient.size(2) + x) * channels * 4;
              scatter(window, out, source + at, indices + at, picture, line % rows, x);
            }
          }
        });
  }

  private static void scatter(
      Window window, Tensor out, long source, long indices, long picture, int row, int column) {
    var channels = (int) out.size(3);
    for (var c = 0; c < channels; c++) {
      var winner = Lanes.getInt(indices + c * 4L);
      var y = row * window.strideHeight() - window.paddingHeight() + winner / window.width();
      var x = column * window.strideWidth() - window.paddingWidth() + winner % window.width();
      var address = picture + ((y * out.size(2) + x) * channels + c) * 4;
      Lanes.set(address, Lanes.get(address) + Lanes.get(source + c * 4L));
    }
  }
}
