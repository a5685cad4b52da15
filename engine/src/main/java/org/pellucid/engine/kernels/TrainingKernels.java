package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.Tensor;

/** What only training needs: dropout and the optimiser's step. */
public interface TrainingKernels {

  /**
   * {@code out[i] = x[i] / (1 − probability)} where {@link DropoutMask} keeps element {@code i},
   * else 0; {@code out} may be {@code x}.
   *
   * @param probability of dropping an element, {@code 0 ≤ probability < 1}
   */
  void dropout(Tensor x, double probability, long seed, Tensor out);

  /**
   * One step of Adam (Kingma and Ba, 2015, algorithm 1) on {@code parameter}, in place together
   * with its moments.
   *
   * @param step counts from 1
   */
  void adam(
      Tensor gradient,
      AdamSettings settings,
      long step,
      Tensor firstMoment,
      Tensor secondMoment,
      Tensor parameter);
}
