package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.LayerNormKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/** Layer normalisation and its gradient, one row after another while it lies in the cache. */
final class VectorLayerNorm implements LayerNormKernels {
  private static final long PIECE = 1 << 13;

  private final Workers workers;
  private final LayerNormKernels portable;

  VectorLayerNorm(Workers workers, LayerNormKernels portable) {
    this.workers = workers;
    this.portable = portable;
  }

  @Override
  public void forward(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      Tensor normalised,
      Tensor inverseDeviation,
      Tensor out) {
    if (x.elements() == 0) {
      portable.forward(x, gamma, beta, epsilon, normalised, inverseDeviation, out);
      return;
    }
    var width = x.size(-1);
    var from = VectorKernels.address(x);
    var scale = VectorKernels.address(gamma);
    var shift = VectorKernels.address(beta);
    var n = VectorKernels.address(normalised);
    var d = VectorKernels.address(inverseDeviation);
    var to = VectorKernels.address(out);
    workers.ranges(
        x.elements() / width,
        Math.max(1, PIECE / width),
        (start, end) -> {
          for (var row = start; row < end; row++) {
            var at = row * width * 4;
            var mean = sum(from + at, width) / width;
            var variance = squares(from + at, mean, width) / width;
            var inverse = (float) (1 / Math.sqrt(variance + epsilon));
            Lanes.set(d + row * 4, inverse);
            normalise(from + at, mean, inverse, scale, shift, n + at, to + at, width);
          }
        });
  }

  private static float sum(long x, long width) {
    var sum = Lanes.zero();
    var whole = Lanes.whole(width) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      sum = sum.add(Lanes.load(x + i));
    }
    if (whole < width * 4) {
      sum = sum.add(Lanes.load(x + whole, Lanes.first(width - whole / 4)));
    }
    return Lanes.sum(sum);
  }

  private static float squares(long x, float mean, long width) {
    var sum = Lanes.zero();
    var whole = Lanes.whole(width) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var centred = Lanes.load(x + i).sub(mean);
      sum = centred.fma(centred, sum);
    }
    if (whole < width * 4) {
      var some = Lanes.first(width - whole / 4);
      var centred = Lanes.load(x + whole, some).sub(mean);
      sum = sum.add(centred.mul(centred), some);
    }
    return Lanes.sum(sum);
  }

  private static void normalise(
      long x, float mean, float inverse, long gamma, long beta, long n, long out, long width) {
    var whole = Lanes.whole(width) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var normal = Lanes.load(x + i).sub(mean).mul(inverse);
      Lanes.store(normal, n + i);
      Lanes.store(normal.fma(Lanes.load(gamma + i), Lanes.load(beta + i)), out + i);
    }
    if (whole < width * 4) {
      var some = Lanes.first(width - whole / 4);
      var normal = Lanes.load(x + whole, some).sub(mean).mul(inverse);
      Lanes.store(normal, n + whole, some);
      var scaled = normal.fma(Lanes.load(gamma + whole, some), Lanes.load(beta + whole, some));
      Lanes.store(scaled, out + whole, some);
    }
  }

  @Override
  public void gradient(
      Tensor normalised, Tensor inverseDeviation, Tensor gamma, Tensor gradient, Tensor out) {
    if (out.elements() == 0) {
      portable.gradient(normalised, inverseDeviation, gamma, gradient, out);
      return;
    }
    var width = gradient.size(-1);
    var n = VectorKernels.address(normalised);
    var d = VectorKernels.address(inverseDeviation);
    var scale = VectorKernels.address(gamma);
    var g = VectorKernels.address(gradient);
    var to = VectorKernels.address(out);
    workers.ranges(
        gradient.elements() / width,
        Math.max(1, PIECE / width),
        (start, end) -> {
          for (var row = start; row < end; row++) {
            var at = row * width * 4;
            gradientRow(n + at, Lanes.get(d + row * 4), scale, g + at, to + at, width);
          }
        });
  }

  private static void gradientRow(long n, float inverse, long gamma, long g, long out, long width) {
    var sum = Lanes.zero();
    var along = Lanes.zero();
    var whole = Lanes.whole(width) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var h = Lanes.load(g + i).mul(Lanes.load(gamma + i));
      Lanes.store(h, out + i);
      sum = sum.add(h);
      along = h.fma(Lanes.load(n + i), along);
    }
    var some = Lanes.first(width - whole / 4);
    if (whole < width * 4) {
      var h = Lanes.load(g + whole, some).mul(Lanes.load(gamma + whole, some));
      Lanes.store(h, out + whole, some);
      sum = sum.add(h);
      along = h.fma(Lanes.load(n + whole, some), along);
    }
    var mean = Lanes.sum(sum) / width;
    var slope = Lanes.sum(along) / width;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var centred = Lanes.load(out + i).sub(mean).sub(Lanes.load(n + i).mul(slope));
      Lanes.store(centred.mul(inverse), out + i);
    }
    if (whole < width * 4) {
      var tilt = Lanes.load(n + whole, some).mul(slope);
      var centred = Lanes.load(out + whole, some).sub(mean).sub(tilt);
      Lanes.store(centred.mul(inverse), out + whole, some);
    }
  }
}
