package org.pellucid.engine.kernels.vector;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.MAX;

import org.pellucid.engine.kernels.LossKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/** The logarithm of softmax along rows, and the cross entropy on top of it. */
final class VectorLosses implements LossKernels {
  private static final long PIECE = 1 << 14;

  /** Exponentials are added up in single precision by this many, and in double beyond. */
  private static final int BLOCK = 1 << 12;

  private final Workers workers;

  VectorLosses(Workers workers) {
    this.workers = workers;
  }

  /** Work on one row; {@code lanes} has room for one vector. */
  @FunctionalInterface
  private interface Row {
    void compute(long row, float[] lanes);
  }

  private void forEachRow(Tensor matrix, Row row) {
    var length = matrix.size(-1);
    workers.ranges(
        matrix.elements() / length,
        Math.max(1, PIECE / length),
        (start, end) -> {
          var lanes = new float[Lanes.COUNT];
          for (var i = start; i < end; i++) {
            row.compute(i, lanes);
          }
        });
  }

  /**
   * The largest term of Σ exp(x − max) is exactly 1 and is left to log1p, so that the result keeps
   * its digits when all other terms are tiny.
   */
  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    var length = x.size(-1);
    var from = VectorKernels.address(x);
    var to = VectorKernels.address(out);
    forEachRow(
        x,
        (row, lanes) -> {
          var start = from + row * length * 4;
          var largest = largest(start, length);
          var logarithm = (float) Math.log1p(others(start, length, largest, lanes));
          for (var i = 0L; i < length; i += Lanes.COUNT) {
            var mask = Lanes.first(length - i);
            var y = Lanes.load(start + i * 4, mask).sub(largest).sub(logarithm);
            Lanes.store(y, to + (row * length + i) * 4, mask);
          }
        });
  }

  private static float largest(long address, long length) {
    var largest = Lanes.broadcast(Double.NEGATIVE_INFINITY);
    for (var i = 0L; i < length; i += Lanes.COUNT) {
      var mask = Lanes.first(length - i);
      largest = largest.lanewise(MAX, Lanes.load(address + i * 4, mask), mask);
    }
    return largest.reduceLanes(MAX);
  }

  /** Σ exp(x − largest) − 1; each number that equals the largest counts as exactly 1. */
  private static double others(long address, long length, float largest, float[] lanes) {
    var total = -1.0;
    for (var start = 0L; start < length; start += BLOCK) {
      var end = Math.min(length, start + BLOCK);
      var sum = Lanes.zero();
      for (var i = start; i < end; i += Lanes.COUNT) {
        var mask = Lanes.first(end - i);
        var x = Lanes.load(address + i * 4, mask);
        var ties = x.compare(EQ, largest, mask);
        total += ties.trueCount();
        sum = sum.add(VectorMath.exp(x.sub(largest)), mask.andNot(ties));
      }
      sum.intoArray(lanes, 0);
      for (var lane : lanes) {
        total += lane;
      }
    }
    return total;
  }

  @Override
  public void logSoftmaxGradient(Tensor output, Tensor gradient, Tensor out) {
    var length = output.size(-1);
    var logarithms = VectorKernels.address(output);
    var slope = VectorKernels.address(gradient);
    var to = VectorKernels.address(out);
    forEachRow(
        output,
        (row, lanes) -> {
          var sum = Lanes.broadcast(Sums.run(slope + row * length * 4, length, lanes));
          for (var i = 0L; i < length; i += Lanes.COUNT) {
            var mask = Lanes.first(length - i);
            var at = (row * length + i) * 4;
            var p = VectorMath.exp(Lanes.load(logarithms + at, mask));
            Lanes.store(Lanes.load(slope + at, mask).sub(p.mul(sum)), to + at, mask);
          }
        });
  }

  @Override
  public void negativeLogLikelihood(Tensor logProbabilities, Tensor targets, Tensor out) {
    var length = logProbabilities.size(-1);
    var from = VectorKernels.address(logProbabilities);
    var classes = VectorKernels.address(targets);
    var to = VectorKernels.address(out);
    for (var row = 0L; row < out.elements(); row++) {
      var target = Lanes.getInt(classes + row * 4);
      Lanes.set(to + row * 4, -Lanes.get(from + (row * length + target) * 4));
    }
  }

  @Override
  public void crossEntropyGradient(
      Tensor logProbabilities, Tensor targets, Tensor gradient, Tensor out) {
    var length = logProbabilities.size(-1);
    var from = VectorKernels.address(logProbabilities);
    var classes = VectorKernels.address(targets);
    var slope = VectorKernels.address(gradient);
    var to = VectorKernels.address(out);
    forEachRow(
        logProbabilities,
        (row, _) -> {
          var g = Lanes.get(slope + row * 4);
          for (var i = 0L; i < length; i += Lanes.COUNT) {
            var mask = Lanes.first(length - i);
            var at = (row * length + i) * 4;
            Lanes.store(VectorMath.exp(Lanes.load(from + at, mask)).mul(g), to + at, mask);
          }
          var target = (row * length + Lanes.getInt(classes + row * 4)) * 4;
          Lanes.set(to + target, (float) (g * Math.expm1(Lanes.get(from + target))));
        });
  }
}
