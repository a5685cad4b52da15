package org.pellucid.engine.kernels.vector;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/**
 * Convolutions whose channels fall into groups or whose windows have gaps, straight from their
 * definition.
 *
 * <p>Each number is one sum in the order of the window's positions, by vectors along the filters of
 * a group or, in the input's gradient, along its channels. Where every group is one channel and one
 * filter, vectors run along all of them at once. Every number is written by one thread.
 */
final class GroupedConvolution {
  private static final int LANES = Lanes.COUNT;

  private final Workers workers;

  /** Weights with channels last, {@code [taps, filters, channels of a group]}. */
  private record Turned(float[] values) implements AutoCloseable {

    static Turned of(Tensor weight) {
      var values = weight.toFloats();
      var channels = (int) weight.size(2);
      var filters = (int) weight.size(3);
      var turned = new float[values.length];
      for (var i = 0; i < values.length; i++) {
        var tap = i / filters / channels;
        var channel = i / filters % channels;
        turned[(tap * filters + i % filters) * channels + channel] = values[i];
      }
      return new Turned(turned);
    }

    @Override
    public void close() {}
  }

  /** The sizes of one call. */
  private record Call(
      SlidingWindow window,
      int batch,
      int height,
      int width,
      int channels,
      int rows,
      int columns,
      int filters,
      int groups) {

    static Call of(Tensor image, Tensor weight, Tensor small, SlidingWindow window) {
      return new Call(
          window,
          (int) image.size(0),
          (int) image.size(1),
          (int) image.size(2),
          (int) image.size(3),
          (int) small.size(1),
          (int) small.size(2),
          (int) small.size(3),
          (int) (image.size(3) / weight.size(2)));
    }

    int groupChannels() {
      return channels / groups;
    }

    int groupFilters() {
      return filters / groups;
    }

    boolean isDepthwise() {
      return groups == channels && groups == filters;
    }

    /** The row of the image under row {@code i} of the window at an output's row. */
    int imageRow(int row, int i) {
      return row * window.strideHeight() - window.paddingHeight() + i * window.dilationHeight();
    }

    int imageColumn(int column, int j) {
      return column * window.strideWidth() - window.paddingWidth() + j * window.dilationWidth();
    }

    /** The output's row whose window has row {@code i} at an image's row; negative if none has. */
    int outputRow(int y, int i) {
      return output(
          y + window.paddingHeight() - i * window.dilationHeight(), window.strideHeight(), rows);
    }

    int outputColumn(int x, int j) {
      return output(
          x + window.paddingWidth() - j * window.dilationWidth(), window.strideWidth(), columns);
    }

    private static int output(int place, int stride, int outputs) {
      return place < 0 || place % stride != 0 || place / stride >= outputs ? -1 : place / stride;
    }

    long imageAt(int n, int y, int x) {
      return (((long) n * height + y) * width + x) * channels * Float.BYTES;
    }

    long outputAt(int n, int row, int column) {
      return (((long) n * rows + row) * columns + column) * filters * Float.BYTES;
    }

    /** A row of weights, those of one position and one channel of a group. */
    long weightAt(int i, int j, int channel) {
      return ((long) (i * window.width() + j) * groupChannels() + channel) * filters * Float.BYTES;
    }
  }

  GroupedConvolution(Workers workers) {
    this.workers = workers;
  }

  void forward(
      Tensor input,
      Tensor weight,
      Optional<Tensor> bias,
      SlidingWindow window,
      Rectifier rectifier,
      Tensor out) {
    var call = Call.of(input, weight, out, window);
    var from = VectorKernels.address(input);
    var weights = VectorKernels.address(weight);
    var shift = bias.map(VectorKernels::address).orElse(0L);
    var least = Lanes.broadcast(rectifier.least());
    var most = Lanes.broadcast(rectifier.most());
    var to = VectorKernels.address(out);
    workers.run(
        call.batch() * call.rows(),
        line -> {
          var n = line / call.rows();
          var row = line % call.rows();
          for (var column = 0; column < call.columns(); column++) {
            var pixel = to + call.outputAt(n, row, column);
            for (int k = 0; k < call.filters(); k += step(call, k)) {
              var mask = Lanes.first(step(call, k));
              var sum = Lanes.loadOrZeros(shift, k * 4L, mask);
              sum = sum(call, from, weights, n, row, column, k, mask, sum);
              Lanes.store(Lanes.clamp(sum, least, most), pixel + k * 4L, mask);
            }
          }
        });
  }

  /** Filters from {@code k} on that are summed together: as many as fit a vector and a group. */
  private static int step(Call call, int k) {
    var end =
        call.isDepthwise() ? call.filters() : (k / call.groupFilters() + 1) * call.groupFilters();
    return Math.min(LANES, end - k);
  }

  private static FloatVector sum(
      Call call,
      long from,
      long weights,
      int n,
      int row,
      int column,
      int k,
      VectorMask<Float> mask,
      FloatVector start) {
    var sum = start;
    var group = k / call.groupFilters() * call.groupChannels();
    for (int i = 0; i < call.window().height(); i++) {
      var y = call.imageRow(row, i);
      for (int j = 0; j < call.window().width(); j++) {
        var x = call.imageColumn(column, j);
        if (y < 0 || y >= call.height() || x < 0 || x >= call.width()) {
          continue;
        }
        var pixel = from + call.imageAt(n, y, x);
        var taps = weights + call.weightAt(i, j, 0) + k * 4L;
        if (call.isDepthwise()) {
          sum = Lanes.load(pixel + k * 4L, mask).fma(Lanes.load(taps, mask), sum);
          continue;
        }
        for (int c = 0; c < call.groupChannels(); c++) {
          var value = Lanes.broadcast(Lanes.get(pixel + (group + c) * 4L));
          sum = value.fma(Lanes.load(taps + (long) c * call.filters() * 4, mask), sum);
        }
      }
    }
    return sum;
  }

