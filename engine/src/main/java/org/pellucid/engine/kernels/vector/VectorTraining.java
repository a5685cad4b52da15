package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.kernels.DropoutMask;
import org.pellucid.engine.kernels.TrainingKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/** What only training does to each element: Adam's step, in one pass over memory, and dropout. */
final class VectorTraining implements TrainingKernels {
  private static final long PIECE = 1 << 15;

  private final Workers workers;

  VectorTraining(Workers workers) {
    this.workers = workers;
  }

  /**
   * In PyTorch's order of operations, two divisions included: where gradients are small Adam makes
   * much of a last bit, and filter visualisations over many steps then part from PyTorch's.
   */
  @Override
  public void adam(
      Tensor gradient,
      AdamSettings settings,
      long step,
      Tensor firstMoment,
      Tensor secondMoment,
      Tensor parameter) {
    var slope = VectorKernels.address(gradient);
    var first = VectorKernels.address(firstMoment);
    var second = VectorKernels.address(secondMoment);
    var values = VectorKernels.address(parameter);
    var keepFirst = Lanes.broadcast(settings.beta1());
    var addFirst = Lanes.broadcast(1 - settings.beta1());
    var keepSecond = Lanes.broadcast(settings.beta2());
    var addSecond = Lanes.broadcast(1 - settings.beta2());
    var decay = Lanes.broadcast(settings.weightDecay());
    var epsilon = Lanes.broadcast(settings.epsilon());
    var rate = Lanes.broadcast(settings.learningRate() / (1 - Math.pow(settings.beta1(), step)));
    var bias = Lanes.broadcast(Math.sqrt(1 - Math.pow(settings.beta2(), step)));
    workers.ranges(
        parameter.elements(),
        PIECE,
        (start, end) -> {
          for (var i = start; i < end; i += Lanes.COUNT) {
            var mask = Lanes.first(end - i);
            var at = i * 4;
            var p = Lanes.load(values + at, mask);
            var g = p.fma(decay, Lanes.load(slope + at, mask));
            var m = g.fma(addFirst, Lanes.load(first + at, mask).mul(keepFirst));
            var v = Lanes.load(second + at, mask).mul(keepSecond).add(g.mul(addSecond).mul(g));
            var deviation = v.sqrt().div(bias).add(epsilon);
            Lanes.store(m, first + at, mask);
            Lanes.store(v, second + at, mask);
            Lanes.store(p.sub(m.mul(rate).div(deviation)), values + at, mask);
          }
        });
  }

  @Override
  public void dropout(Tensor x, double probability, long seed, Tensor out) {
    var from = VectorKernels.address(x);
    var to = VectorKernels.address(out);
    var factor = (float) (1 / (1 - probability));
    var threshold = DropoutMask.threshold(probability);
    workers.ranges(
        x.elements(),
        PIECE,
        (start, end) -> {
          for (var i = start; i < end; i++) {
            var kept = DropoutMask.keeps(threshold, seed, i) ? factor : 0;
            Lanes.set(to + i * 4, Lanes.get(from + i * 4) * kept);
          }
        });
  }
}
