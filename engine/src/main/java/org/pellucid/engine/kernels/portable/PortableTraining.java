package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.kernels.DropoutMask;
import org.pellucid.engine.kernels.TrainingKernels;
import org.pellucid.engine.tensor.Tensor;

/** Dropout and Adam. */
final class PortableTraining implements TrainingKernels {

  @Override
  public void dropout(Tensor x, double probability, long seed, Tensor out) {
    var factors = DropoutMask.factors(probability, seed, Math.toIntExact(x.elements()));
    try (var wide = Nd4j.createFromArray(factors);
        var factor = wide.castTo(x.array().dataType()).reshape('c', x.shape())) {
      x.array().muli(factor, out.array());
    }
  }

  @Override
  public void adam(
      Tensor gradient,
      AdamSettings settings,
      long step,
      Tensor firstMoment,
      Tensor secondMoment,
      Tensor parameter) {
    var m = firstMoment.array();
    var v = secondMoment.array();
    try (var g = parameter.array().mul(settings.weightDecay())) {
      g.addi(gradient.array());
      try (var square = g.mul(g)) {
        v.muli(settings.beta2()).addi(square.muli(1 - settings.beta2()));
      }
      m.muli(settings.beta1()).addi(g.muli(1 - settings.beta1()));
    }
    var bias1 = 1 - Math.pow(settings.beta1(), step);
    var bias2 = 1 - Math.pow(settings.beta2(), step);
    try (var denominator = v.div(bias2)) {
      Transforms.sqrt(denominator, false).addi(settings.epsilon());
      try (var update = m.div(denominator)) {
        parameter.array().subi(update.muli(settings.learningRate() / bias1));
      }
    }
  }
}