  void inputGradient(
      Tensor gradient,
      Optional<Rectified> rectified,
      Tensor weight,
      SlidingWindow window,
      Tensor out) {
    var call = Call.of(out, weight, gradient, window);
    var from = VectorKernels.address(gradient);
    var gate = Gate.of(rectified);
    var turned = weight.derived(Turned.class, Turned.class, () -> Turned.of(weight)).values();
    var to = VectorKernels.address(out);
    workers.run(
        call.batch() * call.height(),
        line -> {
          var n = line / call.height();
          var y = line % call.height();
          for (var x = 0; x < call.width(); x++) {
            var pixel = to + call.imageAt(n, y, x);
            for (int c = 0; c < call.channels(); c += channelStep(call, c)) {
              var mask = Lanes.first(channelStep(call, c));
              var sum = back(call, from, gate, turned, n, y, x, c, mask);
              Lanes.store(sum, pixel + c * 4L, mask);
            }
          }
        });
  }

  /** Channels from {@code c} on that are summed together. */
  private static int channelStep(Call call, int c) {
    var size = call.groupChannels();
    var end = call.isDepthwise() ? call.channels() : (c / size + 1) * size;
    return Math.min(LANES, end - c);
  }

  private static FloatVector back(
      Call call,
      long from,
      Gate gate,
      float[] weights,
      int n,
      int y,
      int x,
      int c,
      VectorMask<Float> mask) {
    var sum = Lanes.zero();
    for (int i = 0; i < call.window().height(); i++) {
      var row = call.outputRow(y, i);
      for (int j = 0; j < call.window().width(); j++) {
        var column = call.outputColumn(x, j);
        if (row < 0 || column < 0) {
          continue;
        }
        var at = call.outputAt(n, row, column);
        var tap = (i * call.window().width() + j) * call.filters();
        sum =
            call.isDepthwise()
                ? depthwise(from, gate, at, weights, tap, c, mask, sum)
                : back(call, from, gate, at, weights, tap, c, mask, sum);
      }
    }
    return sum;
  }

  private static FloatVector depthwise(
      long gradient,
      Gate gate,
      long at,
      float[] weights,
      int tap,
      int c,
      VectorMask<Float> mask,
      FloatVector sum) {
    var g = Lanes.load(gradient + at + c * 4L, mask);
    if (gate.isPresent()) {
      g = Lanes.zero().blend(g, gate.open(Lanes.load(gate.address() + at + c * 4L, mask)));
    }
    return g.fma(FloatVector.fromArray(Lanes.SPECIES, weights, tap + c, mask), sum);
  }

  private static FloatVector back(
      Call call,
      long gradient,
      Gate gate,
      long at,
      float[] weights,
      int tap,
      int c,
      VectorMask<Float> mask,
      FloatVector start) {
    var sum = start;
    var channels = call.groupChannels();
    var first = c / channels * call.groupFilters();
    for (int k = first; k < first + call.groupFilters(); k++) {
      if (!gate.isPresent() || gate.isOpen(Lanes.get(gate.address() + at + k * 4L))) {
        var g = Lanes.broadcast(Lanes.get(gradient + at + k * 4L));
        var weight = (tap + k) * channels + c % channels;
        sum = g.fma(FloatVector.fromArray(Lanes.SPECIES, weights, weight, mask), sum);
      }
    }
    return sum;
  }

  void weightGradient(Tensor input, Tensor gradient, SlidingWindow window, Tensor out) {
    var call = Call.of(input, out, gradient, window);
    var from = VectorKernels.address(input);
    var g = VectorKernels.address(gradient);
    var to = VectorKernels.address(out);
    workers.run(
        window.pixels() * call.groupChannels(),
        piece -> {
          var channel = piece % call.groupChannels();
          var tap = piece / call.groupChannels();
          var i = tap / window.width();
          var j = tap % window.width();
          var weights = to + call.weightAt(i, j, channel);
          for (int k = 0; k < call.filters(); k += step(call, k)) {
            var mask = Lanes.first(step(call, k));
            Lanes.store(weight(call, from, g, i, j, channel, k, mask), weights + k * 4L, mask);
          }
        });
  }

  private static FloatVector weight(
      Call call, long from, long gradient, int i, int j, int c, int k, VectorMask<Float> mask) {
    var sum = Lanes.zero();
    var channel = k / call.groupFilters() * call.groupChannels() + c;
    for (int line = 0; line < call.batch() * call.rows(); line++) {
      var n = line / call.rows();
      var row = line % call.rows();
      var y = call.imageRow(row, i);
      for (int column = 0; column < call.columns(); column++) {
        var x = call.imageColumn(column, j);
        if (y < 0 || y >= call.height() || x < 0 || x >= call.width()) {
          continue;
        }
        var pixel = from + call.imageAt(n, y, x);
        var g = Lanes.load(gradient + call.outputAt(n, row, column) + k * 4L, mask);
        var value =
            call.isDepthwise()
                ? Lanes.load(pixel + k * 4L, mask)
                : Lanes.broadcast(Lanes.get(pixel + channel * 4L));
        sum = value.fma(g, sum);
      }
    }
    return sum;
  }
}
