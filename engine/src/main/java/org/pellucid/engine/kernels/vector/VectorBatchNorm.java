package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.pellucid.engine.kernels.BatchNormKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/**
 * Batch normalisation: each row of a matrix {@code [values, channels]} is a run of whole vectors
 * and one begun vector, and every channel has coefficients of its own.
 */
final class VectorBatchNorm implements BatchNormKernels {
  private static final long PIECE = 1 << 15;

  private final Workers workers;
  private final ColumnSums columnSums;

  VectorBatchNorm(Workers workers) {
    this.workers = workers;
    this.columnSums = new ColumnSums(workers);
  }

  /** Two passes, so that a mean far from zero costs the variance no digits. */
  @Override
  public void statistics(Tensor x, Tensor mean, Tensor variance) {
    var columns = Math.toIntExact(x.size(-1));
    var rows = x.elements() / columns;
    var from = VectorKernels.address(x);
    var means = averages(columnSums.of(from, rows, columns), rows, mean);
    var squares =
        columnSums.run(
            rows,
            columns,
            columns,
            (start, end, sums) -> {
              var c = 0;
              for (; c + Lanes.COUNT <= columns; c += Lanes.COUNT) {
                var centre = FloatVector.fromArray(Lanes.SPECIES, means, c);
                var sum = Lanes.zero();
                for (var row = start; row < end; row++) {
                  var distance = Lanes.load(from + (row * columns + c) * 4).sub(centre);
                  sum = distance.fma(distance, sum);
                }
                sum.intoArray(sums, c);
              }
              for (; c < columns; c++) {
                sums[c] = 0;
                for (var row = start; row < end; row++) {
                  var distance = Lanes.get(from + (row * columns + c) * 4) - means[c];
                  sums[c] += distance * distance;
                }
              }
            });
    averages(squares, rows, variance);
  }

  private static float[] averages(double[] sums, long count, Tensor out) {
    var averages = new float[sums.length];
    for (var c = 0; c < sums.length; c++) {
      averages[c] = (float) (sums[c] / count);
    }
    Lanes.copy(averages, 0, VectorKernels.address(out), averages.length);
    return averages;
  }

  @Override
  public void inverseDeviation(Tensor variance, double epsilon, Tensor out) {
    var from = VectorKernels.address(variance);
    var to = VectorKernels.address(out);
    workers.ranges(
        variance.elements(),
        PIECE,
        (start, end) -> {
          for (var i = start; i < end; i++) {
            Lanes.set(to + i * 4, (float) (1 / Math.sqrt(Lanes.get(from + i * 4) + epsilon)));
          }
        });
  }

  @Override
  public void forward(
      Tensor x, Tensor mean, Tensor inverseDeviation, Tensor gamma, Tensor beta, Tensor out) {
    var from = VectorKernels.address(x);
    var centre = VectorKernels.address(mean);
    var shift = VectorKernels.address(beta);
    var scale = product(inverseDeviation, gamma);
    forEachVector(
        x,
        out,
        (at, c, mask) ->
            Lanes.load(from + at * 4, mask)
                .sub(Lanes.load(centre + c * 4L, mask))
                .fma(
                    FloatVector.fromArray(Lanes.SPECIES, scale, c, mask),
                    Lanes.load(shift + c * 4L, mask)));
  }

  @Override
  public void sums(
      Tensor x,
      Tensor mean,
      Tensor inverseDeviation,
      Tensor gradient,
      Tensor gammaGradient,
      Tensor betaGradient) {
    var columns = Math.toIntExact(x.size(-1));
    var rows = x.elements() / columns;
    var from = VectorKernels.address(x);
    var slope = VectorKernels.address(gradient);
    var centre = VectorKernels.address(mean);
    var deviation = VectorKernels.address(inverseDeviation);
    var totals =
        columnSums.run(
            rows,
            columns,
            2 * columns,
            (start, end, sums) -> {
              for (var c = 0; c < columns; c += Lanes.COUNT) {
                var mask = Lanes.first(columns - c);
                var middle = Lanes.load(centre + c * 4L, mask);
                var products = Lanes.zero();
                var plain = Lanes.zero();
                for (var row = start; row < end; row++) {
                  var at = (row * columns + c) * 4;
                  var g = Lanes.load(slope + at, mask);
                  products = Lanes.load(from + at, mask).sub(middle).fma(g, products);
                  plain = plain.add(g);
                }
                products.intoArray(sums, c, mask);
                plain.intoArray(sums, columns + c, mask);
              }
            });
    for (var c = 0; c < columns; c++) {
      var sum = totals[c] * Lanes.get(deviation + c * 4L);
      Lanes.set(VectorKernels.address(gammaGradient) + c * 4L, (float) sum);
      Lanes.set(VectorKernels.address(betaGradient) + c * 4L, (float) totals[columns + c]);
    }
  }

  /** {@code out = s · (g − a) + p · (x − μ)} with three coefficients a channel. */
  @Override
  public void gradient(
      Tensor x,
      Tensor mean,
      Tensor inverseDeviation,
      Tensor gamma,
      Tensor gradient,
      Tensor gammaGradient,
      Tensor betaGradient,
      Tensor out) {
    var from = VectorKernels.address(x);
    var slope = VectorKernels.address(gradient);
    var centre = VectorKernels.address(mean);
    var scale = product(inverseDeviation, gamma);
    var count = (double) x.elements() / scale.length;
    var average = new float[scale.length];
    var pull = new float[scale.length];
    for (var c = 0; c < scale.length; c++) {
      average[c] = (float) (Lanes.get(VectorKernels.address(betaGradient) + c * 4L) / count);
      pull[c] =
          (float)
              (-scale[c]
                  * (double) Lanes.get(VectorKernels.address(inverseDeviation) + c * 4L)
                  * Lanes.get(VectorKernels.address(gammaGradient) + c * 4L)
                  / count);
    }
    forEachVector(
        x,
        out,
        (at, c, mask) -> {
          var own =
              Lanes.load(slope + at * 4, mask)
                  .sub(FloatVector.fromArray(Lanes.SPECIES, average, c, mask))
                  .mul(FloatVector.fromArray(Lanes.SPECIES, scale, c, mask));
          return Lanes.load(from + at * 4, mask)
              .sub(Lanes.load(centre + c * 4L, mask))
              .fma(FloatVector.fromArray(Lanes.SPECIES, pull, c, mask), own);
        });
  }

  private static float[] product(Tensor first, Tensor second) {
    var result = new float[Math.toIntExact(first.elements())];
    for (var c = 0; c < result.length; c++) {
      result[c] =
          Lanes.get(VectorKernels.address(first) + c * 4L)
              * Lanes.get(VectorKernels.address(second) + c * 4L);
    }
    return result;
  }

  /** What becomes of one vector of one row. */
  @FunctionalInterface
  private interface Step {
    FloatVector apply(long element, int channel, VectorMask<Float> mask);
  }

  private void forEachVector(Tensor x, Tensor out, Step step) {
    var columns = Math.toIntExact(x.size(-1));
    var to = VectorKernels.address(out);
    workers.ranges(
        x.elements() / columns,
        Math.max(1, PIECE / columns),
        (start, end) -> {
          for (var row = start; row < end; row++) {
            for (var c = 0; c < columns; c += Lanes.COUNT) {
              var mask = Lanes.first(columns - c);
              var at = row * columns + c;
              Lanes.store(step.apply(at, c, mask), to + at * 4, mask);
            }
          }
        });
  }
}
