package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.kernels.DropoutMask;
import org.pellucid.engine.tensor.Tensor;

/** What only training does to each element: Adam's step, in one pass over memory, and dropout. */
final class Training {
  private static final long PIECE = 1 << 15;

  private final Workers workers;

  Training(Workers workers) {
    this.workers = workers;
  }

  void adam(
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
    var unbias = Lanes.broadcast(1 / Math.sqrt(1 - Math.pow(settings.beta2(), step)));
    workers.ranges(
        parameter.elements(),
        PIECE,
        (start, end) -> {
          for (var i = start; i < end; i += Lanes.COUNT) {
            var mask = Lanes.first(end - i);
            var at = i * 4;
            var p = Lanes.load(values + at, mask);
            var g = p.fma(decay, Lanes.load(slope + at, mask));
            var m = Lanes.load(first + at, mask).mul(keepFirst).add(g.mul(addFirst));
            var v = Lanes.load(second + at, mask).mul(keepSecond).add(g.mul(g).mul(addSecond));
            var deviation = v.sqrt().fma(unbias, epsilon);
            Lanes.store(m, first + at, mask);
            Lanes.store(v, second + at, mask);
            Lanes.store(p.sub(m.div(deviation).mul(rate)), values + at, mask);
          }
        });
  }

  void dropout(Tensor x, double probability, long seed, Tensor out) {
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
