package org.pellucid.explain.evaluation;

import org.pellucid.engine.autograd.Tape;

/** Replaces backward steps on a tape, as guided backpropagation, DeepLIFT and LRP do. */
@FunctionalInterface
public interface BackwardRules {
  /** Leaves every operation its own backward step. */
  BackwardRules NONE = tape -> {};

  /** Installs the rules on a tape that is about to record a forward pass. */
  void install(Tape tape);
}
