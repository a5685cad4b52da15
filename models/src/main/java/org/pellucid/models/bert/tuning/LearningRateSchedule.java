package org.pellucid.models.bert.tuning;

import org.pellucid.engine.tensor.Shapes;

/**
 * How the learning rate changes over the steps of a training: it rises linearly from zero during
 * the first ones, the warm-up, and goes on from the peak in a way of its own.
 */
public sealed interface LearningRateSchedule {
  /** The highest learning rate. */
  double peak();

  /** The share of all steps that belongs to the warm-up, 0..1. */
  double warmUp();

  /**
   * The learning rate of a step.
   *
   * @param step from 0
   * @param steps of the whole training
   */
  default double at(long step, long steps) {
    var rising = (long) Math.ceil(warmUp() * steps);
    return step < rising ? peak() * step / rising : peak() * afterWarmUp(step, steps, rising);
  }

  /**
   * The share of the peak that a step after the warm-up has, 0..1.
   *
   * @param step from 0
   * @param steps of the whole training
   * @param rising steps of the warm-up
   */
  double afterWarmUp(long step, long steps, long rising);

  /**
   * It falls linearly, to zero after the last step.
   *
   * @param peak above 0
   * @param warmUp share of the steps, 0..1
   */
  record Linear(double peak, double warmUp) implements LearningRateSchedule {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Linear {
      check(peak, warmUp);
    }

    @Override
    public double afterWarmUp(long step, long steps, long rising) {
      return Math.max(0, steps - step) / (double) Math.max(1, steps - rising);
    }
  }

  /**
   * It stays at the peak.
   *
   * @param peak above 0
   * @param warmUp share of the steps, 0..1
   */
  record Constant(double peak, double warmUp) implements LearningRateSchedule {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Constant {
      check(peak, warmUp);
    }

    @Override
    public double afterWarmUp(long step, long steps, long rising) {
      return 1;
    }
  }

  private static void check(double peak, double warmUp) {
    Shapes.check(
        peak > 0 && Double.isFinite(peak), "The learning rate is %s, but must be above 0", peak);
    Shapes.check(
        warmUp >= 0 && warmUp <= 1,
        "The warm-up is %s, but must be a share of all steps from 0 to 1",
        warmUp);
  }
}
