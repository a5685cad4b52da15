package org.pellucid.explain.evaluation;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/** Replaces backward steps on a tape, as guided backpropagation, DeepLIFT and LRP do. */
@FunctionalInterface
public interface BackwardRules {
  /** Leaves every operation its own backward step. */
  BackwardRules NONE = tape -> {};

  /** Installs the rules on a tape that is about to record a forward pass. */
  void install(Tape tape);

  /**
   * What the backward pass begins with: by default the target's gradient with respect to the
   * outputs. It is called for targets that are weighted sums of outputs or of a layer's outputs.
   *
   * @param outputs the values that the target sums
   * @param weights of the outputs' shape
   * @return of the outputs' shape and type, on the tape
   */
  default Tensor start(Tape tape, Tensor outputs, Tensor weights) {
    return weights;
  }
}
